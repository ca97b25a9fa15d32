"""How a week's tables become a rostering problem: agreed contracts, availability, leave, holidays, the requirement.

Days count from the Monday the week begins with; clock times are minutes after that day's midnight.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from citydesk.management.workforce.choices import AvailabilityKind

from .roster.people import DAY, WEEK, Away, Contract, Person, Request
from .roster.problem import Problem, SlotNeed
from .roster.shifts import Activity, Assignment, Kind, ShiftTemplate
from .roster.verifier import Breach, verify

STEP = 15  # minutes: what is set by hand lies on the quarter hours


@dataclass(frozen=True)
class Agreed:
    """What was agreed with a person, as their contract has it. `templates` empty: every shift."""

    min_minutes: int
    max_minutes: int
    max_days: int
    weekdays: frozenset[int]
    earliest: int = 0
    latest: int = DAY
    min_rest: int = 660
    max_run: int = 6
    overtime_after: int | None = None
    approved_overtime: int = 0
    templates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Said:
    """What somebody said of a stretch of a day of the week; of every week and of one day are alike here."""

    kind: AvailabilityKind
    day: int
    starts: int
    ends: int
    weight: int = 1


@dataclass(frozen=True)
class Leave:
    """Leave granted on a day of the week: paid minutes, and the minutes of the clock it takes (None: the whole day)."""

    day: int
    minutes: int
    clock: tuple[int, int] | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody of the group with everything that bears on this week. `closed` are days on which the desk is shut;
    `taken` are hours they work elsewhere."""

    code: str
    agreed: Agreed
    skills: frozenset[str] = frozenset()
    said: tuple[Said, ...] = ()
    leave: tuple[Leave, ...] = ()
    closed: frozenset[int] = frozenset()
    taken: tuple[Away, ...] = ()
    days_out: frozenset[int] = frozenset()  # outside the contract's dates


class Trouble(StrEnum):
    """Why nothing can be solved as things stand."""

    NO_PEOPLE = "no_people"
    NO_TEMPLATES = "no_templates"
    NO_NEED = "no_need"
    TOO_FEW_DAYS = "too_few_days"  # a contract asks for more than its free days allow
    NO_SHIFT = "no_shift"  # no shift fits the clock times and weekdays of a contract


@dataclass(frozen=True)
class Finding:
    """A trouble, whose, and its numbers in minutes: what is asked and what is possible at most."""

    trouble: Trouble
    person: str = ""
    asked: int = 0
    possible: int = 0


def person_of(given: Candidate, templates: Iterable[ShiftTemplate]) -> Person:
    """The person as rosters see them. Holidays and leave count as worked: they lessen the minutes and days asked, and
    what is left of the least is asked only as far as whole shifts reach it."""
    templates = tuple(templates)
    agreed = given.agreed
    share = round(agreed.max_minutes / agreed.max_days) if agreed.max_days else 0
    shut = [day for day in given.closed if day in agreed.weekdays]
    off = sum(one.minutes for one in given.leave) + share * len(shut)
    whole = {one.day for one in given.leave if one.clock is None}
    days_off = frozenset(whole | given.closed | given.days_out)
    least, most = max(0, agreed.min_minutes - off), max(0, agreed.max_minutes - off)
    max_days = max(0, agreed.max_days - len(whole | set(shut)))
    contract = Contract(
        given.code,
        min(least, _in_whole_shifts(agreed, templates, most, max_days)) if off else least,
        most,
        max_days=max_days,
        earliest=agreed.earliest,
        latest=agreed.latest,
        min_rest=agreed.min_rest,
        max_run=agreed.max_run,
        max_of=tuple((one.code, 0) for one in templates if agreed.templates and one.code not in agreed.templates),
        weekdays=agreed.weekdays,
        overtime_after=agreed.overtime_after,
    )
    if given.days_out:  # who starts or leaves within the week owes no full week
        contract = replace(contract, min_minutes=0)
    partial = [Away(one.day, *one.clock) for one in given.leave if one.clock is not None]
    return Person(
        given.code,
        contract,
        given.skills,
        days_off,
        (*outside(given.said), *partial, *given.taken),
        tuple(_wishes(given.said, templates)),
        agreed.approved_overtime,
    )


def _in_whole_shifts(agreed: Agreed, templates: Iterable[ShiftTemplate], most: int, days: int) -> int:
    """The most paid minutes that so many days of the contract's own shifts come to without going beyond `most`."""
    paid = {
        one.length - (one.meal.length if one.meal else 0)
        for one in templates
        if one.starts and (not agreed.templates or one.code in agreed.templates)
    }
    reached = {0}
    for _day in range(days):
        reached |= {total + one for total in reached for one in paid if total + one <= most}
    return max(reached)


def outside(said: Iterable[Said]) -> Iterator[Away]:
    """What `cannot` says, and what lies outside of what `can` says on its day."""
    can: dict[int, list[tuple[int, int]]] = {}
    for one in said:
        if one.kind == AvailabilityKind.CANNOT:
            yield Away(one.day, one.starts, one.ends)
        elif one.kind == AvailabilityKind.CAN:
            can.setdefault(one.day, []).append((one.starts, one.ends))
    for day, windows in can.items():
        end = 0
        for starts, ends in sorted(windows):
            if starts > end:
                yield Away(day, end, starts)
            end = max(end, ends)
        if end < 2 * DAY:
            yield Away(day, end, 2 * DAY)


def _wishes(said: Iterable[Said], templates: Iterable[ShiftTemplate]) -> Iterator[Request]:
    """A wish for a window is a word against each shift that may reach beyond it."""
    for one in said:
        if one.kind != AvailabilityKind.PREFERS:
            continue
        for template in templates:
            if not template.starts or one.day not in template.weekdays:
                continue
            if min(template.starts) < one.starts or max(template.starts) + template.length > one.ends:
                yield Request(one.day, template.code, one.weight, False)


def needs_of(slots: Iterable[tuple[int, int, int, int, int]]) -> tuple[SlotNeed, ...]:
    """Needs of slots given as day, begin, people on contacts, people to roster, people the desk opens with. The target
    is whom to roster; below the people on contacts the service goal would be missed even if nobody were away; below
    those it opens with a rule is broken."""
    return tuple(
        SlotNeed(day, start, max(required, scheduled), required, least)
        for day, start, required, scheduled, least in slots
        if scheduled or required
    )


def troubles(problem: Problem) -> list[Finding]:
    """What stands against solving, before any work: each is a fact with whose it is."""
    found = []
    if not problem.people:
        found.append(Finding(Trouble.NO_PEOPLE))
    if not problem.patterns:
        found.append(Finding(Trouble.NO_TEMPLATES))
    if not problem.slot_needs:
        found.append(Finding(Trouble.NO_NEED))
    if not found:
        found += [one for person in problem.people if (one := _of_contract(problem, person)) is not None]
    return found


def _of_contract(problem: Problem, person: Person) -> Finding | None:
    terms = person.contract
    if not terms.min_minutes:
        return None
    barred = {code for code, most in terms.max_of if not most}
    longest, fitting = 0, 0
    for day in range(problem.horizon):
        if day in person.days_off or problem.weekday(day) not in terms.weekdays:
            continue
        paid = [
            one.paid
            for one in problem.patterns
            if one.template not in barred
            and problem.weekday(day) in problem.template_of[one.template].weekdays
            and terms.earliest <= one.start
            and one.end <= terms.latest
            and not any(it.day == day and it.start < one.end and one.start < it.end for it in person.away)
        ]
        longest, fitting = max(longest, max(paid, default=0)), fitting + bool(paid)
    if not fitting:
        return Finding(Trouble.NO_SHIFT, person.code, terms.min_minutes)
    most = min(fitting, terms.max_days or fitting) * longest
    return Finding(Trouble.TOO_FEW_DAYS, person.code, terms.min_minutes, most) if most < terms.min_minutes else None


def owed(given: Candidate, templates: Iterable[ShiftTemplate]) -> Finding | None:
    """What stands against the least hours of somebody's contract in a week like this; None where nothing does."""
    person = person_of(given, templates := tuple(templates))
    return _of_contract(Problem(WEEK, templates, (person,)), person)


def hours_short(problem: Problem) -> tuple[int, int]:
    """(minutes on duty that the week asks for, paid minutes that contracts allow at most)."""
    asked = sum(one.target for one in problem.slot_needs if not one.skill) * problem.slot
    return asked, sum(one.contract.max_minutes + one.approved_overtime for one in problem.people)


def new_breaches(problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]) -> list[Breach]:
    """Breaches of the second roster that the first does not have."""
    standing = {(one.rule, one.person, one.day) for one in verify(problem, before)}
    return [one for one in verify(problem, after) if (one.rule, one.person, one.day) not in standing]


def with_breaks(one: Assignment, lengths: Iterable[int]) -> Assignment:
    """A shift set by hand with its paid breaks, each in the middle of its part of the shift and beside the meal."""
    lengths = tuple(lengths)
    found = list(one.activities)
    for number, length in enumerate(lengths):
        middle = one.pattern.start + one.pattern.length * (2 * number + 1) / (2 * len(lengths))
        starts = [
            it
            for it in range(one.pattern.start, one.pattern.end - length + 1, STEP)
            if _is_free(one, found, it, length)
        ]
        if starts:
            at = min(starts, key=lambda it: (abs(it + length / 2 - middle), it))
            found.append(Activity(at, at + length, Kind.BREAK))
    return replace(one, activities=tuple(sorted(found)))


def _is_free(one: Assignment, held: Iterable[Activity], start: int, length: int) -> bool:
    meal = one.pattern.meal_start
    taken = [(it.start, it.end) for it in held]
    if meal is not None:
        taken.append((meal, meal + one.pattern.meal_length))
    return all(start + length <= begins or start >= ends for begins, ends in taken)


def tiles(one: Assignment) -> tuple[Activity, ...]:
    """A shift without gaps: its meal, breaks and trainings, and work between them."""
    held = [it for it in one.activities if it.kind != Kind.WORK]
    if one.pattern.meal_start is not None:
        held.append(Activity(one.pattern.meal_start, one.pattern.meal_start + one.pattern.meal_length, Kind.MEAL))
    found, at = [], one.pattern.start
    for it in sorted(held):
        if it.start > at:
            found.append(Activity(at, it.start, Kind.WORK))
        found.append(it)
        at = max(at, it.end)
    if at < one.pattern.end:
        found.append(Activity(at, one.pattern.end, Kind.WORK))
    return tuple(found)


def on_desk(roster: Iterable[Assignment], slot: int) -> Mapping[tuple[int, int], int]:
    """(day, begin of a slot) to people on duty in all of it: not at a meal, in a training or meeting. Breaks are in the
    shrinkage of the requirement, so they count as there."""
    away = (Kind.TRAINING, Kind.MEETING, Kind.COACHING)
    found: dict[tuple[int, int], int] = {}
    for one in roster:
        gone = [it for it in one.activities if it.kind in away]
        first = -(-one.pattern.start // slot) * slot
        for start in range(first, one.pattern.end - slot + 1, slot):
            if one.pattern.covers(start, start + slot) and all(
                start + slot <= it.start or start >= it.end for it in gone
            ):
                day, at = one.day + start // DAY, start % DAY
                found[day, at] = found.get((day, at), 0) + 1
    return found


def days_of_week(said: Iterable[tuple[AvailabilityKind, int | None, int | None, int, int, int]]) -> tuple[Said, ...]:
    """Rows of availability (kind, weekday, day of this week or None, starts, ends, weight) as days of the week. What is
    said of a day stands for what is said of its weekday with the same kind; whoever can work on a day after all can do
    so whatever their weekday says."""
    rows = list(said)
    named = {(kind, day) for kind, _weekday, day, *_rest in rows if day is not None}
    named |= {(AvailabilityKind.CANNOT, day) for kind, day in named if kind == AvailabilityKind.CAN}
    found = []
    for kind, weekday, day, starts, ends, weight in rows:
        if day is None and weekday is not None and (kind, weekday) in named:
            continue
        at = day if day is not None else weekday
        if at is not None and 0 <= at < WEEK:
            found.append(Said(kind, at, starts, ends, weight))
    return tuple(found)
