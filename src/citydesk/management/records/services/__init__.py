"""Commands of this room."""

from citydesk.management.records.services.candidates import find_candidates
from citydesk.management.records.services.destroying import destroy_listed, finish_disposal
from citydesk.management.records.services.disposals import decide_disposal, propose_disposal
from citydesk.management.records.services.holds import NewHold, place_hold, release_hold

__all__ = [
    "NewHold",
    "decide_disposal",
    "destroy_listed",
    "find_candidates",
    "finish_disposal",
    "place_hold",
    "propose_disposal",
    "release_hold",
]
