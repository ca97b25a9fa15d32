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
from citydesk.management.records.queries.law import exemptions, law_in_force, run_due_example
from citydesk.management.records.queries.readers import READINGS, list_readings, may_open_export
from citydesk.management.records.queries.requests import (
    REQUESTS,
    PublicStatus,
    count_due,
    counts_of,
    found_spec,
    get_record,
    get_request,
    list_requests,
    marks_of,
    may_open_production,
    may_take,
    productions_of,
    records_of,
    status_by_token,
)
from citydesk.management.records.queries.schedule import Series, list_candidates, list_series, series_of

__all__ = [
    "DISPOSALS",
    "HOLDS",
    "ITEMS",
    "READINGS",
    "REQUESTS",
    "PublicStatus",
    "Series",
    "count_due",
    "counts_of",
    "exemptions",
    "found_spec",
    "get_disposal",
    "get_hold",
    "get_record",
    "get_request",
    "law_in_force",
    "list_candidates",
    "list_disposals",
    "list_holds",
    "list_items",
    "list_readings",
    "list_requests",
    "list_series",
    "marks_of",
    "may_open_certificate",
    "may_open_export",
    "may_open_production",
    "may_take",
    "open_holds",
    "productions_of",
    "records_of",
    "run_due_example",
    "run_retention_example",
    "series_of",
    "status_by_token",
]
