"""Seats a group in as many sittings of a meeting as it takes for the desk to stay covered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Activity, Assignment, Kind, Roster

from .breaks import free_starts
from .spare import Spare

When = tuple[int, int]  # day, begin


@dataclass(frozen=True)
class Meeting:
    """Something that each of a group takes part in once, in at most so many sittings."""

    people: tuple[str, ...]
    minutes: int
    first_day: int
    last_day: int
    sittings: int = 3
    kind: Kind = Kind.MEETING
    label: str = ""


@dataclass(frozen=True)
class Sitting:
    """One sitting of a meeting, and who has a seat in it."""

    meeting: Meeting
    day: int
    start: int
    people: tuple[str, ...]


@dataclass(frozen=True)
class Unseated:
    """Who of a group found no seat: away on all of its days, or missed at the desk whenever it could be."""

    meeting: Meeting
    person: str
    is_working: bool


def seat(
    problem: Problem, roster: Roster, meetings: Iterable[Meeting]
) -> tuple[Roster, tuple[Sitting, ...], tuple[Unseated, ...]]:
    """(the roster with the meetings in it, their sittings, who found no seat).

    A sitting takes only so many that nobody is missed below the target; where that leaves people without a seat, below
    the minimum. Pinned assignments stay as they are: who has only such finds no seat.
    """
    spare, found = Spare(problem, roster), {(one.person, one.day): one for one in roster}
    sittings: list[Sitting] = []
    unseated: list[Unseated] = []
    for meeting in meetings:
        seats = _Seats(problem, meeting, found, spare)
        for is_minimum in (False, True):
            seats.fill(is_minimum=is_minimum)
        sittings += seats.sittings()
        days = range(meeting.first_day, meeting.last_day + 1)
        unseated += [Unseated(meeting, one, any((one, day) in found for day in days)) for one in sorted(seats.left)]
    return tuple(found[one.person, one.day] for one in roster), tuple(sittings), tuple(unseated)


class _Seats:
    """The sittings of one meeting as they fill."""

    def __init__(
        self, problem: Problem, meeting: Meeting, found: dict[tuple[str, int], Assignment], spare: Spare
    ) -> None:
        self.meeting, self.found, self.spare = meeting, found, spare
        self.left = set(meeting.people)
        self.taken: dict[When, list[str]] = {}
        self.can: dict[When, list[str]] = {}
        for person in sorted(self.left):
            for when in self._whens(problem, person):
                self.can.setdefault(when, []).append(person)

    def _whens(self, problem: Problem, person: str) -> Iterator[When]:
        for day in range(self.meeting.first_day, self.meeting.last_day + 1):
            held = self.found.get((person, day))
            if held is not None and not held.is_pinned:
                starts = free_starts(held, self.meeting.minutes, 0)
                yield from ((day, start) for start in starts if start % problem.slot == 0)

    def fill(self, *, is_minimum: bool) -> None:
        """Open the sitting that takes most, again and again, until all are seated or none takes anybody."""
        while self.left:
            whens = sorted(self.taken if len(self.taken) >= self.meeting.sittings else self.can)
            best = max(((len(self._seated(one, is_minimum)), one) for one in whens), default=None, key=_most_then_first)
            if best is None or not best[0]:
                return
            for person in self._seated(best[1], is_minimum):
                self._seat(person, best[1])

    def _seated(self, when: When, is_minimum: bool) -> list[str]:
        """Who of those without a seat can come at once without being missed."""
        (day, start), end, going = when, when[1] + self.meeting.minutes, list[str]()
        for person in self.can.get(when, ()):
            if person in self.left and self.spare.least(person, day, start, end, is_minimum=is_minimum) > 0:
                self.spare.take(person, day, start, end)
                going.append(person)
        for person in going:
            self.spare.take(person, day, start, end, -1)
        return going

    def _seat(self, person: str, when: When) -> None:
        day, start = when
        held, end = self.found[person, day], start + self.meeting.minutes
        activity = Activity(start, end, self.meeting.kind, self.meeting.label)
        self.found[person, day] = replace(held, activities=tuple(sorted((*held.activities, activity))))
        self.spare.take(person, day, start, end)
        self.left.discard(person)
        self.taken.setdefault(when, []).append(person)

    def sittings(self) -> list[Sitting]:
        return [Sitting(self.meeting, *when, tuple(sorted(them))) for when, them in sorted(self.taken.items())]


def _most_then_first(one: tuple[int, When]) -> tuple[int, int, int]:
    count, (day, start) = one
    return count, -day, -start
