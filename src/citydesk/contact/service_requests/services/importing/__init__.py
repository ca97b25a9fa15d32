"""Bringing requests over from another system: read by a mapping, checked, written in batches, counted."""

from citydesk.contact.service_requests.services.importing.attachments import import_attachments
from citydesk.contact.service_requests.services.importing.comparing import Comparison, compare_requests
from citydesk.contact.service_requests.services.importing.loading import ImportResult, import_requests
from citydesk.contact.service_requests.services.importing.notes import import_notes
from citydesk.contact.service_requests.services.importing.open311 import Asked, Open311Result, import_open311
from citydesk.contact.service_requests.services.importing.open311_client import EndpointUnreachable, Open311Client
from citydesk.contact.service_requests.services.importing.reading import (
    choose_mapping,
    count_rows,
    load_mapping,
    open311_mapping,
    shipped_mappings,
)
from citydesk.kernel.imports.columns import BadRow

__all__ = [
    "Asked",
    "BadRow",
    "Comparison",
    "EndpointUnreachable",
    "ImportResult",
    "Open311Client",
    "Open311Result",
    "choose_mapping",
    "compare_requests",
    "count_rows",
    "import_attachments",
    "import_notes",
    "import_open311",
    "import_requests",
    "load_mapping",
    "open311_mapping",
    "shipped_mappings",
]
