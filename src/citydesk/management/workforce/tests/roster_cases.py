"""Rosters that tests work on: a desk of four for a week, a file of the benchmark's format, generated desks."""

from dataclasses import replace
from random import Random

from citydesk.management.workforce.rules.roster.people import Contract, Person, Request
from citydesk.management.workforce.rules.roster.problem import Problem, SlotNeed
from citydesk.management.workforce.rules.roster.shifts import (
    Activity,
    Assignment,
    Kind,
    MealRule,
    Pattern,
    ShiftTemplate,
)

FILE = """# Two people, a week, two shifts
SECTION_HORIZON
7

SECTION_SHIFTS
E,480,
L,480,E

SECTION_STAFF
A,E=7|L=7,2400,960,5,2,2,1
B,E=7|L=0,2400,960,5,2,2,1

SECTION_DAYS_OFF
A,0

SECTION_SHIFT_ON_REQUESTS
A,2,L,3

SECTION_SHIFT_OFF_REQUESTS
B,1,E,2

SECTION_COVER
0,E,1,100,1
1,E,1,100,1
2,L,1,100,1
"""

DAY_SHIFT = ShiftTemplate("day", 510, (480, 540, 600), MealRule(30, 180, 300), (15, 15), frozenset(range(5)))
LATE_SHIFT = ShiftTemplate("late", 510, (720,), MealRule(30, 180, 300), (15,), frozenset(range(6)), "spanish")
FULL_TIME = Contract(
    "full", 1440, 2400, earliest=420, latest=1260, min_rest=11 * 60, max_run=5, overtime_after=2400, max_days=5
)
MORNING = Pattern("day", 480, 510, 720, 30)
EVENING = Pattern("late", 720, 510, 960, 30)


def desk() -> Problem:
    """Ana and Ben take days; Cy speaks Spanish and may work late; Dee is the fourth."""
    people = tuple(
        Person(code, FULL_TIME, skills) for code, skills in
        (("ana", frozenset()), ("ben", frozenset()), ("cy", frozenset({"spanish"})), ("dee", frozenset()))
    )  # fmt: skip
    needs = tuple(SlotNeed(day, start, 2, 1) for day in range(5) for start in (540, 720, 900))
    return Problem(7, (DAY_SHIFT, LATE_SHIFT), people, slot_needs=needs)


def held() -> tuple[Assignment, ...]:
    """A roster of that desk that breaks no rule."""
    breaks = (Activity(570, 585, Kind.BREAK), Activity(840, 855, Kind.BREAK))
    return tuple(Assignment(person, day, MORNING, breaks) for person in ("ana", "ben", "cy", "dee") for day in range(3))


def changed(roster: tuple[Assignment, ...], person: str, day: int, **parts: object) -> tuple[Assignment, ...]:
    """The roster with one assignment altered."""
    return tuple(replace(one, **parts) if (one.person, one.day) == (person, day) else one for one in roster)


def week_of(agents: int, seed: int, slot: int = 30) -> Problem:
    """A week of a city's desk: open 7:00 to 19:00 on weekdays and 9:00 to 15:00 on Saturdays, with the two peaks of a
    weekday, one in five speaking Spanish, one in four on part time, and some leave and requests."""
    chance = Random(seed)
    people = tuple(_agent(number, chance) for number in range(agents))
    return Problem(7, _templates(slot), people, slot_needs=tuple(_needs(agents, chance, slot)), slot=slot)


def _templates(slot: int) -> tuple[ShiftTemplate, ...]:
    weekdays = frozenset(range(5))
    return (
        ShiftTemplate("full", 510, tuple(range(420, 631, slot)), MealRule(30, 180, 300), (15, 15), weekdays),
        ShiftTemplate("half", 240, tuple(range(420, 901, 60)), None, (15,), weekdays),
        ShiftTemplate("saturday", 360, (540,), None, (15,), frozenset({5})),
    )


def _agent(number: int, chance: Random) -> Person:
    is_part = number % 4 == 3
    contract = Contract(
        "part" if is_part else "full",
        960 if is_part else 1800,
        1440 if is_part else 2400,
        earliest=420,
        latest=1140,
        min_rest=660,
        max_run=6,
        max_days=5,
        overtime_after=2400,
        max_of=(("full", 0),) if is_part else (("half", 0),),
    )
    off = frozenset({chance.randrange(6)}) if chance.random() < 0.12 else frozenset()
    asked = chance.randrange(5)
    requests = (Request(asked, "half" if is_part else "full", 1, False),) if chance.random() < 0.2 else ()
    skills = frozenset({"spanish"}) if number % 5 == 0 else frozenset()
    return Person(f"agent{number:03d}", contract, skills, off, requests=requests)


def _needs(agents: int, chance: Random, slot: int) -> list[SlotNeed]:
    found = []
    for day in range(6):
        first, last = (420, 1140) if day < 5 else (540, 900)
        busy = (1.15, 1.0, 0.95, 0.95, 1.0, 0.35)[day]
        for start in range(first, last, slot):
            hour = start / 60
            shape = 0.22 + 0.3 * max(0.0, 1 - abs(hour - 10.5) / 3.5) + 0.26 * max(0.0, 1 - abs(hour - 14.5) / 3.5)
            target = max(1, round(agents * busy * shape * chance.uniform(0.94, 1.06) * 0.92))
            found.append(SlotNeed(day, start, target, max(1, round(target * 0.7))))
            if agents >= 10:
                found.append(SlotNeed(day, start, max(1, target // 8), 0, 0, "spanish"))
    return found
