"""How many people a stretch of time needs: the least number that meets a goal, and what one or two others would do.

Found from the square-root rule: people needed beyond the load grow as its root, so the last answer's factor is a good
first guess for the next load, and two or three numbers are looked at instead of all from the load upwards.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.errors import Invalid, marked
from citydesk.management.workforce.rules import erlang, erlang_a
from citydesk.management.workforce.rules.erlang import Blocking
from citydesk.management.workforce.rules.loads import Figures, Load
from citydesk.management.workforce.rules.shrinkage import rostered

SHORT = 5.0
_FIRST_GUESS = 1.0
# One person for hardly any work says nothing of how people grow with it: the next guess would be without end.
_LEARNS_FROM = 0.25


@dataclass(frozen=True, slots=True)
class Goal:
    """At least `target` (a share) within `threshold` seconds, counted by `formula`.

    `short` is the wait in seconds under which hang-ups are not counted by the formula net of them. `most_busy` bounds
    the share of time people are on contacts (None: no bound); people stay fewer months where it is high for long.
    """

    target: float
    threshold: float
    formula: Formula = Formula.STRICT
    short: float = SHORT
    most_busy: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.target < 1.0:
            raise Invalid(marked("The target is a share between 0 and 1."), field="target", hint=marked("Such as 0.8."))
        if not (math.isfinite(self.threshold) and self.threshold >= 0):
            raise Invalid(marked("The threshold is zero seconds or more."), field="threshold")
        if not (math.isfinite(self.short) and self.short >= 0):
            raise Invalid(marked("The short time is zero seconds or more."), field="short")
        if self.most_busy is not None and not 0.0 < self.most_busy <= 1.0:
            raise Invalid(marked("The occupancy bound is a share between 0 and 1."), field="most_busy")


@dataclass(frozen=True, slots=True)
class Requirement:
    """`agents` at work at the same time and what they make of the load; `rostered` to have that many at work."""

    load: Load
    goal: Goal
    agents: int
    rostered: int
    figures: Figures

    @property
    def service_level(self) -> float:
        return self.figures.service_level(self.goal.formula)

    @property
    def margin(self) -> float:
        """People beyond the load in Erlangs; below zero where those who hang up make room."""
        return self.agents - self.load.erlangs


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of neighbors."""

    agents: int
    figures: Figures
    service_level: float
    meets: bool


def figures(load: Load, agents: int, goal: Goal, blocking: Blocking | None = None) -> Figures:
    """What `agents` people make of a load: by Erlang A where callers have a patience, else by Erlang C."""
    if load.patience is None:
        return erlang.figures_c(load, agents, goal.threshold, blocking)
    short = goal.short if goal.formula is Formula.NET_OF_SHORT else 0.0
    return erlang_a.figures_a(load, agents, goal.threshold, short, blocking)


def meets(found: Figures, goal: Goal) -> bool:
    """Whether figures reach the goal."""
    if not found.is_stable or (goal.most_busy is not None and found.occupancy > goal.most_busy):
        return False
    return found.service_level(goal.formula) >= goal.target


@dataclass(slots=True)
class Planner:
    """Finds the least staff for many loads under one goal; it remembers what it learns from each."""

    goal: Goal
    shrinkage: float = 0.0
    _factor: float = _FIRST_GUESS
    _known: dict[Load, Requirement] = field(default_factory=dict)

    def required(self, load: Load) -> Requirement:
        """The least number of people that meets the goal. Nobody is needed where nothing comes."""
        known = self._known.get(load)
        if known is None:
            known = self._known[load] = self._find(load)
        return known

    def _find(self, load: Load) -> Requirement:
        if load.rate <= 0.0:
            return Requirement(load, self.goal, 0, 0, erlang.empty(0))
        erlangs = load.erlangs
        search = _Search(load, self.goal)
        least = search.least(max(1, round(erlangs + self._factor * math.sqrt(erlangs))))
        if erlangs >= _LEARNS_FROM:
            self._factor = (least - 0.5 - erlangs) / math.sqrt(erlangs)
        return Requirement(load, self.goal, least, rostered(least, self.shrinkage), search.seen[least])


class _Search:
    """The first number of people that meets the goal; more people never make it worse."""

    def __init__(self, load: Load, goal: Goal) -> None:
        self.load, self.goal = load, goal
        self.blocking = Blocking(load.erlangs)
        self.seen: dict[int, Figures] = {}

    def holds(self, agents: int) -> bool:
        found = self.seen.get(agents)
        if found is None:
            found = self.seen[agents] = figures(self.load, agents, self.goal, self.blocking)
        return meets(found, self.goal)

    def least(self, guess: int) -> int:
        """Stride from the guess, twice as far each time, until the goal lies between; then halve.

        At least one, even where a formula that counts those who hung up as served would be content with nobody.
        """
        stride = 1
        if self.holds(guess):
            high, low = guess, guess - 1
            while low > 0 and self.holds(low):
                stride *= 2
                high, low = low, low - stride
            low = max(low, 0)
        else:
            low, high = guess, guess + 1
            while not self.holds(high):
                stride *= 2
                low, high = high, high + stride
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.holds(middle) else (middle, high)
        return high


def levels(load: Load, agents: int, goal: Goal) -> dict[Formula, float]:
    """The service level by each of the five formulas, so that it is seen how much the choice of one says."""
    found = figures(load, agents, replace(goal, formula=Formula.NET_OF_SHORT))
    return {one: found.service_level(one) for one in Formula}


def required(load: Load, goal: Goal, shrinkage: float = 0.0) -> Requirement:
    """The least number of people for one load."""
    return Planner(goal, shrinkage).required(load)


def required_for(loads: Iterable[Load], goal: Goal, shrinkage: float = 0.0) -> list[Requirement]:
    """The least number of people for each of many loads, in their order."""
    planner = Planner(goal, shrinkage)
    return [planner.required(load) for load in loads]


def neighbors(load: Load, goal: Goal, agents: int, reach: int = 2) -> list[Row]:
    """What `agents` people do, and up to `reach` fewer and more: the table that stands beside every requirement."""
    blocking = Blocking(load.erlangs)
    found = [figures(load, one, goal, blocking) for one in range(max(0, agents - reach), agents + reach + 1)]
    return [Row(one.agents, one, one.service_level(goal.formula), meets(one, goal)) for one in found]
