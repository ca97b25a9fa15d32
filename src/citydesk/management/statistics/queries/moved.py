"""What moved most, for the director's opening page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.management.statistics.queries.measure import figures
from citydesk.management.statistics.queries.names import code_names
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.rules import movers
from citydesk.management.statistics.rules.asking import Asked
from citydesk.management.statistics.rules.selection import Selection

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class MovedLine:
    """A kind of request that moved, and where its requests of the week are listed."""

    name: str
    week: int
    usual: float
    is_more: bool
    href: str


def list_moved(today: date, *, now: datetime) -> list[MovedLine]:
    """The three kinds that moved most in the seven days before today against the four weeks before those.

    What is told in confidence is no news for an opening page: such codes are left out. Two statements.
    """
    first, codes = today - WEEK, profile.entries("services", today)
    kept = {code for code, body in codes.items() if body.get("confidential")}
    week = _by_code(first, today, now)
    before = _by_code(first - movers.WEEKS * WEEK, first, now)
    open_ones = ({code: count for code, count in one.items() if code not in kept} for one in (week, before))
    names, lines = code_names(today), []
    for one in movers.moved_most(*open_ones):
        selection = Selection(first, today - timedelta(days=1), {"code": (one.code,)})
        href = Reading(Asked(selection, "days", "day", True), True, now).records("opened")
        lines.append(MovedLine(names.get(one.code, one.code), one.week, one.usual, one.is_more, href))
    return lines


def _by_code(first: date, end: date, now: datetime) -> dict[str, int]:
    """Requests opened by code from a day up to, and without, another."""
    rows = figures("requests_opened", Selection(first, end - timedelta(days=1)), ("code",), now=now)
    return {str(one.parts[0]): int(one.value or 0) for one in rows}


def moved_card(access: Access, now: datetime) -> dict[str, Any]:
    """For the opening page of a director."""
    today = profile.city_today(now)
    return {"lines": list_moved(today, now=now), "first": today - WEEK, "last": today - timedelta(days=1)}
