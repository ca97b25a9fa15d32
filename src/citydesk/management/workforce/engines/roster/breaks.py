"""Places paid breaks and trainings inside shifts, one after another, where most people are to spare."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Activity, Assignment, Kind, Roster

from .spare import Spare

STEP = 15
EDGE = 60  # minutes at both ends of a shift, and beside the meal and other breaks, without a break


@dataclass(frozen=True)
class Training:
    """Something that takes one person from the desk once: a training, a meeting, coaching."""

    person: str
    minutes: int
    first_day: int
    last_day: int
    kind: Kind = Kind.TRAINING
    label: str = ""


def place(problem: Problem, roster: Roster, trainings: Iterable[Training] = ()) -> tuple[Roster, list[Training]]:
    """(the roster with breaks and trainings, the trainings that found no place). Trainings go first, since they are
    longer; pinned assignments stay as they are."""
    spare = Spare(problem, roster)
    found = {(one.person, one.day): one for one in roster}
    left = [one for one in trainings if not _place_training(one, found, spare)]
    for key in sorted(found, key=lambda one: (one[1], found[one].pattern.start, one[0])):
        if not found[key].is_pinned and not any(it.kind == Kind.BREAK for it in found[key].activities):
            found[key] = _with_breaks(problem, found[key], spare)
    return tuple(found[one.person, one.day] for one in roster), left


def _place_training(training: Training, found: dict[tuple[str, int], Assignment], spare: Spare) -> bool:
    places = [
        (-spare.least(training.person, day, start, start + training.minutes), day, start)
        for day in range(training.first_day, training.last_day + 1)
        if (training.person, day) in found and not found[training.person, day].is_pinned
        for start in free_starts(found[training.person, day], training.minutes, 0)
    ]
    if not places:
        return False
    _, day, start = min(places)
    activity = Activity(start, start + training.minutes, training.kind, training.label)
    one = found[training.person, day]
    found[training.person, day] = replace(one, activities=tuple(sorted((*one.activities, activity))))
    spare.take(training.person, day, start, start + training.minutes)
    return True


def _with_breaks(problem: Problem, one: Assignment, spare: Spare) -> Assignment:
    """Each break in a part of the shift of its own, so that they are not taken one after another."""
    lengths = problem.template_of[one.pattern.template].breaks
    for number, length in enumerate(lengths):
        part = one.pattern.length / len(lengths)
        middle = one.pattern.start + part * (number + 0.5)
        starts = [it for it in free_starts(one, length, EDGE) if abs(it + length / 2 - middle) <= part / 2]
        starts = starts or free_starts(one, length, 0)
        if not starts:
            continue
        best = min(starts, key=lambda it: _worst(one, spare, it, length, middle))
        spare.take(one.person, one.day, best, best + length)
        activity = Activity(best, best + length, Kind.BREAK)
        one = replace(one, activities=tuple(sorted((*one.activities, activity))))
    return one


def _worst(one: Assignment, spare: Spare, start: int, length: int, middle: float) -> tuple[int, float, int]:
    return -spare.least(one.person, one.day, start, start + length), abs(start + length / 2 - middle), start


def free_starts(one: Assignment, length: int, apart: int) -> list[int]:
    """Begins at which a stretch lies inside the shift, so far apart from its ends and from what is in it."""
    pattern = one.pattern
    taken = [(it.start, it.end) for it in one.activities]
    if pattern.meal_start is not None:
        taken.append((pattern.meal_start, pattern.meal_start + pattern.meal_length))
    return [
        start
        for start in range(pattern.start + apart, pattern.end - length - apart + 1, STEP)
        if all(start + length + apart <= begins or start >= ends + apart for begins, ends in taken)
    ]
