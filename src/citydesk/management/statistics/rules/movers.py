"""Kinds of request whose number moved most: a week against the four before it, in units of what chance moves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

WEEKS = 4  # before, that a usual week is the mean of
LEAST = 5  # fewer than so many more or fewer are no news, however rare
NOTABLE = 2.0  # standard deviations: chance alone moves one kind in twenty as far


@dataclass(frozen=True)
class Mover:
    """A kind, its number in the week, its number in a usual week, and by how many standard deviations they differ."""

    code: str
    week: int
    usual: float
    deviations: float

    @property
    def is_more(self) -> bool:
        return self.week > self.usual


def moved_most(week: Mapping[str, int], before: Mapping[str, int], *, most: int = 3) -> list[Mover]:
    """Those that moved most, the farthest first; none where nothing moved farther than chance moves things.

    `before` is the sum of `WEEKS` weeks. Counts of events vary with their own size: the difference of a count and of
    the mean of four has a variance of usual * (1 + 1/4).
    """
    found = []
    for code in week.keys() | before.keys():
        now, usual = week.get(code, 0), before.get(code, 0) / WEEKS
        if abs(now - usual) < LEAST:
            continue
        # Out of nothing: as if there had been one in the four weeks.
        deviations = (now - usual) / sqrt(max(usual, 1 / WEEKS) * (1 + 1 / WEEKS))
        if abs(deviations) >= NOTABLE:
            found.append(Mover(code, now, usual, deviations))
    return sorted(found, key=lambda one: (-abs(one.deviations), one.code))[:most]
