"""Commands of this room."""

from citydesk.management.records.services.asking import Asked, Taken, close_request, extend_request, take_request
from citydesk.management.records.services.candidates import find_candidates
from citydesk.management.records.services.destroying import destroy_listed, finish_disposal
from citydesk.management.records.services.disposals import decide_disposal, propose_disposal
from citydesk.management.records.services.emergency import (
    end_opening,
    end_openings_of,
    open_in_emergency,
    open_reporter,
    see_notice,
)
from citydesk.management.records.services.gathering import (
    decide_records,
    drop_redaction,
    redact_page,
    redact_text,
    search_records,
    withhold_file,
)
from citydesk.management.records.services.holds import NewHold, place_hold, release_hold
from citydesk.management.records.services.person import PersonCopy, export_person
from citydesk.management.records.services.producing import produce

__all__ = [
    "Asked",
    "NewHold",
    "PersonCopy",
    "Taken",
    "close_request",
    "decide_disposal",
    "decide_records",
    "destroy_listed",
    "drop_redaction",
    "end_opening",
    "end_openings_of",
    "export_person",
    "extend_request",
    "find_candidates",
    "finish_disposal",
    "open_in_emergency",
    "open_reporter",
    "place_hold",
    "produce",
    "propose_disposal",
    "redact_page",
    "redact_text",
    "release_hold",
    "search_records",
    "see_notice",
    "take_request",
    "withhold_file",
]
