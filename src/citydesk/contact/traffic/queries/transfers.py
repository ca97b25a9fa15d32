"""Whom contacts were passed on to, as the database decides it: `rules.transfers` says the same, and a test holds both
together."""

from datetime import datetime
from typing import Any

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions.choices import PASSED_ON
from citydesk.contact.traffic.choices import TransferReach
from citydesk.contact.traffic.models import Queue, SourceAgent
from citydesk.contact.traffic.rules.transfers import WHOLE, Directory, directory_of
from citydesk.kernel.statements import run

_DIGITS = "regexp_replace(l.transfer_to, '[^0-9]+', '', 'g')"
_KEY = f"CASE WHEN length({_DIGITS}) >= {WHOLE} THEN right({_DIGITS}, {WHOLE}) ELSE lower(btrim(l.transfer_to)) END"
_NOTED = ", ".join(f"'{one.value}'" for one in sorted(PASSED_ON))
# Of a leg `l`; empty for one that was not passed on, and where nobody knows.
REACH = f"""
CASE WHEN l.transfer_kind = '' THEN ''
     WHEN l.transfer_reach = 'internal' OR ({_KEY}) = ANY (%(own)s::text[]) THEN 'internal'
     WHEN l.transfer_reach = 'external' OR ({_KEY}) = ANY (%(offices)s::text[])
       OR EXISTS (SELECT FROM traffic_legmatch m JOIN interactions_transfer t ON t.interaction_id = m.interaction_id
                   WHERE m.leg_id = l.id AND t.outcome IN ({_NOTED})) THEN 'external'
     ELSE '' END
"""
_REACHES = f"""
SELECT l.id, {REACH} FROM traffic_contactleg l
 WHERE l.queue_id = %(queue)s AND l.entered_at >= %(since)s AND l.entered_at < %(until)s AND l.is_current
   AND l.transfer_kind <> ''
"""  # noqa: S608 - the room's own columns


def known_directory() -> Directory:
    """What our queues and agents are called, and the numbers of the transfer directory. Three statements."""
    own: list[str] = []
    for code, names in Queue.objects.values_list("code", "source_names"):
        own += [code, *names]
    for name, username in SourceAgent.objects.values_list("name", "user__username"):
        own += [name, username or ""]
    return directory_of(own, staff.office_numbers())


def words_of(directory: Directory) -> dict[str, Any]:
    """What `REACH` is given."""
    return {"own": sorted(directory.own), "offices": sorted(directory.offices)}


def reaches_of(queue_id: int, since: datetime, until: datetime) -> dict[int, TransferReach]:
    """Whom each contact was passed on to that entered a queue in a stretch of time and was passed on, by leg."""
    given = {"queue": queue_id, "since": since, "until": until, **words_of(known_directory())}
    return {key: TransferReach(reach) for key, reach in run(_REACHES, given)}
