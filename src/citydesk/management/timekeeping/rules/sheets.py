"""Time sheets: what may happen to one from where, who may approve, and the lines the pay office gets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from citydesk.management.timekeeping.choices import LineKind, Refusal, SheetState
from citydesk.management.timekeeping.rules.comp_time import CompSplit
from citydesk.management.timekeeping.rules.hours import WeekHours

_S = SheetState
# Move -> (states it is possible from, the state after it). After the lock nothing moves: the correction of a locked
# week is an adjustment in the current one.
MOVES: dict[str, tuple[frozenset[SheetState], SheetState]] = {
    "submit": (frozenset({_S.OPEN}), _S.SUBMITTED),
    "recall": (frozenset({_S.SUBMITTED}), _S.OPEN),
    "approve": (frozenset({_S.SUBMITTED}), _S.APPROVED),
    "reject": (frozenset({_S.SUBMITTED, _S.APPROVED}), _S.OPEN),
    "lock": (frozenset({_S.APPROVED}), _S.LOCKED),
}


def may_move(move: str, state: str) -> bool:
    """Whether the table has the move for a state."""
    return state in MOVES[move][0]


def after(move: str) -> SheetState:
    """The state a move leads to."""
    return MOVES[move][1]


@dataclass(frozen=True)
class Delegation:
    """Somebody approves for somebody else on the days from `first` through `last`."""

    principal: int
    delegate: int
    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def reach_by_delegation(
    approver: int, delegations: Iterable[Delegation], reach_of: Mapping[int, frozenset[int]], day: date
) -> frozenset[int]:
    """People somebody reaches for others on a day: those the principals reach, but never a principal."""
    mine = [one for one in delegations if one.delegate == approver and one.covers(day)]
    principals = {one.principal for one in mine}
    return frozenset().union(*(reach_of.get(one, frozenset()) for one in principals)) - principals - {approver}


def why_not_approve(
    approver: int | None, owner: int, *, own: frozenset[int], delegated: frozenset[int], principals: frozenset[int]
) -> Refusal | None:
    """The reason somebody may not approve a person's sheet or leave; None where they may. `own` are the people of
    their teams, `delegated` those reached for others."""
    if approver is None or approver == owner:
        return Refusal.OWN
    if owner in own or owner in delegated:
        return None
    return Refusal.OF_PRINCIPAL if owner in principals else Refusal.OUT_OF_REACH


@dataclass(frozen=True, order=True)
class Line:
    """One line of pay: a kind, the code the pay office knows it by, seconds. Adjustments may be negative."""

    kind: str
    code: str
    seconds: int


def lines_of(
    hours: WeekHours, split: CompSplit, leave: Sequence[tuple[str, int]], pay_codes: Mapping[str, str]
) -> tuple[Line, ...]:
    """The lines of a week: straight time, overtime paid, overtime banked, leave by pay code; none that is empty."""
    found = [
        Line(LineKind.REGULAR, pay_codes[LineKind.REGULAR], hours.straight),
        Line(LineKind.OVERTIME, pay_codes[LineKind.OVERTIME], split.paid),
        Line(LineKind.COMP, pay_codes[LineKind.COMP], split.earned),
        *(Line(LineKind.LEAVE, code, seconds) for code, seconds in leave),
    ]
    return tuple(sorted(one for one in found if one.seconds))


def difference(now: Iterable[Line], before: Iterable[Line]) -> tuple[Line, ...]:
    """What an adjustment says: lines as they are now less what was handed over before."""
    sums: dict[tuple[str, str], int] = {}
    for sign, lines in ((1, now), (-1, before)):
        for one in lines:
            sums[one.kind, one.code] = sums.get((one.kind, one.code), 0) + sign * one.seconds
    return tuple(Line(kind, code, seconds) for (kind, code), seconds in sorted(sums.items()) if seconds)
