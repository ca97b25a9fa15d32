"""Who may be on a roster: contracts, what somebody can do, when they are away, what they asked for."""

from dataclasses import dataclass

DAY = 24 * 60
WEEK = 7
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Contract:
    """What was agreed with a group of people. Minutes are paid minutes; clock times are minutes after midnight.

    `period_days` is the stretch in which `min_minutes` and `max_minutes` (and `max_days`) are counted: a week for a
    desk, the whole horizon for the benchmark. The least of a period that the horizon cuts off is not asked.
    """

    code: str
    min_minutes: int
    max_minutes: int
    period_days: int = WEEK
    max_days: int | None = None
    earliest: int = 0
    latest: int = 2 * DAY
    min_rest: int = 0
    max_run: int = 6  # days worked in a row
    min_run: int = 1  # waived at both edges of the horizon: who knows what was before and comes after
    min_off: int = 1  # days off in a row; waived at the edges as well
    max_weekends: int | None = None  # a weekend counts when Saturday or Sunday is worked
    max_of: tuple[tuple[str, int], ...] = ()  # how many shifts of a template in the whole horizon
    weekdays: frozenset[int] = frozenset(range(WEEK))
    overtime_after: int | None = None  # weekly minutes that need an approval beyond (29 USC 207: 2,400)


@dataclass(frozen=True)
class Away:
    """Somebody cannot work in these minutes of a day (they may run past midnight)."""

    day: int
    start: int
    end: int
    why: str = ""


@dataclass(frozen=True)
class Request:
    """Somebody would like a shift on a day, or would rather not; what it costs to disappoint them."""

    day: int
    template: str
    weight: int
    is_wanted: bool


@dataclass(frozen=True)
class Person:
    """Somebody to be rostered. `days_off` are leave and free days that are granted: they are never worked."""

    code: str
    contract: Contract
    skills: frozenset[str] = frozenset()
    days_off: frozenset[int] = frozenset()
    away: tuple[Away, ...] = ()
    requests: tuple[Request, ...] = ()
    approved_overtime: int = 0  # minutes a week beyond the contract's `overtime_after`
    is_minor: bool = False
