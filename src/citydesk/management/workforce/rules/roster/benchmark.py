"""Reads the text format of schedulingbenchmarks.org.

Where it differs from what one expects: every bound on minutes is for the whole horizon; runs that touch the first or
last day may be shorter than the least; a weekend is worked when Saturday or Sunday is; day 0 is a Monday; a bound of 0
on a shift means that the person cannot work it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .people import Contract, Person, Request
from .problem import Impossible, Problem, ShiftNeed, check
from .shifts import ShiftTemplate

SECTIONS = (
    "SECTION_HORIZON",
    "SECTION_SHIFTS",
    "SECTION_STAFF",
    "SECTION_DAYS_OFF",
    "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS",
    "SECTION_COVER",
)


class BadFile(ValueError):
    """A file that is not of the format: the line (0 for the whole file) and what is wrong with it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """A line that says something: its number in the file and its fields."""

    number: int
    fields: tuple[str, ...]

    def count(self, *allowed: int) -> None:
        if len(self.fields) not in allowed:
            wanted = " or ".join(map(str, allowed))
            raise BadFile(self.number, f"{len(self.fields)} fields where {wanted} belong")

    def number_at(self, place: int, name: str, most: int | None = None) -> int:
        text = self.fields[place]
        try:
            value = int(text)
        except ValueError:
            raise BadFile(self.number, f"{name} is {text!r}, which is no whole number") from None
        if value < 0 or (most is not None and value > most):
            raise BadFile(
                self.number, f"{name} is {value}; it lies between 0 and {most if most is not None else 'any'}"
            )
        return value


def read_benchmark(text: str) -> Problem:
    """The problem of a file's text; raises BadFile with the line and the reason."""
    sections = _sections_of(text)
    missing = [name for name in SECTIONS if name not in sections]
    if missing:
        raise BadFile(0, f"the file has no {missing[0]}")
    horizon = _horizon(sections["SECTION_HORIZON"])
    templates = _shifts(sections["SECTION_SHIFTS"])
    people = _staff(sections["SECTION_STAFF"], horizon, templates)
    _days_off(sections["SECTION_DAYS_OFF"], people, horizon)
    for name, is_wanted in (("SECTION_SHIFT_ON_REQUESTS", True), ("SECTION_SHIFT_OFF_REQUESTS", False)):
        _requests(sections[name], people, templates, horizon, is_wanted)
    needs = _cover(sections["SECTION_COVER"], templates, horizon)
    problem = Problem(horizon, tuple(templates.values()), tuple(people.values()), needs)
    try:
        check(problem)
    except Impossible as reason:
        raise BadFile(0, str(reason)) from reason
    return problem


def _sections_of(text: str) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    for number, line in _lines(text):
        if line.startswith("SECTION_"):
            if line not in SECTIONS:
                raise BadFile(number, f"{line} is no section of this format")
            if line in found:
                raise BadFile(number, f"{line} comes twice")
            current = found.setdefault(line, [])
        elif current is None:
            raise BadFile(number, "this stands before the first section")
        else:
            current.append(Line(number, tuple(one.strip() for one in line.split(","))))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        said = line.strip()
        if said and not said.startswith("#"):
            yield number, said


def _horizon(lines: list[Line]) -> int:
    if len(lines) != 1:
        raise BadFile(lines[1].number if lines else 0, "SECTION_HORIZON has one number: the days")
    lines[0].count(1)
    days = lines[0].number_at(0, "the horizon", 1_000)
    if not days:
        raise BadFile(lines[0].number, "the horizon has no days")
    return days


def _shifts(lines: list[Line]) -> dict[str, ShiftTemplate]:
    found: dict[str, ShiftTemplate] = {}
    followers: list[tuple[Line, str]] = []
    for line in lines:
        line.count(2, 3)
        code = line.fields[0]
        if code in found:
            raise BadFile(line.number, f"the shift {code} comes twice")
        never = frozenset(one.strip() for one in (*line.fields[2:], "")[0].split("|") if one.strip())
        found[code] = ShiftTemplate(code, line.number_at(1, "the length"), not_followed_by=never)
        followers += [(line, one) for one in never]
    for line, one in followers:
        _known(line, one, found, "shift")
    return found


def _staff(lines: list[Line], horizon: int, templates: dict[str, ShiftTemplate]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for line in lines:
        line.count(8)
        code = line.fields[0]
        if code in found:
            raise BadFile(line.number, f"{code} comes twice")
        most, least, run, min_run, min_off, weekends = (
            line.number_at(place, name)
            for place, name in enumerate(
                ("MaxTotalMinutes", "MinTotalMinutes", "MaxConsecutiveShifts", "MinConsecutiveShifts",
                 "MinConsecutiveDaysOff", "MaxWeekends"), 2
            )
        )  # fmt: skip
        contract = Contract(
            code, least, most, horizon, max_run=run, min_run=min_run, min_off=min_off, max_weekends=weekends,
            max_of=_bounds(line, templates),
        )  # fmt: skip
        found[code] = Person(code, contract)
    return found


def _bounds(line: Line, templates: dict[str, ShiftTemplate]) -> tuple[tuple[str, int], ...]:
    """`E=14|L=0`: how many of each shift at most; a shift that is not named may not be worked."""
    found = dict.fromkeys(templates, 0)
    for part in line.fields[1].split("|"):
        code, _, most = part.partition("=")
        _known(line, code.strip(), templates, "shift")
        if not most.strip().isdigit():
            raise BadFile(line.number, f"{part!r} should be a shift, =, and a whole number")
        found[code.strip()] = int(most)
    return tuple(found.items())


def _days_off(lines: list[Line], people: dict[str, Person], horizon: int) -> None:
    for line in lines:
        _known(line, line.fields[0], people, "person")
        days = {line.number_at(place, "a day", horizon - 1) for place in range(1, len(line.fields))}
        person = people[line.fields[0]]
        people[person.code] = replace(person, days_off=person.days_off | days)


def _requests(
    lines: list[Line], people: dict[str, Person], templates: dict[str, ShiftTemplate], horizon: int, is_wanted: bool
) -> None:
    for line in lines:
        line.count(4)
        _known(line, line.fields[0], people, "person")
        _known(line, line.fields[2], templates, "shift")
        day, weight = line.number_at(1, "the day", horizon - 1), line.number_at(3, "the weight")
        person = people[line.fields[0]]
        asked = Request(day, line.fields[2], weight, is_wanted)
        people[person.code] = replace(person, requests=(*person.requests, asked))


def _cover(lines: list[Line], templates: dict[str, ShiftTemplate], horizon: int) -> tuple[ShiftNeed, ...]:
    found: dict[tuple[int, str], ShiftNeed] = {}
    for line in lines:
        line.count(5)
        _known(line, line.fields[1], templates, "shift")
        day = line.number_at(0, "the day", horizon - 1)
        if (day, line.fields[1]) in found:
            raise BadFile(line.number, f"the cover of day {day}, shift {line.fields[1]} comes twice")
        read: Callable[[int, str], int] = line.number_at
        found[day, line.fields[1]] = ShiftNeed(
            day, line.fields[1], read(2, "the requirement"), read(3, "the weight for under"), read(4, "for over")
        )
    return tuple(found.values())


def _known(line: Line, code: str, known: dict[str, ShiftTemplate] | dict[str, Person], what: str) -> None:
    if code not in known:
        raise BadFile(line.number, f"there is no {what} {code!r}")
