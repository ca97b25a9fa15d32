"""What a roster costs, slack by slack, so that each unit of it can be shown with its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .problem import Problem, ShiftNeed, SlotNeed, lines_of
from .shifts import Assignment


@dataclass(frozen=True)
class Slack:
    """A part of the cost: what is missing or too much, where, and what it costs in all."""

    kind: str  # under, below_minimum, floor, over, wanted, unwanted, drift, change, late, weekend, overtime, split
    day: int
    units: int
    cost: int
    person: str = ""
    template: str = ""
    start: int | None = None
    skill: str = ""


def cost_of(problem: Problem, roster: Iterable[Assignment]) -> int:
    """The whole cost: the sum of all slacks."""
    return sum(one.cost for one in slacks_of(problem, roster))


def slacks_of(problem: Problem, roster: Iterable[Assignment]) -> list[Slack]:
    """Every slack that costs something: needs by shift, needs by interval, people's requests, drift, changes."""
    roster = tuple(roster)
    found = [*_shift_slacks(problem, roster), *_slot_slacks(problem, roster)]
    lines = lines_of(roster)
    for person in problem.people:
        found += personal_slacks(problem, person.code, lines.get(person.code, {}))
    return [one for one in found if one.cost]


def _shift_slacks(problem: Problem, roster: tuple[Assignment, ...]) -> Iterator[Slack]:
    there: dict[tuple[int, str], int] = {}
    for one in roster:
        key = (one.day, one.pattern.template)
        there[key] = there.get(key, 0) + 1
    for need in problem.shift_needs:
        yield from shift_slacks(need, there.get((need.day, need.template), 0))


def shift_slacks(need: ShiftNeed, there: int) -> Iterator[Slack]:
    """Too few or too many for a shift."""
    short = need.required - there
    if short > 0:
        yield Slack("under", need.day, short, short * need.under, template=need.template)
    elif short < 0:
        yield Slack("over", need.day, -short, -short * need.over, template=need.template)


def _slot_slacks(problem: Problem, roster: tuple[Assignment, ...]) -> Iterator[Slack]:
    by_day: dict[int, list[Assignment]] = {}
    for one in roster:
        by_day.setdefault(one.day, []).append(one)
    for need in problem.slot_needs:
        yield from slot_slacks(problem, need, count_there(problem, need, by_day.get(need.day, ())))


def count_there(problem: Problem, need: SlotNeed, given: Iterable[Assignment]) -> int:
    """How many of these (all on the need's day) count for it."""
    end = need.start + problem.slot
    return sum(
        one.pattern.covers(need.start, end) and (not need.skill or need.skill in problem.person_of[one.person].skills)
        for one in given
    )


def slot_slacks(problem: Problem, need: SlotNeed, there: int) -> Iterator[Slack]:
    """Below the target, in addition below the minimum and the floor, or above the target."""
    weights = problem.weights
    for kind, asked, weight in (
        ("under", need.target, weights.under),
        ("below_minimum", need.minimum, weights.below_minimum),
        ("floor", need.floor, weights.floor),
    ):
        if there < asked:
            units = asked - there
            yield Slack(kind, need.day, units, units * weight, start=need.start, skill=need.skill)
    # Too many of a skill are no waste: they are among those whom the whole desk needs.
    if there > need.target and not need.skill:
        units = there - need.target
        yield Slack("over", need.day, units, units * weights.over, start=need.start)


def personal_slacks(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    """Requests that are not met, begins that wander within a week, days that differ from what was published, burdens
    beyond those of others, hours of overtime, trainings in two parts."""
    for request in problem.person_of[code].requests:
        is_there = request.day in days and days[request.day].pattern.template == request.template
        if is_there != request.is_wanted:
            kind = "wanted" if request.is_wanted else "unwanted"
            yield Slack(kind, request.day, 1, request.weight, person=code, template=request.template)
    yield from _drift(problem, code, days)
    if problem.weights.change:
        yield from _changes(problem, code, days)
    if problem.weights.fairness:
        yield from _burdens(problem, code, days)
    if problem.weights.overtime:
        yield from _overtime(problem, code, days)
    yield from _splits(problem, code, days)


def _drift(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    weeks: dict[int, list[int]] = {}
    for day, one in sorted(days.items()):
        weeks.setdefault(problem.week(day), []).append(one.pattern.start)
    for week, starts in weeks.items():
        if max(starts) - min(starts) > problem.weights.drift_free:
            day = max(0, week * 7 - problem.first_weekday)
            yield Slack("drift", day, max(starts) - min(starts), problem.weights.drift, person=code)


def _changes(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    before = {one.day: one for one in problem.published if one.person == code}
    for day in sorted(before.keys() | days.keys()):
        was, now = before.get(day), days.get(day)
        if (was.pattern if was else None) != (now.pattern if now else None):
            yield Slack("change", day, 1, problem.weights.change, person=code)


def _burdens(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    """Each further late or weekend shift costs as much more as its carrier has beyond who has fewest: who has carried
    most is asked last, and one after another within the roster as well."""
    for kind, before, those in (
        ("late", problem.carried[code][0], [day for day, one in sorted(days.items()) if problem.is_late(one.pattern)]),
        ("weekend", problem.carried[code][1], [day for day in sorted(days) if problem.is_weekend(day)]),
    ):
        for more, day in enumerate(those):
            yield Slack(kind, day, before + more, (before + more) * problem.weights.fairness, person=code)


def _splits(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    """A training that lies in two parts: its second is told by the first."""
    for day, one in sorted(days.items()):
        for activity in one.activities:
            if activity.part == 1:
                yield Slack("split", day, 1, problem.weights.split, person=code, start=activity.start)


def _overtime(problem: Problem, code: str, days: dict[int, Assignment]) -> Iterator[Slack]:
    """Approved hours beyond the contract's week: allowed, and dearer than hours within it."""
    after = problem.person_of[code].contract.overtime_after
    weeks: dict[int, int] = {}
    for day, one in days.items():
        weeks[problem.week(day)] = weeks.get(problem.week(day), 0) + one.pattern.paid
    for week, paid in sorted(weeks.items()):
        if after is not None and paid > after:
            hours = -(-(paid - after) // 60)
            day = max(0, week * 7 - problem.first_weekday)
            yield Slack("overtime", day, hours, hours * problem.weights.overtime, person=code)
