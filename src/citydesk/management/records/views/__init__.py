"""Pages of this room."""

from citydesk.management.records.views.asking import act, new_request, request_page, requests
from citydesk.management.records.views.emergency import (
    emergency,
    emergency_notices,
    emergency_report,
    emergency_seen,
    end,
    opened,
    opened_file,
    opened_reporter,
)
from citydesk.management.records.views.people import person, readers
from citydesk.management.records.views.public import ask, status
from citydesk.management.records.views.redacting import page, record
from citydesk.management.records.views.retention import disposal, disposals, hold, holds, home, new_hold, propose

__all__ = [
    "act",
    "ask",
    "disposal",
    "disposals",
    "emergency",
    "emergency_notices",
    "emergency_report",
    "emergency_seen",
    "end",
    "hold",
    "holds",
    "home",
    "new_hold",
    "new_request",
    "opened",
    "opened_file",
    "opened_reporter",
    "page",
    "person",
    "propose",
    "readers",
    "record",
    "request_page",
    "requests",
    "status",
]
