"""What waits at the desk itself, in numbers: contacts that are open or parked, written input not taken in yet."""

from dataclasses import dataclass
from datetime import datetime

from citydesk.kernel.statements import run

_WAITING = """
SELECT count(*) FILTER (WHERE state = 'draft'), count(*) FILTER (WHERE state = 'parked'),
       min(touched_at) FILTER (WHERE state = 'parked'),
       (SELECT count(*) FROM interactions_rawintake WHERE state IN ('pending', 'quarantined')),
       (SELECT min(received_at) FROM interactions_rawintake WHERE state IN ('pending', 'quarantined'))
  FROM interactions_interaction WHERE state IN ('draft', 'parked')
"""


@dataclass(frozen=True)
class DeskWaiting:
    """Contacts in front of clerks, parked ones, input that is pending or could not be read; since when the oldest."""

    in_front: int
    parked: int
    parked_since: datetime | None
    intake: int
    intake_since: datetime | None


def count_desk_waiting() -> DeskWaiting:
    """How much waits at the desk now; one statement over two small partial indexes. Counts only: no right is asked."""
    return DeskWaiting(*run(_WAITING)[0])
