"""Bringing requests over from another system: read by a mapping, checked, written in batches, counted."""

from citydesk.contact.service_requests.services.importing.loading import ImportResult, import_requests
from citydesk.contact.service_requests.services.importing.reading import (
    BadRow,
    choose_mapping,
    count_rows,
    load_mapping,
    shipped_mappings,
)

__all__ = [
    "BadRow",
    "ImportResult",
    "choose_mapping",
    "count_rows",
    "import_requests",
    "load_mapping",
    "shipped_mappings",
]
