"""A whole rostering problem: who, which shifts, what is needed when, what is fixed, what everything costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .people import SATURDAY, WEEK, Contract, Person
from .shifts import Assignment, Pattern, ShiftTemplate, Training, patterns_of

FAIR_WEEKS = 8  # over how many weeks burdens are weighed against one another


class Impossible(ValueError):
    """A problem that nobody can solve because it contradicts itself; says who and why."""


@dataclass(frozen=True)
class ShiftNeed:
    """How many people are needed for a shift on a day, and what each too few or too many costs."""

    day: int
    template: str
    required: int
    under: int = 100
    over: int = 1


@dataclass(frozen=True)
class SlotNeed:
    """How many people are needed in an interval. Who has the skill counts (no skill named: everybody does); so
    needs with a skill say how many *of* the people on the desk must have it.

    Below `target` costs, below `minimum` costs more, below `floor` (a counter may not open) breaks a rule.
    """

    day: int
    start: int
    target: int
    minimum: int = 0
    floor: int = 0
    skill: str = ""


@dataclass(frozen=True)
class Weights:
    """What one unit of each slack costs."""

    under: int = 10  # a person below the target for one interval
    below_minimum: int = 25  # in addition below the minimum
    floor: int = 1_000  # in addition below the floor, so that it is only chosen when there is no other way
    over: int = 1
    drift: int = 1  # a week in which somebody's begins lie further apart than `drift_free`
    drift_free: int = 60
    change: int = 0  # somebody's day that differs from what was published
    fairness: int = 0  # a late or weekend shift, for each that its carrier then has beyond who has fewest
    split: int = 15  # a training in two parts: less than two people missing for a slot
    overtime: int = 0  # an hour, or part of one, beyond the contract's week
    late_after: int = 18 * 60  # a shift that ends later is a late one


@dataclass(frozen=True)
class Problem:
    """Days count from 0; `first_weekday` 0 is a Monday. `history` are assignments on days before 0. `extra` are ways of
    working that no template allows and only what is pinned or published has. By `trainings`, where they are known, the
    verifier holds parts of trainings against what was asked for."""

    horizon: int
    templates: tuple[ShiftTemplate, ...]
    people: tuple[Person, ...]
    shift_needs: tuple[ShiftNeed, ...] = ()
    slot_needs: tuple[SlotNeed, ...] = ()
    first_weekday: int = 0
    slot: int = 30
    pinned: tuple[Assignment, ...] = ()
    published: tuple[Assignment, ...] = ()
    history: tuple[Assignment, ...] = ()
    weights: Weights = field(default_factory=Weights)
    extra: tuple[Pattern, ...] = ()
    trainings: tuple[Training, ...] = ()

    @cached_property
    def template_of(self) -> Mapping[str, ShiftTemplate]:
        return {one.code: one for one in self.templates}

    @cached_property
    def person_of(self) -> Mapping[str, Person]:
        return {one.code: one for one in self.people}

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every pattern of every template, in a fixed order, and what is only pinned or published."""
        return (*(one for template in self.templates for one in patterns_of(template, self.slot)), *self.extra)

    @cached_property
    def carried(self) -> Mapping[str, tuple[int, int]]:
        """Person to (late shifts, weekend shifts) before this roster, in the eight weeks up to its end, beyond the
        fewest that anybody has who could work such a shift."""
        first, found = self.horizon - FAIR_WEEKS * WEEK, dict.fromkeys(self.person_of, (0, 0))
        for one in self.history:
            if one.person in found and one.day >= first:
                lates, weekends = found[one.person]
                found[one.person] = lates + self.is_late(one.pattern), weekends + self.is_weekend(one.day)
        could = {one.contract: self._burdens_of(one.contract) for one in self.people}
        least = [
            min((found[one.code][kind] for one in self.people if could[one.contract][kind]), default=0)
            for kind in range(2)
        ]
        return {code: (max(0, one[0] - least[0]), max(0, one[1] - least[1])) for code, one in found.items()}

    def _burdens_of(self, terms: Contract) -> tuple[bool, bool]:
        """Whether a contract allows late shifts, and shifts on weekends."""
        limits = dict(terms.max_of)
        patterns = [one for one in self.patterns if limits.get(one.template, 1) and terms.latest >= one.end]
        days = frozenset[int]().union(*(self.template_of[one.template].weekdays for one in patterns)) & terms.weekdays
        return any(self.is_late(one) for one in patterns), any(day >= SATURDAY for day in days)

    def is_late(self, pattern: Pattern) -> bool:
        return pattern.end > self.weights.late_after

    def is_weekend(self, day: int) -> bool:
        return self.weekday(day) >= SATURDAY

    def weekday(self, day: int) -> int:
        return (self.first_weekday + day) % WEEK

    def week(self, day: int) -> int:
        """Number of the calendar week (Monday first) that a day lies in; the first day's is 0."""
        return (self.first_weekday + day) // WEEK

    def may_follow(self, before: Pattern, after: Pattern, rest: int) -> bool:
        """Whether a pattern may be worked the day after another, with so many minutes of rest between."""
        if after.template in self.template_of[before.template].not_followed_by:
            return False
        return rest <= 0 or after.start + 24 * 60 - before.end >= rest


def lines_of(roster: Iterable[Assignment]) -> dict[str, dict[int, Assignment]]:
    """Person to day to assignment. Of two on one day the last stays: the verifier sees those by itself."""
    found: dict[str, dict[int, Assignment]] = {}
    for one in roster:
        found.setdefault(one.person, {})[one.day] = one
    return found


def check(problem: Problem) -> None:
    """Refuse what contradicts itself before any work: unknown codes, contracts that no line of days can meet."""
    codes = [one.code for one in problem.people]
    if len(set(codes)) < len(codes):
        raise Impossible("two people have the same code")
    for person in problem.people:
        _check_contract(problem, person)
    for need in problem.shift_needs:
        _check_known(problem, need.template, need.day, "a need")
    for person in problem.people:
        for request in person.requests:
            _check_known(problem, request.template, request.day, f"a request of {person.code}")
    for one in problem.pinned:
        _check_known(problem, one.pattern.template, one.day, f"what is pinned for {one.person}")
        if one.person not in problem.person_of:
            raise Impossible(f"{one.person} has a pinned shift and is not among the people")


def _check_known(problem: Problem, template: str, day: int, what: str) -> None:
    if template not in problem.template_of:
        raise Impossible(f"{what} names the shift {template}, which does not exist")
    if not 0 <= day < problem.horizon:
        raise Impossible(f"{what} is on day {day}; the days are 0 to {problem.horizon - 1}")


def _check_contract(problem: Problem, person: Person) -> None:
    terms = person.contract
    if terms.min_minutes > terms.max_minutes:
        raise Impossible(
            f"{person.code} must work at least {terms.min_minutes} and at most {terms.max_minutes} minutes"
        )
    if terms.min_run > terms.max_run:
        raise Impossible(f"{person.code} must work at least {terms.min_run} and at most {terms.max_run} days in a row")
    limits = dict(terms.max_of)
    longest = max((one.paid for one in problem.patterns if limits.get(one.template, 1) > 0), default=0)
    for first in range(0, problem.horizon - terms.period_days + 1, terms.period_days):
        days = [
            day
            for day in range(first, first + terms.period_days)
            if day not in person.days_off and problem.weekday(day) in terms.weekdays
        ]
        most = min(len(days), terms.max_days or len(days)) * longest
        if most < terms.min_minutes:
            raise Impossible(
                f"{person.code} must work {terms.min_minutes} minutes in {terms.period_days} days from day {first}; "
                f"{len(days)} of them are free, for {most} minutes at most"
            )
