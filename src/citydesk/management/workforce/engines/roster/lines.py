"""The lines of days that are known so far, person by person: what each costs its person, and what it covers."""

from dataclasses import dataclass, field
from math import comb

import numpy as np

from citydesk.management.workforce.rules.roster.people import Person
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment, Roster

from .line import OFF, Days, Liner
from .pins import kept_terms


@dataclass
class Known:
    """The known lines of one person: costs and the numbers of the needs that each covers."""

    days: list[Days] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    covers: list[np.ndarray] = field(default_factory=list)
    index: dict[Days, int] = field(default_factory=dict)


class Lines:
    """All people's known lines for a problem whose needs are by day and shift."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.needs = problem.shift_needs
        self.required = np.array([one.required for one in self.needs], dtype=float)
        self.under = np.array([one.under for one in self.needs], dtype=float)
        self.over = np.array([one.over for one in self.needs], dtype=float)
        self.row = self._rows()
        self.lates = np.array([problem.is_late(one) for one in problem.patterns])
        self.liners = [Liner(kept_terms(problem, one)) for one in problem.people]
        self.wishes = [self._wish_prices(one) for one in problem.people]
        self.known = [Known() for _ in problem.people]

    def _rows(self) -> np.ndarray:
        """Day x pattern to the number of the need that it covers, -1 for none."""
        number = {(one.day, one.template): place for place, one in enumerate(self.needs)}
        return np.array(
            [
                [number.get((day, pattern.template), -1) for pattern in self.problem.patterns]
                for day in range(self.problem.horizon)
            ]
        )

    def _wish_prices(self, person: Person) -> tuple[np.ndarray, float]:
        """What requests add to each day's pattern, and what is paid when nothing is worked at all."""
        prices, whole = np.zeros(self.row.shape), 0.0
        for request in person.requests:
            same = [n for n, one in enumerate(self.problem.patterns) if one.template == request.template]
            prices[request.day, same] += -request.weight if request.is_wanted else request.weight
            whole += request.weight if request.is_wanted else 0.0
        prices += self._change_prices(person) + self._burden_prices(person)
        return prices, whole + self._change_base(person)

    def _burden_prices(self, person: Person) -> np.ndarray:
        """What the first late or weekend shift adds; that each further one adds more, `keep` knows."""
        late, weekend = self.problem.carried[person.code]
        days = np.array([self.problem.is_weekend(day) for day in range(self.problem.horizon)])[:, None]
        return self.problem.weights.fairness * (late * self.lates[None, :] + weekend * days)

    def _more_burdens(self, worked: list[tuple[int, int]]) -> float:
        if not self.problem.weights.fairness:
            return 0.0
        lates = sum(bool(self.lates[number]) for _, number in worked)
        weekends = sum(self.problem.is_weekend(day) for day, _ in worked)
        return self.problem.weights.fairness * (comb(lates, 2) + comb(weekends, 2))

    def _change_prices(self, person: Person) -> np.ndarray:
        """What re-planning adds for each day that differs from what was published."""
        weight, prices = self.problem.weights.change, np.zeros(self.row.shape)
        if not weight:
            return prices
        # A day off that was worked is paid for in the base; the published pattern gives that back, no other does.
        prices += weight
        for one in self.problem.published:
            if one.person == person.code:
                prices[one.day] = [-weight if pattern == one.pattern else 0.0 for pattern in self.problem.patterns]
        return prices

    def _change_base(self, person: Person) -> float:
        weight = self.problem.weights.change
        return weight * sum(one.person == person.code for one in self.problem.published) if weight else 0.0

    def prices(self, person: int, duals: np.ndarray) -> np.ndarray:
        """What each day's pattern costs this person, less what covering is worth."""
        worth = np.append(duals, 0.0)[self.row]
        return self.wishes[person][0] - worth

    def find(self, person: int, duals: np.ndarray, wanted: int = 1) -> tuple[float, list[int]]:
        """The least price of any line of a person under these duals, and the numbers of the cheapest lines (the
        first is the very best); infinity and none when the person has no line at all."""
        found = self.liners[person].best(self.prices(person, duals), wanted=wanted)
        if not found:
            return float("inf"), []
        return found[0][0] + self.wishes[person][1], [self.keep(person, days) for _, days in found]

    def keep(self, person: int, days: Days) -> int:
        """The number of a line, new or known."""
        known = self.known[person]
        if days in known.index:
            return known.index[days]
        prices, base = self.wishes[person]
        worked = [(day, number) for day, number in enumerate(days) if number != OFF]
        rows = [self.row[one] for one in worked]
        known.days.append(days)
        known.costs.append(base + sum(prices[one] for one in worked) + self._more_burdens(worked))
        known.covers.append(np.array([one for one in rows if one >= 0], dtype=int))
        known.index[days] = len(known.days) - 1
        return known.index[days]

    def cells(self) -> int:
        return sum(one.cells for one in self.liners)

    def left(self, chosen: dict[int, int]) -> np.ndarray:
        """What is still required beside the chosen lines (below 0 where there are too many)."""
        required = self.required.copy()
        for person, line in chosen.items():
            np.subtract.at(required, self.known[person].covers[line], 1)
        return required

    def short_or_over(self, left: np.ndarray) -> float:
        """What the needs cost when this is left of them."""
        return float(np.where(left > 0, left * self.under, -left * self.over).sum())

    def cost(self, chosen: dict[int, int]) -> int:
        """What a whole choice costs."""
        return round(
            self.short_or_over(self.left(chosen))
            + sum(self.known[person].costs[line] for person, line in chosen.items())
        )

    def roster(self, chosen: dict[int, int]) -> Roster:
        patterns, people = self.problem.patterns, self.problem.people
        pinned = {(one.person, one.day): one for one in self.problem.pinned}
        return tuple(
            pinned.get((people[person].code, day)) or Assignment(people[person].code, day, patterns[number])
            for person, line in sorted(chosen.items())
            for day, number in enumerate(self.known[person].days[line])
            if number != OFF
        )

    def choice(self, roster: Roster) -> dict[int, int]:
        """The lines of a roster, which must hold."""
        number = {one: place for place, one in enumerate(self.problem.patterns)}
        days = {one.code: [OFF] * self.problem.horizon for one in self.problem.people}
        for one in roster:
            days[one.person][one.day] = number[one.pattern]
        return {place: self.keep(place, tuple(days[one.code])) for place, one in enumerate(self.problem.people)}
