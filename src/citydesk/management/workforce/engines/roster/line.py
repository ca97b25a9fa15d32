"""The cheapest line of days one person may work, found exactly by a dynamic program over days.

A state is what the rules of a contract remember: the kind of the last day and how many days in a row it ended, or how
long somebody has been off, with what is counted (minutes, weekends, shifts of a template). All counts of one state lie
in one array, so that a day costs a few array operations. Bounds that are rarely met are left out until a line breaks
them, and for as long as none comes near; that changes the work, never the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .terms import FORBIDDEN, Counted, Terms

OFF = -1
A_DAY = 2_000  # cells that the array operations of a day cost before they touch any
Days = tuple[int, ...]  # a pattern's number for each day, or OFF
Index = tuple[Any, ...]  # of an array


@dataclass
class _Step:
    """What is reachable before a day (counts begun anew where a period ended) and after it."""

    work: np.ndarray  # kind, run, counts
    off: np.ndarray  # days off, counts


class Liner:
    """Finds lines for one person under changing prices."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.active = [one for one in terms.counted if one.is_vital]
        self.cells = 0  # array cells' worth of work so far, which no clock changes

    def best(self, prices: np.ndarray, off: np.ndarray | None = None, wanted: int = 1) -> list[tuple[float, Days]]:
        """Up to `wanted` different lines with what they cost, the cheapest first; none when no line is allowed.

        `prices` is day x pattern, `off` a price for each day off.
        """
        prices = np.where(self.terms.allowed, prices, FORBIDDEN)
        off = np.zeros(self.terms.horizon) if off is None else off.copy()
        off[list(self.terms.must)] = FORBIDDEN
        while True:
            lines = self._search(prices, off, wanted)
            best = lines[0][1] if lines else ()
            broken = [one for one in self.terms.counted if one not in self.active and self._breaks(one, best)]
            if not broken:
                break
            self.active += broken
        found = [lines[0], *(one for one in lines[1:] if not self._breaks_any(one[1]))] if lines else []
        self.active = [one for one in self.active if one.is_vital or self._is_near(one, best)]
        return found

    def _is_near(self, counted: Counted, days: Days) -> bool:
        """Whether a bound is nearly met, so that it must be looked at the next time as well."""
        return self._most(counted, days) >= counted.most - 1

    def _breaks(self, counted: Counted, days: Days) -> bool:
        return self._most(counted, days) > counted.most

    def _most(self, counted: Counted, days: Days) -> int:
        """The most that is counted at any time along a line."""
        total = most = 0
        for day, number in enumerate(days):
            total += counted.adds[self.terms.kind_of[number]] if number != OFF else 0
            most = max(most, total)
            if day in counted.ends:
                total = 0
        return most

    def _breaks_any(self, days: Days) -> bool:
        return any(self._breaks(one, days) for one in self.terms.counted if one not in self.active)

    def _search(self, prices: np.ndarray, off: np.ndarray, wanted: int) -> list[tuple[float, Days]]:
        terms = self.terms
        cheapest, chosen = self._by_kind(prices)
        before, after = [], []
        step = self._start()
        for day in range(terms.horizon):
            before.append(step)
            moved = self._move(day, step, cheapest[day], off[day])
            after.append(moved)
            step = self._begin_anew(day, moved)
        return self._read(before, after, chosen, wanted)

    def _by_kind(self, prices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The cheapest pattern of each kind on each day."""
        kinds, days = len(self.terms.members), self.terms.horizon
        cheapest, chosen = np.full((days, kinds), FORBIDDEN), np.zeros((days, kinds), dtype=int)
        for kind, members in enumerate(self.terms.members):
            place = prices[:, members].argmin(axis=1)
            chosen[:, kind] = members[place]
            cheapest[:, kind] = prices[np.arange(days), members[place]]
        return cheapest, chosen

    def _shape(self) -> tuple[int, ...]:
        return tuple(one.most + 1 for one in self.active)

    def _blank(self) -> _Step:
        shape = self._shape()
        work = np.full((max(1, len(self.terms.members)), self.terms.max_run, *shape), FORBIDDEN)
        return _Step(work, np.full((self.terms.min_off, *shape), FORBIDDEN))

    def _start(self) -> _Step:
        step = self._blank()
        zero: Index = (0,) * len(self.active)
        kind, run = self.terms.before
        if run and kind >= 0:
            # What may follow on day 0 is settled in `allowed`; any kind stands for the one before.
            step.work[(slice(None), min(run, self.terms.max_run) - 1, *zero)] = 0.0
        else:
            step.off[(self.terms.min_off - 1, *zero)] = 0.0
        return step

    def _free_runs(self, day: int) -> list[int]:
        """Lengths of runs (less one) that may end before this day: long enough, or running since before day 0."""
        terms = self.terms
        since = day + terms.before[1]
        return [run - 1 for run in range(1, terms.max_run + 1) if run >= terms.min_run or run == since]

    def _move(self, day: int, step: _Step, prices: np.ndarray, off: float) -> _Step:
        terms, found = self.terms, self._blank()
        self.cells += step.work.size + A_DAY
        ended = step.work[:, self._free_runs(day)].min(axis=(0, 1))
        last = terms.min_off - 1
        found.off[1:] = step.off[:-1]
        np.minimum(found.off[last], step.off[last], out=found.off[last])
        first = last if day == 0 else 0
        np.minimum(found.off[first], ended, out=found.off[first])
        found.off += off
        for kind in range(len(terms.members)):
            if prices[kind] < FORBIDDEN:
                self._work(day, step, kind, found)
                found.work[kind] += prices[kind]
        return found

    def _work(self, day: int, step: _Step, kind: int, found: _Step) -> None:
        """Days on which a kind is worked: the first after days off, or the next in a row."""
        to, source = self._slices(kind, self._counts_weekend(day, is_first=True))
        found.work[(kind, 0, *to)] = step.off[(self.terms.min_off - 1, *source)]
        earlier = self._earlier(day, kind)
        if earlier and self.terms.max_run > 1:
            to, source = self._slices(kind, self._counts_weekend(day, is_first=False))
            longest = self.terms.max_run - 1
            rows = (
                step.work[list(earlier), :longest].min(axis=0) if len(earlier) > 1 else step.work[earlier[0], :longest]
            )
            found.work[(kind, slice(1, None), *to)] = rows[(slice(None), *source)]

    def _earlier(self, day: int, kind: int) -> Sequence[int]:
        """The kinds that may be worked the day before."""
        is_free = day == 0 or day in self.terms.exempt
        return range(len(self.terms.members)) if is_free else self.terms.after[kind]

    def _counts_weekend(self, day: int, *, is_first: bool) -> bool:
        """A weekend counts on Saturday; on Sunday when Saturday was off, which the first day of a run says."""
        return day in self.terms.saturdays or (day in self.terms.sundays and (is_first or day == 0))

    def _slices(self, kind: int, is_weekend: bool) -> tuple[Index, Index]:
        to, source = list[slice](), list[slice]()
        for one in self.active:
            adds = int(is_weekend) if one.is_weekend else one.adds[kind]
            to.append(slice(min(adds, one.most + 1), None))
            source.append(slice(0, max(0, one.most + 1 - adds)))
        return tuple(to), tuple(source)

    def _begin_anew(self, day: int, step: _Step) -> _Step:
        """Where a period ends: keep what lies within the bounds, and count from 0."""
        work, off = step.work, step.off
        for place, one in enumerate(self.active):
            if day in one.ends:
                work = _collapse(work, 2 + place, one.least if day in one.asked else 0)
                off = _collapse(off, 1 + place, one.least if day in one.asked else 0)
        return _Step(work, off)

    def _read(
        self, before: list[_Step], after: list[_Step], chosen: np.ndarray, wanted: int
    ) -> list[tuple[float, Days]]:
        """The cheapest last states, each followed back to the first day."""
        last = self._begin_anew(self.terms.horizon - 1, after[-1])
        states = np.concatenate([last.work.ravel(), last.off.ravel()])
        count = min(wanted, states.size)
        best = np.argpartition(states, count - 1)[:count]
        found: dict[Days, float] = {}
        for place in sorted(best, key=lambda one: (states[one], one)):
            if states[place] == FORBIDDEN:
                break
            if place < last.work.size:
                where = (0, *np.unravel_index(place, last.work.shape))
            else:
                where = (1, *np.unravel_index(place - last.work.size, last.off.shape))
            found.setdefault(self._follow_back(where, before, after, chosen), float(states[place]))
        return [(cost, days) for days, cost in found.items()]

    def _follow_back(self, where: tuple[int, ...], before: list[_Step], after: list[_Step], chosen: np.ndarray) -> Days:
        days: list[int] = []
        for day in reversed(range(self.terms.horizon)):
            where = self._within(day, where, after[day])
            if where[0] == 0:
                days.append(int(chosen[day, where[1]]))
                where = self._before_work(day, where, before[day])
            else:
                days.append(OFF)
                where = self._before_off(day, where, before[day])
        return tuple(reversed(days))

    def _within(self, day: int, where: tuple[int, ...], step: _Step) -> tuple[int, ...]:
        """Undo the counting anew: the cheapest counts that became 0."""
        ended = [place for place, one in enumerate(self.active) if day in one.ends]
        if not ended:
            return where
        array, lead = (step.work, 3) if where[0] == 0 else (step.off, 2)
        window: list[slice] = []
        for place, one in enumerate(self.active):
            at = where[lead + place]
            if place in ended:
                window.append(slice(one.least if day in one.asked else 0, None))
            else:
                window.append(slice(at, at + 1))
        inside: Index = (*where[1:lead], *window)
        part = array[inside]
        counts = np.unravel_index(int(part.argmin()), part.shape)
        return (*where[:lead], *(int(one) + span.start for one, span in zip(counts, window, strict=True)))

    def _before_work(self, day: int, where: tuple[int, ...], step: _Step) -> tuple[int, ...]:
        _, kind, run, *counts = where
        weekend = self._counts_weekend(day, is_first=run == 0)
        earlier = tuple(
            at - (int(weekend) if one.is_weekend else one.adds[kind])
            for at, one in zip(counts, self.active, strict=True)
        )
        if run == 0:
            return (1, self.terms.min_off - 1, *earlier)
        kinds = self._earlier(day, kind)
        best = min(kinds, key=lambda one: step.work[(one, run - 1, *earlier)])
        return (0, best, run - 1, *earlier)

    def _before_off(self, day: int, where: tuple[int, ...], step: _Step) -> tuple[int, ...]:
        _, length, *counts = where
        last = self.terms.min_off - 1
        choices: list[tuple[int, ...]] = []
        if length > 0:
            choices.append((1, length - 1, *counts))
        if length == last:
            choices.append((1, last, *counts))
        if length == (last if day == 0 else 0):
            kinds = range(step.work.shape[0])
            choices += [(0, kind, run, *counts) for kind in kinds for run in self._free_runs(day)]
        return min(choices, key=lambda one: (step.off if one[0] else step.work)[one[1:]])


def _collapse(array: np.ndarray, axis: int, least: int) -> np.ndarray:
    """The cheapest of the counts from `least` on, put at 0."""
    inside = np.take(array, range(least, array.shape[axis]), axis=axis)
    found = np.full_like(array, FORBIDDEN)
    place = (slice(None),) * axis + (0,)
    if inside.shape[axis]:
        found[place] = inside.min(axis=axis)
    return found
