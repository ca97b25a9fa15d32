"""Contacts by hour of people: the hours they were there for contacts, and what the mix of work lets expect of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import AgentStateKind
from citydesk.contact.traffic.rules.expected import Cell, Compared, Work, per_hour
from citydesk.contact.traffic.rules.states import BUSY, IDLE
from citydesk.kernel.statements import run

# Time there for contacts: a meeting, a break, a training or a broken line is nobody's slowness.
_THERE = tuple(AgentStateKind(one).value for one in (*BUSY, *IDLE))
_TIME = """
SELECT a.user_id, f.starts_at >= %(week)s, round(sum(f.seconds))::bigint
  FROM traffic_statefact f JOIN traffic_sourceagent a ON a.id = f.agent_id
 WHERE f.starts_at >= %(since)s AND f.starts_at < %(until)s AND f.state = ANY (%(states)s) AND a.user_id IS NOT NULL
 GROUP BY 1, 2
"""


@dataclass(frozen=True)
class There:
    """Seconds by person, each moment once: in the week, and in all the weeks looked at."""

    week: dict[int, int] = field(default_factory=dict)
    everything: dict[int, int] = field(default_factory=dict)


def hours_there(week: date, *, weeks: int) -> There:
    """When people were there for contacts, in a week and in so many up to its end. One statement; for callers that
    have authorised."""
    zone = profile.local_zone()
    days = (week, week + timedelta(weeks=1), week + timedelta(weeks=1 - weeks))
    begin, end, base = (datetime.combine(one, time.min, tzinfo=zone) for one in days)
    found = There()
    given = {"week": begin, "since": base, "until": end, "states": list(_THERE)}
    for user, is_in_week, seconds in run(_TIME, given):
        found.everything[user] = found.everything.get(user, 0) + int(seconds)
        if is_in_week:
            found.week[user] = int(seconds)
    return found


def by_hour(
    user_id: int, own: Mapping[Cell, Work], others: Mapping[int, Mapping[Cell, Work]], there: There | None
) -> list[Compared]:
    """A person's contacts by hour as the one figure it is; none where nobody asked for it (`there` None)."""
    return [] if there is None else [per_hour(own, there.week.get(user_id, 0), others, there.everything)]
