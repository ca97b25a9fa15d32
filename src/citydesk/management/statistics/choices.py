"""Codes of this room."""

VIEW = "statistics.view"
EXPORT = "statistics.export"
# Whoever reads every request may also see how small a count is.
VIEW_ALL = "service_requests.view_all"

FACTS_REQUESTS = "requests"
FACTS_CONTACTS = "contacts"
DUE_ON_TIME = "requests_due_on_time_share"

# What a figure can be narrowed and divided by, beside the columns a fact table offers.
TIME_KEYS = ("day", "week", "month", "year", "weekday", "hour")
PERIODS = ("day", "week", "month")

# Requests open now, by whole days since they were received: code of the band, first day, last day.
AGE_BANDS = (("0-1", 0, 1), ("2-7", 2, 7), ("8-30", 8, 30), ("31-90", 31, 90), ("over-90", 91, None))

# Whoever reads what was reported in confidence may also see that it is in a small count.
CONFIDENTIAL = "service_requests.confidential"

# Up to so many closed requests percentiles are computed from each one; above, from histograms.
EXACT_UP_TO = 200_000


class PrintState:
    """How far a printed report is."""

    WAITING = "waiting"
    DRAWING = "drawing"
    DONE = "done"
    FAILED = "failed"
