"""Reads of this room."""

from citydesk.management.records.queries.disposals import (
    DISPOSALS,
    ITEMS,
    get_disposal,
    list_disposals,
    list_items,
    may_open_certificate,
)
from citydesk.management.records.queries.examples import run_retention_example
from citydesk.management.records.queries.holds import HOLDS, get_hold, list_holds, open_holds
from citydesk.management.records.queries.schedule import Series, list_candidates, list_series, series_of

__all__ = [
    "DISPOSALS",
    "HOLDS",
    "ITEMS",
    "Series",
    "get_disposal",
    "get_hold",
    "list_candidates",
    "list_disposals",
    "list_holds",
    "list_items",
    "list_series",
    "may_open_certificate",
    "open_holds",
    "run_retention_example",
    "series_of",
]
