"""What somebody can be given for a day: shift templates, the patterns they allow, what lies inside a shift."""

from dataclasses import dataclass
from enum import StrEnum

from .people import WEEK


class Kind(StrEnum):
    """What somebody does in a stretch of a shift."""

    WORK = "work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    COACHING = "coaching"


@dataclass(frozen=True, order=True)
class Activity:
    """A stretch of a shift, in minutes after the midnight that the day began with."""

    start: int
    end: int
    kind: Kind
    label: str = ""
    part: int = 0  # of a training in two parts: the first or the second; 0: it is whole


LEAST_PART = 30  # minutes: less of a training teaches nobody anything


@dataclass(frozen=True)
class Training:
    """Something that takes one person from the desk once: a training, a meeting, coaching. Where it `may_split`, it may
    lie in two parts of half an hour or more, at a price."""

    person: str
    minutes: int
    first_day: int
    last_day: int
    kind: Kind = Kind.TRAINING
    label: str = ""
    may_split: bool = False


@dataclass(frozen=True)
class MealRule:
    """An unpaid meal, wholly relieved from duty: how long, and when after the shift's begin it may begin."""

    length: int = 30
    first: int = 180
    last: int = 300


@dataclass(frozen=True)
class ShiftTemplate:
    """A kind of shift: how long it is from door to door, when it may begin, what is taken inside it."""

    code: str
    length: int
    starts: tuple[int, ...] = (0,)
    meal: MealRule | None = None
    breaks: tuple[int, ...] = ()  # minutes of each paid break
    weekdays: frozenset[int] = frozenset(range(WEEK))
    skill: str = ""  # who works it must have this
    not_followed_by: frozenset[str] = frozenset()  # templates that may not be worked the day after


@dataclass(frozen=True, order=True)
class Pattern:
    """One way of working a template: when it begins and when its meal does."""

    template: str
    start: int
    length: int
    meal_start: int | None = None
    meal_length: int = 0

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def paid(self) -> int:
        """Minutes that are paid: the meal is not."""
        return self.length - self.meal_length

    def covers(self, start: int, end: int) -> bool:
        """Whether somebody who works this is on the desk in all of these minutes (breaks left aside)."""
        if start < self.start or end > self.end:
            return False
        meal = self.meal_start
        return meal is None or end <= meal or start >= meal + self.meal_length


@dataclass(frozen=True)
class Assignment:
    """Somebody works a pattern on a day. Pinned ones are never moved: past, published within notice, set by hand."""

    person: str
    day: int
    pattern: Pattern
    activities: tuple[Activity, ...] = ()  # breaks, trainings, meetings; the meal is in the pattern
    is_pinned: bool = False
    origin: str = "solver"


Roster = tuple[Assignment, ...]


def patterns_of(template: ShiftTemplate, slot: int = 30) -> tuple[Pattern, ...]:
    """Every way of working a template, meals beginning on the slot; in the order of begin and meal."""
    if template.meal is None:
        return tuple(Pattern(template.code, start, template.length) for start in template.starts)
    meal = template.meal
    return tuple(
        Pattern(template.code, start, template.length, at, meal.length)
        for start in template.starts
        for at in range(start + meal.first, start + meal.last + 1, slot)
        if at % slot == 0 and at + meal.length <= start + template.length
    )
