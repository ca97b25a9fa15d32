"""Checks a roster against every hard rule, by plain reading of the rules. It shares no code with the solver, so that a
mistake there is found here: a roster that has not passed it is never shown as one that holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .people import DAY, SATURDAY, WEEK, Person
from .problem import Problem
from .shifts import Activity, Assignment, Kind, Training, patterns_of

LEAST_MEAL, SHORT_BREAK, LONG_BREAK = 30, 5, 20  # 29 CFR 785.19 and 785.18
SHORTEST_PART = 30  # minutes of a training in two parts


class Rule(StrEnum):
    """The hard rules. R10 of the trade's list (hours of minors) has no table yet: minors are not rostered at all."""

    ONE_ACTIVITY = "R1"
    AVAILABILITY = "R2"
    MINUTES = "R3"
    REST = "R4"
    RUN = "R5"
    MEAL = "R6"
    SKILL = "R7"
    FLOOR = "R8"
    OVERTIME = "R9"
    MINOR = "R10"
    FOLLOWS = "C1"  # C: of a contract, and of the benchmark
    TEMPLATE_COUNT = "C2"
    SHORT_RUN = "C3"
    SHORT_REST = "C4"
    WEEKENDS = "C5"
    DAYS = "C6"
    UNKNOWN = "C7"
    PINNED = "C8"
    PARTS = "C9"


@dataclass(frozen=True)
class Breach:
    """A hard rule that a roster breaks: which, who (empty for the desk as a whole), on which day, and how."""

    rule: Rule
    person: str
    day: int
    text: str

    def __str__(self) -> str:
        return f"{self.rule} {self.person or 'the desk'}, day {self.day}: {self.text}"


Days = dict[int, Assignment]


def verify(problem: Problem, roster: Iterable[Assignment]) -> list[Breach]:
    """Every breach, by person and day; an empty list when the roster holds."""
    roster = tuple(roster)
    found = [*_unknown(problem, roster), *_pinned(problem, roster), *_floors(problem, roster)]
    known = [one for one in roster if one.person in problem.person_of and 0 <= one.day < problem.horizon]
    by_person: dict[str, list[Assignment]] = {}
    for one in known:
        by_person.setdefault(one.person, []).append(one)
    for person in problem.people:
        found += verify_person(problem, person, by_person.get(person.code, []))
    return sorted(found, key=lambda one: (one.person, one.day, one.rule))


def verify_person(problem: Problem, person: Person, given: Iterable[Assignment]) -> list[Breach]:
    """Every breach of the rules that concern one person alone."""
    given = sorted(given, key=lambda one: (one.day, one.pattern.start))
    days = {one.day: one for one in given}
    found = list(_one_activity(person, given))
    for check in PERSONAL:
        found += check(problem, person, days)
    return found


def _unknown(problem: Problem, roster: Iterable[Assignment]) -> Iterator[Breach]:
    allowed = {pattern for template in problem.templates for pattern in patterns_of(template, problem.slot)}
    published = {(one.person, one.day, one.pattern) for one in problem.published}
    for one in roster:
        if one.person not in problem.person_of:
            yield Breach(Rule.UNKNOWN, one.person, one.day, "is not among the people")
        if not 0 <= one.day < problem.horizon:
            yield Breach(Rule.UNKNOWN, one.person, one.day, "lies outside the days of the roster")
        is_given = one.is_pinned or (one.person, one.day, one.pattern) in published
        if one.pattern not in allowed and not is_given:
            yield Breach(
                Rule.UNKNOWN, one.person, one.day, f"{one.pattern.template} does not allow this way of working"
            )
        template = problem.template_of.get(one.pattern.template)
        if template and problem.weekday(one.day) not in template.weekdays:
            yield Breach(Rule.UNKNOWN, one.person, one.day, f"{template.code} is not worked on this weekday")


def _pinned(problem: Problem, roster: Iterable[Assignment]) -> Iterator[Breach]:
    held = {(one.person, one.day, one.pattern) for one in roster}
    for one in problem.pinned:
        if (one.person, one.day, one.pattern) not in held:
            yield Breach(Rule.PINNED, one.person, one.day, f"{one.pattern.template} is pinned and was moved")


def _floors(problem: Problem, roster: tuple[Assignment, ...]) -> Iterator[Breach]:
    """At a meal, in a training or a meeting somebody is not at the desk; on a break of minutes they are."""
    by_day: dict[int, list[Assignment]] = {}
    for one in roster:
        if one.person in problem.person_of:
            by_day.setdefault(one.day, []).append(one)
    for need in problem.slot_needs:
        if not need.floor:
            continue
        there = sum(
            _is_at_desk(one, need.start, need.start + problem.slot)
            and (not need.skill or need.skill in problem.person_of[one.person].skills)
            for one in by_day.get(need.day, ())
        )
        if there < need.floor:
            text = f"{there} of at least {need.floor} at {clock(need.start)}"
            yield Breach(Rule.FLOOR, "", need.day, text + (f" with {need.skill}" if need.skill else ""))


def _is_at_desk(one: Assignment, start: int, end: int) -> bool:
    gone = [it for it in one.activities if it.kind in (Kind.TRAINING, Kind.MEETING, Kind.COACHING)]
    return one.pattern.covers(start, end) and not any(it.start < end and start < it.end for it in gone)


def _one_activity(person: Person, given: list[Assignment]) -> Iterator[Breach]:
    last_end, last_day = None, None
    for one in given:
        if one.day == last_day:
            yield Breach(Rule.ONE_ACTIVITY, person.code, one.day, "two shifts on one day")
        begins = one.day * DAY + one.pattern.start
        if last_end is not None and begins < last_end:
            yield Breach(Rule.ONE_ACTIVITY, person.code, one.day, "begins before the shift before has ended")
        last_end, last_day = one.day * DAY + one.pattern.end, one.day
        yield from _inside(person, one)


def _inside(person: Person, one: Assignment) -> Iterator[Breach]:
    """Breaks, trainings and the meal lie inside the shift and beside one another."""
    pattern, held = one.pattern, list(one.activities)
    if pattern.meal_start is not None:
        held.append(Activity(pattern.meal_start, pattern.meal_start + pattern.meal_length, Kind.MEAL))
    end = pattern.start
    for activity in sorted(held):
        if activity.start < end or activity.end > pattern.end or activity.end <= activity.start:
            text = f"{activity.kind} from {clock(activity.start)} overlaps something or lies outside the shift"
            yield Breach(Rule.ONE_ACTIVITY, person.code, one.day, text)
        end = max(end, activity.end)


def _availability(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    terms = person.contract
    for day, one in days.items():
        start, end = one.pattern.start, one.pattern.end
        if day in person.days_off:
            yield Breach(Rule.AVAILABILITY, person.code, day, "works on a day off")
        if problem.weekday(day) not in terms.weekdays:
            yield Breach(Rule.AVAILABILITY, person.code, day, "works on a weekday outside the contract")
        if start < terms.earliest or end > terms.latest:
            text = f"{clock(start)} to {clock(end)} lies outside {clock(terms.earliest)} to {clock(terms.latest)}"
            yield Breach(Rule.AVAILABILITY, person.code, day, text)
        for away in person.away:
            shift = (away.day - day) * DAY  # the day before may run into what is away today
            if away.start + shift < end and start < away.end + shift:
                text = f"is away {clock(away.start)} to {clock(away.end)}"
                yield Breach(Rule.AVAILABILITY, person.code, day, f"{text} ({away.why})" if away.why else text)


def _minutes(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    terms = person.contract
    for first in range(0, problem.horizon, terms.period_days):
        inside = [one for day, one in days.items() if first <= day < first + terms.period_days]
        paid = sum(one.pattern.paid for one in inside)
        if paid > terms.max_minutes:
            yield Breach(Rule.MINUTES, person.code, first, f"{paid} minutes, at most {terms.max_minutes}")
        if paid < terms.min_minutes and first + terms.period_days <= problem.horizon:
            yield Breach(Rule.MINUTES, person.code, first, f"{paid} minutes, at least {terms.min_minutes}")
        if terms.max_days is not None and len(inside) > terms.max_days:
            yield Breach(Rule.DAYS, person.code, first, f"{len(inside)} days, at most {terms.max_days}")


def _rest(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    before = {one.day: one for one in problem.history if one.person == person.code}
    for day, one in days.items():
        last = days.get(day - 1) or before.get(day - 1)
        if last is None:
            continue
        rest = one.pattern.start + DAY - last.pattern.end
        if person.contract.min_rest and rest < person.contract.min_rest:
            text = f"{rest} minutes of rest, at least {person.contract.min_rest}"
            yield Breach(Rule.REST, person.code, day, text)
        if one.pattern.template in problem.template_of[last.pattern.template].not_followed_by:
            text = f"{one.pattern.template} the day after {last.pattern.template}"
            yield Breach(Rule.FOLLOWS, person.code, day, text)


def _runs(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    """Days in a row. What lies before the horizon counts towards the most, as far as it is known."""
    terms, worked = person.contract, set(days)
    earlier = {one.day for one in problem.history if one.person == person.code}
    for first, last in stretches(worked, problem.horizon):
        length = last - first + 1
        before = 0
        while first == 0 and -1 - before in earlier:
            before += 1
        if length + before > terms.max_run:
            text = f"{length + before} days in a row, at most {terms.max_run}"
            yield Breach(Rule.RUN, person.code, last, text)
        if length < terms.min_run and first > 0 and last < problem.horizon - 1:
            yield Breach(Rule.SHORT_RUN, person.code, first, f"{length} days in a row, at least {terms.min_run}")
    free = set(range(problem.horizon)) - worked
    for first, last in stretches(free, problem.horizon):
        if last - first + 1 < terms.min_off and first > 0 and last < problem.horizon - 1:
            text = f"{last - first + 1} days off in a row, at least {terms.min_off}"
            yield Breach(Rule.SHORT_REST, person.code, first, text)


def stretches(days: set[int], horizon: int) -> Iterator[tuple[int, int]]:
    """First and last day of each unbroken stretch."""
    first = None
    for day in range(horizon + 1):
        if day in days and first is None:
            first = day
        elif day not in days and first is not None:
            yield first, day - 1
            first = None


def _meals(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    for day, one in days.items():
        template, pattern = problem.template_of.get(one.pattern.template), one.pattern
        for activity in one.activities:
            length = activity.end - activity.start
            if activity.kind == Kind.BREAK and not SHORT_BREAK <= length <= LONG_BREAK:
                text = f"a break of {length} minutes; paid breaks have {SHORT_BREAK} to {LONG_BREAK}"
                yield Breach(Rule.MEAL, person.code, day, text)
        if template is None or template.meal is None:
            continue
        meal = template.meal
        if pattern.meal_start is None:
            yield Breach(Rule.MEAL, person.code, day, "no meal")
        elif pattern.meal_length < max(LEAST_MEAL, meal.length):
            text = f"a meal of {pattern.meal_length} minutes, at least {max(LEAST_MEAL, meal.length)}"
            yield Breach(Rule.MEAL, person.code, day, text)
        elif not meal.first <= pattern.meal_start - pattern.start <= meal.last:
            yield Breach(Rule.MEAL, person.code, day, f"the meal at {clock(pattern.meal_start)} is too early or late")


def _parts(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    """Parts of trainings: long enough, and where it is known what was asked for, the first before the second, together
    as long as the training, on its days, of one that may be split."""
    told: dict[tuple[str, str], list[tuple[int, Activity]]] = {}
    for day, one in sorted(days.items()):
        for activity in (it for it in sorted(one.activities) if it.part):
            if activity.part > 2 or activity.end - activity.start < SHORTEST_PART:
                text = f"{activity.kind} at {clock(activity.start)} is no half, or lasts less than {SHORTEST_PART} min"
                yield Breach(Rule.PARTS, person.code, day, text)
            told.setdefault((activity.kind.value, activity.label), []).append((day, activity))
    if problem.trainings:
        mine = [one for one in problem.trainings if one.person == person.code and one.may_split]
        for (kind, label), pieces in told.items():
            if not _are_parts_of(pieces, [one for one in mine if (one.kind, one.label) == (kind, label)]):
                text = f"the parts of {label or kind} are not what was asked for"
                yield Breach(Rule.PARTS, person.code, pieces[0][0], text)


def _are_parts_of(pieces: list[tuple[int, Activity]], asked: list[Training]) -> bool:
    """Whether the parts, the first one with the first other, are trainings that were asked for, each once."""
    firsts = [one for one in pieces if one[1].part == 1]
    seconds = [one for one in pieces if one[1].part == 2]
    if len(firsts) != len(seconds):
        return False
    for (first_day, first), (second_day, second) in zip(firsts, seconds, strict=True):
        length = first.end - first.start + second.end - second.start
        is_in_order = (first_day, first.end) <= (second_day, second.start)
        fits = [it for it in asked if it.minutes == length and it.first_day <= first_day and second_day <= it.last_day]
        if not is_in_order or not fits:
            return False
        asked.remove(fits[0])
    return True


def _skills(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    for day, one in days.items():
        template = problem.template_of.get(one.pattern.template)
        if template and template.skill and template.skill not in person.skills:
            yield Breach(Rule.SKILL, person.code, day, f"{template.code} needs {template.skill}")


def _overtime(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    after = person.contract.overtime_after
    if after is None:
        return
    weeks: dict[int, int] = {}
    for day, one in days.items():
        weeks[problem.week(day)] = weeks.get(problem.week(day), 0) + one.pattern.paid
    for week, paid in weeks.items():
        if paid > after + person.approved_overtime:
            text = f"{paid} minutes in a week; {after} and {person.approved_overtime} approved"
            yield Breach(Rule.OVERTIME, person.code, max(0, week * WEEK - problem.first_weekday), text)


def _counts(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    for code, most in person.contract.max_of:
        held = sorted(day for day, one in days.items() if one.pattern.template == code)
        if len(held) > most:
            yield Breach(Rule.TEMPLATE_COUNT, person.code, held[most], f"{len(held)} of {code}, at most {most}")


def _weekends(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    most = person.contract.max_weekends
    weeks = sorted({problem.week(day) for day in days if problem.weekday(day) >= SATURDAY})
    if most is not None and len(weeks) > most:
        day = weeks[most] * WEEK + SATURDAY - problem.first_weekday
        yield Breach(Rule.WEEKENDS, person.code, max(0, day), f"{len(weeks)} weekends, at most {most}")


def _minors(problem: Problem, person: Person, days: Days) -> Iterator[Breach]:
    if person.is_minor and days:
        yield Breach(
            Rule.MINOR, person.code, min(days), "hours of minors have a law of their own that is not known here"
        )


PERSONAL: tuple[Callable[[Problem, Person, Days], Iterator[Breach]], ...] = (
    _availability, _minutes, _rest, _runs, _meals, _parts, _skills, _overtime, _counts, _weekends, _minors,
)  # fmt: skip


def clock(minutes: int) -> str:
    """Minutes after midnight as 08:30; after the next midnight as 25:00, so that the day stays clear."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
