"""Clock, money, numbers, calendars, outbox, audit, lists: the house's tools, without a word of the trade."""
