"""Skills that a group's slots need: how many of the people on the desk must have each, and when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from .roster.cost import count_there
from .roster.problem import Problem, SlotNeed
from .roster.shifts import Assignment


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """At least so many with a skill on some weekdays (Monday is 0; empty: all) and hours (minutes of the day; empty:
    whenever anybody is asked for)."""

    skill: str
    at_least: int
    weekdays: frozenset[int] = frozenset()
    windows: tuple[tuple[int, int], ...] = ()

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether a slot that begins at that minute of that weekday needs it."""
        if self.weekdays and weekday not in self.weekdays:
            return False
        return not self.windows or any(opens <= minute < closes for opens, closes in self.windows)


def skill_needs_of(slots: Iterable[SlotNeed], needs: Iterable[SkillNeed]) -> tuple[SlotNeed, ...]:
    """What each slot of a week (day 0 is Monday) asks of each skill, beside its people. Of two rows of the same skill
    the greater holds. Fewer break a rule: a solver has fewer only where nobody can come."""
    asked: dict[tuple[int, int, str], int] = {}
    known = tuple(needs)
    for slot in slots:
        if slot.skill:
            continue
        for one in known:
            if one.holds(slot.day % 7, slot.start):
                key = (slot.day, slot.start, one.skill)
                asked[key] = max(asked.get(key, 0), one.at_least)
    return tuple(SlotNeed(day, start, most, most, most, skill) for (day, start, skill), most in asked.items())


@dataclass(frozen=True, slots=True)
class SkillStretch:
    """Slots of a day one after the other in which as many with a skill are asked for, and as many are there."""

    day: int
    start: int
    end: int
    skill: str
    asked: int
    there: int

    @property
    def short(self) -> int:
        return max(0, self.asked - self.there)


def skill_stretches(problem: Problem, roster: Iterable[Assignment]) -> tuple[SkillStretch, ...]:
    """How a roster covers the skills its slots need, by skill and time."""
    by_day: dict[int, list[Assignment]] = {}
    for one in roster:
        if one.person in problem.person_of:
            by_day.setdefault(one.day, []).append(one)
    found: list[SkillStretch] = []
    needs = [one for one in problem.slot_needs if one.skill]
    for need in sorted(needs, key=lambda one: (one.skill, one.day, one.start)):
        there = count_there(problem, need, by_day.get(need.day, ()))
        each = SkillStretch(need.day, need.start, need.start + problem.slot, need.skill, need.target, there)
        last = found[-1] if found else None
        if last and (last.skill, last.day, last.end, last.asked, last.there) == (
            each.skill, each.day, each.start, each.asked, each.there,
        ):  # fmt: skip
            found[-1] = SkillStretch(last.day, last.start, each.end, last.skill, last.asked, last.there)
        else:
            found.append(each)
    return tuple(found)
