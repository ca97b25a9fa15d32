"""What changed between two versions of a roster."""

from collections.abc import Iterable
from dataclasses import dataclass

from .problem import Problem, lines_of
from .reasons import Unmet, unmet
from .shifts import Assignment, Pattern


@dataclass(frozen=True)
class Change:
    """Somebody's day that is not as it was."""

    person: str
    day: int
    was: Pattern | None
    now: Pattern | None


@dataclass(frozen=True)
class Difference:
    """All changes, how many people they touch, paid minutes that came and went, and needs that are met less or more
    than before (people missing after less before; only where it differs)."""

    changes: tuple[Change, ...]
    people: int
    minutes_added: int
    minutes_taken: int
    missing: tuple[tuple[Unmet, int], ...]


def difference(problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]) -> Difference:
    """Compare two versions, person by person and day by day."""
    before, after = tuple(before), tuple(after)
    was, now = lines_of(before), lines_of(after)
    changes = tuple(
        Change(person, day, old, new)
        for person in sorted(was.keys() | now.keys())
        for day in sorted(was.get(person, {}).keys() | now.get(person, {}).keys())
        if (old := _pattern(was, person, day)) != (new := _pattern(now, person, day))
    )
    moved = [(one.now.paid if one.now else 0) - (one.was.paid if one.was else 0) for one in changes]
    return Difference(
        changes,
        len({one.person for one in changes}),
        sum(one for one in moved if one > 0),
        -sum(one for one in moved if one < 0),
        _missing(problem, before, after),
    )


def _pattern(lines: dict[str, dict[int, Assignment]], person: str, day: int) -> Pattern | None:
    held = lines.get(person, {}).get(day)
    return held.pattern if held else None


def _missing(
    problem: Problem, before: tuple[Assignment, ...], after: tuple[Assignment, ...]
) -> tuple[tuple[Unmet, int], ...]:
    def keyed(roster: tuple[Assignment, ...]) -> dict[tuple[object, ...], Unmet]:
        return {(one.day, one.template, one.start, one.skill): one for one in unmet(problem, roster)}

    old, new = keyed(before), keyed(after)
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        more = (new[key].missing if key in new else 0) - (old[key].missing if key in old else 0)
        if more:
            found.append((new.get(key) or old[key], more))
    return tuple(sorted(found, key=lambda one: (one[0].day, one[0].start or 0, one[0].template, one[0].skill)))
