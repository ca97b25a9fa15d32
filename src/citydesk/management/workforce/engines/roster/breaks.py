"""Places paid breaks and trainings inside shifts, one after another, where most people are to spare."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import LEAST_PART, Activity, Assignment, Kind, Roster, Training

from .spare import Spare

__all__ = ["Training", "free_starts", "place"]

Given = dict[tuple[str, int], Assignment]
# Where something may lie: what is missed for it, the fewest to spare (less is better), day, begin, end.
Stay = tuple[int, int, int, int, int]

STEP = 15
MOST_TRIED = 24  # places of a part of a training that are held against those of the other
EDGE = 60  # minutes at both ends of a shift, and beside the meal and other breaks, without a break


def place(problem: Problem, roster: Roster, trainings: Iterable[Training] = ()) -> tuple[Roster, list[Training]]:
    """(the roster with breaks and trainings, the trainings that found no place). Trainings go first, since they are
    longer; pinned assignments stay as they are, and what they hold is not placed once more."""
    spare = Spare(problem, roster)
    found = {(one.person, one.day): one for one in roster}
    left = [one for one in _not_held(trainings, roster) if not _place_training(one, found, spare)]
    for key in sorted(found, key=lambda one: (one[1], found[one].pattern.start, one[0])):
        if not found[key].is_pinned and not any(it.kind == Kind.BREAK for it in found[key].activities):
            found[key] = _with_breaks(problem, found[key], spare)
    return tuple(found[one.person, one.day] for one in roster), left


def _not_held(trainings: Iterable[Training], roster: Roster) -> Iterator[Training]:
    """The trainings that lie in no pinned shift, whole or in both parts; each that does counts for one."""
    whole: Counter[tuple[str, Kind, str, int]] = Counter()
    parts: Counter[tuple[str, Kind, str]] = Counter()
    for one in roster:
        for it in one.activities if one.is_pinned else ():
            minutes = it.end - it.start
            if it.part:
                parts[one.person, it.kind, it.label] += minutes
            else:
                whole[one.person, it.kind, it.label, minutes] += 1
    for training in trainings:
        what = training.person, training.kind, training.label
        if whole[(*what, training.minutes)]:
            whole[(*what, training.minutes)] -= 1
        elif parts[what] >= training.minutes:
            parts[what] -= training.minutes
        else:
            yield training


def _place_training(training: Training, found: Given, spare: Spare) -> bool:
    """In one piece where nobody is missed for it; else in two parts, if that costs less and it may be split; if not,
    whole where it is missed least."""
    whole = min(_stays(training, training.minutes, found, spare), default=None)
    parts = None
    if training.may_split and (whole is None or whole[0] > spare.problem.weights.split):
        parts = _in_two(training, found, spare)
    if parts and (whole is None or spare.problem.weights.split + parts[0][0] + parts[1][0] < whole[0]):
        for number, one in enumerate(sorted(parts, key=lambda it: it[2:]), 1):
            _take(training, one, number, found, spare)
        return True
    if whole is None:
        return False
    _take(training, whole, 0, found, spare)
    return True


def _stays(training: Training, minutes: int, found: Given, spare: Spare) -> Iterator[Stay]:
    """Everywhere that so many minutes of a training may lie."""
    for day in range(training.first_day, training.last_day + 1):
        one = found.get((training.person, day))
        if one is None or one.is_pinned:
            continue
        for start in free_starts(one, minutes, 0):
            stretch = training.person, day, start, start + minutes
            yield spare.missed(*stretch), -spare.least(*stretch), day, start, start + minutes


def _in_two(training: Training, found: Given, spare: Spare) -> tuple[Stay, Stay] | None:
    """The two parts that are missed least, apart from one another; None where there are no two."""
    best: tuple[tuple[int, int, int, int], Stay, Stay] | None = None
    half = training.minutes // 2
    for length in sorted({part - part % STEP for part in (half, training.minutes // 3, LEAST_PART)}):
        if not LEAST_PART <= length <= training.minutes - LEAST_PART:
            continue
        shorts = sorted(_stays(training, length, found, spare))[:MOST_TRIED]
        longs = sorted(_stays(training, training.minutes - length, found, spare))[:MOST_TRIED]
        for short in shorts:
            for long in longs:
                # The more alike, the better, where nothing else tells them apart.
                key = (short[0] + long[0], max(short[1], long[1]), half - length, abs(short[2] - long[2]))
                if _are_apart(short, long) and (best is None or key < best[0]):
                    best = key, short, long
    return best and (best[1], best[2])


def _are_apart(one: Stay, other: Stay) -> bool:
    return one[2] != other[2] or one[4] < other[3] or other[4] < one[3]


def _take(training: Training, stay: Stay, part: int, found: Given, spare: Spare) -> None:
    _missed, _least, day, start, end = stay
    one = found[training.person, day]
    activity = Activity(start, end, training.kind, training.label, part)
    found[training.person, day] = replace(one, activities=tuple(sorted((*one.activities, activity))))
    spare.take(training.person, day, start, end)


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
