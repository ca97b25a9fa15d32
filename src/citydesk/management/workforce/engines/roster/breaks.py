"""Places paid breaks and trainings inside shifts, one after another, where most people are to spare."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Activity, Assignment, Kind, Roster

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


class _Spare:
    """People above the target in each slot, going down as breaks are placed."""

    def __init__(self, problem: Problem, roster: Iterable[Assignment]) -> None:
        self.slot = problem.slot
        self.spare = {(one.day, one.start): -one.target for one in problem.slot_needs if not one.skill}
        for one in roster:
            for day, start in self.spare:
                if day == one.day and one.pattern.covers(start, start + self.slot):
                    self.spare[day, start] += 1

    def _slots(self, start: int, end: int) -> range:
        return range(start - start % self.slot, end, self.slot)

    def least(self, day: int, start: int, end: int) -> int:
        """The fewest to spare in any slot that a stretch touches."""
        return min((self.spare.get((day, one), 0) for one in self._slots(start, end)), default=0)

    def take(self, day: int, start: int, end: int) -> None:
        for one in self._slots(start, end):
            self.spare[day, one] = self.spare.get((day, one), 0) - 1


def place(problem: Problem, roster: Roster, trainings: Iterable[Training] = ()) -> tuple[Roster, list[Training]]:
    """(the roster with breaks and trainings, the trainings that found no place). Trainings go first, since they are
    longer; pinned assignments stay as they are."""
    spare = _Spare(problem, roster)
    found = {(one.person, one.day): one for one in roster}
    left = [one for one in trainings if not _place_training(one, found, spare)]
    for key in sorted(found, key=lambda one: (one[1], found[one].pattern.start, one[0])):
        if not found[key].is_pinned and not any(it.kind == Kind.BREAK for it in found[key].activities):
            found[key] = _with_breaks(problem, found[key], spare)
    return tuple(found[one.person, one.day] for one in roster), left


def _place_training(training: Training, found: dict[tuple[str, int], Assignment], spare: _Spare) -> bool:
    places = [
        (-spare.least(day, start, start + training.minutes), day, start)
        for day in range(training.first_day, training.last_day + 1)
        if (training.person, day) in found and not found[training.person, day].is_pinned
        for start in _free(found[training.person, day], training.minutes, 0)
    ]
    if not places:
        return False
    _, day, start = min(places)
    activity = Activity(start, start + training.minutes, training.kind, training.label)
    one = found[training.person, day]
    found[training.person, day] = replace(one, activities=tuple(sorted((*one.activities, activity))))
    spare.take(day, start, start + training.minutes)
    return True


def _with_breaks(problem: Problem, one: Assignment, spare: _Spare) -> Assignment:
    """Each break in a part of the shift of its own, so that they are not taken one after another."""
    lengths = problem.template_of[one.pattern.template].breaks
    for number, length in enumerate(lengths):
        part = one.pattern.length / len(lengths)
        middle = one.pattern.start + part * (number + 0.5)
        starts = [it for it in _free(one, length, EDGE) if abs(it + length / 2 - middle) <= part / 2]
        starts = starts or _free(one, length, 0)
        if not starts:
            continue
        best = min(starts, key=lambda it: (-spare.least(one.day, it, it + length), abs(it + length / 2 - middle), it))
        spare.take(one.day, best, best + length)
        activity = Activity(best, best + length, Kind.BREAK)
        one = replace(one, activities=tuple(sorted((*one.activities, activity))))
    return one


def _free(one: Assignment, length: int, apart: int) -> list[int]:
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
