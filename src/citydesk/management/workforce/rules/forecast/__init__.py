"""What will come in: flags of the calendar, comparable days, levels, ranges that cover, and a test against the past."""
