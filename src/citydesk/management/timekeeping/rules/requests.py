"""Requests for leave: states, days, what stands against granting one, and what family and medical leave is left."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from citydesk.management.timekeeping.choices import RequestState
from citydesk.management.timekeeping.rules.leave_types import LeaveRules

_S = RequestState
# Move -> (states it is possible from, the state after it). `take` is done by the clock when the last day is over.
MOVES: dict[str, tuple[frozenset[RequestState], RequestState]] = {
    "submit": (frozenset({_S.DRAFT}), _S.SUBMITTED),
    "approve": (frozenset({_S.SUBMITTED}), _S.APPROVED),
    "deny": (frozenset({_S.SUBMITTED}), _S.DENIED),
    "cancel": (frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED}), _S.CANCELLED),
    "take": (frozenset({_S.APPROVED}), _S.TAKEN),
}
FMLA_WEEKS = 12


def may_move(move: str, state: str) -> bool:
    """Whether the table has the move for a state."""
    return state in MOVES[move][0]


def after(move: str) -> RequestState:
    """The state a move leads to."""
    return MOVES[move][1]


def leave_days(
    first: date, last: date, hours_of: Mapping[int, int], closed: Collection[date]
) -> list[tuple[date, int]]:
    """The days a request uses, with seconds: days of the week the person works, less those the office is closed."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, hours_of[day.weekday()]) for day in days if hours_of.get(day.weekday()) and day not in closed]


def why_not_asked(rules: LeaveRules, days: Sequence[tuple[date, int]], *, lowest: int, first: date, last: date) -> str:
    """What stands against asking: `backwards`, `no_days`, `unit`, `balance`; empty where nothing does.

    `lowest` is the lowest projected balance with this request in it.
    """
    if last < first:
        return "backwards"
    if not days:
        return "no_days"
    if any(seconds % rules.min_unit or seconds < rules.min_unit for _day, seconds in days):
        return "unit"
    return "balance" if rules.needs_balance and lowest < -rules.floor else ""


@dataclass(frozen=True)
class Blackout:
    """Days on which the city gives no leave to some teams, or to all (`teams` empty), but for a reason."""

    code: str
    names: Mapping[str, str]
    first: date
    last: date
    teams: frozenset[str] = frozenset()

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or self.code


def blackouts_hit(found: Iterable[Blackout], first: date, last: date, teams: Collection[str]) -> list[Blackout]:
    """The blackouts that days of a person of these teams fall into."""
    return [
        one
        for one in found
        if one.first <= last and first <= one.last and (not one.teams or one.teams & frozenset(teams))
    ]


def needs_paper(rules: LeaveRules, days: int) -> bool:
    """Whether somebody must show a paper for so many days of leave in a row."""
    return rules.documented_after_days is not None and days > rules.documented_after_days


def fmla_left(used: Iterable[tuple[date, int]], on: date, weekly: int) -> int:
    """Seconds of family and medical leave a person still has on a day.

    Twelve workweeks in the twelve months measured backward from each day of leave (29 CFR 825.200(b)(4)); a part of a
    week is a share of the week the person usually works (825.205).
    """
    since = _year_before(on)
    return max(0, FMLA_WEEKS * weekly - sum(seconds for day, seconds in used if since < day <= on))


def _year_before(on: date) -> date:
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return date(on.year - 1, 2, 28)
