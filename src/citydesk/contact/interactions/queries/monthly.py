"""The contacts of a stretch of time by what they were: channel, reason, outcome, language, help of an interpreter; and
the offices they were passed on to. Sums of nobody by name; for callers that have authorised."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from citydesk.contact.interactions.choices import PASSED_ON
from citydesk.kernel.statements import run

# The reason of what was told in confidence is in no sum.
_CONTACTS = """
SELECT f.channel, CASE WHEN i.is_confidential THEN '' ELSE f.reason_code END, f.outcome, f.language, count(*),
       count(*) FILTER (WHERE i.interpreter_vendor <> '' OR i.interpreter_minutes > 0),
       coalesce(sum(i.interpreter_minutes), 0), count(*) FILTER (WHERE i.is_relay)
  FROM interactions_contactfact f JOIN interactions_interaction i ON i.id = f.interaction_id
 WHERE f.received_at >= %(since)s AND f.received_at < %(until)s AND f.direction = 'in'
 GROUP BY 1, 2, 3, 4
"""
_OFFICES = """
SELECT t.office_code, max(t.office_name), count(*) FILTER (WHERE t.outcome = ANY (%(passed)s::text[])), count(*)
  FROM interactions_transfer t JOIN interactions_interaction i ON i.id = t.interaction_id
 WHERE t.at >= %(since)s AND t.at < %(until)s AND i.state = 'saved'
 GROUP BY t.office_code, CASE WHEN t.office_code = '' THEN t.office_name END
 ORDER BY 3 DESC, 2
"""


@dataclass(frozen=True)
class OfficeReached:
    """An office of the transfer directory: how often somebody or a voice mail was reached, and how often it was tried
    or named to the resident."""

    code: str
    name: str
    passed: int
    tried: int


@dataclass
class ContactSums:
    """Incoming contacts of a stretch of time. `interpreted` had an interpreter, for `interpreter_minutes` where they
    were noted; `relayed` came over a relay service."""

    contacts: int = 0
    interpreted: int = 0
    interpreter_minutes: int = 0
    relayed: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    by_outcome: Counter[str] = field(default_factory=Counter)
    by_language: Counter[str] = field(default_factory=Counter)


def contact_sums(*, since: datetime, until: datetime) -> ContactSums:
    """The contacts received from `since` to before `until`. One statement."""
    found = ContactSums()
    for channel, reason, outcome, language, count, interpreted, minutes, relayed in run(
        _CONTACTS, {"since": since, "until": until}
    ):
        found.contacts += count
        found.interpreted += interpreted
        found.interpreter_minutes += minutes
        found.relayed += relayed
        found.by_channel[channel] += count
        found.by_reason[reason] += count
        found.by_outcome[outcome] += count
        found.by_language[language] += count
    return found


def offices_reached(*, since: datetime, until: datetime) -> list[OfficeReached]:
    """The offices contacts were passed on to, those reached most first. One statement."""
    given = {"since": since, "until": until, "passed": sorted(PASSED_ON)}
    return [OfficeReached(*row) for row in run(_OFFICES, given)]
