"""What a group plans with, as the profile has it on a day: shrinkage by division, handle times, patience, chats."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.rules.chat import effective_handle
from citydesk.management.workforce.rules.measured_slots import Source, WeekMeasured
from citydesk.management.workforce.rules.opening import Opening
from citydesk.management.workforce.rules.shrinkage import Shrinkage
from citydesk.management.workforce.rules.skill_needs import SkillNeed


@dataclass(frozen=True, slots=True)
class Division:
    """Another shrinkage on some weekdays (Monday is 0; empty: all) or hours (minutes of the day; empty: all)."""

    weekdays: frozenset[int]
    windows: tuple[tuple[int, int], ...]
    shrinkage: Shrinkage

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether a slot that begins at that minute of that weekday belongs to it."""
        if self.weekdays and weekday not in self.weekdays:
            return False
        return not self.windows or any(opens <= minute < closes for opens, closes in self.windows)


@dataclass(frozen=True, slots=True)
class QueueWork:
    """A queue of a group. Usual handle time and patience (seconds) stand in until the past tells them.

    `at_once` chats run side by side; `measured` has the handle time of a chat by how many ran at once. Work that can
    wait must be done `due_hours` open hours after it came.
    """

    queue: str
    work: Work
    handle_s: float
    patience_s: float | None
    at_once: int
    measured: Mapping[int, float]
    due_hours: float

    def handle_of_person(self, foretold: float | None) -> float:
        """Seconds of a person's time one contact takes: the foretold handle time where there is one."""
        if self.work is not Work.CHAT:
            return foretold or self.handle_s
        known = {1: self.handle_s, **self.measured}
        scale = foretold / known[1] if foretold else 1.0
        return effective_handle({count: seconds * scale for count, seconds in known.items()}, self.at_once)


@dataclass(frozen=True, slots=True)
class Settings:
    """A group's settings. `most_busy` bounds occupancy (None: no bound); `hourly` is the cost of a paid hour. Shifts of
    the `notice_days` from today on are moved by nobody but a person."""

    code: str
    shrinkage: Shrinkage
    divisions: tuple[Division, ...]
    most_busy: float | None
    hourly: Decimal | None
    queues: tuple[QueueWork, ...]
    skills: tuple[SkillNeed, ...] = ()
    openings: tuple[Opening, ...] = ()
    notice_days: int = 0
    by_slot: WeekMeasured = field(default_factory=WeekMeasured)

    def shrinkage_at(self, weekday: int, minute: int) -> Shrinkage:
        """The shrinkage of a slot, `source_at` of which says where it comes from."""
        return self.source_at(weekday, minute)[1]

    def source_at(self, weekday: int, minute: int) -> tuple[Source, Shrinkage]:
        """Where a slot's shrinkage comes from, and what it is: what was measured of the slot itself; the first division
        that names its hours; what was measured of its weekday; a division of the weekday; the group's."""
        own = self.by_slot.own(weekday, minute)
        if own is not None:
            return Source.SLOT, _bounded(own.planned, own.unplanned)
        division = next((one for one in self.divisions if one.holds(weekday, minute)), None)
        if division is not None and division.windows:
            return Source.HOURS, division.shrinkage
        known = self.by_slot.of_weekday(weekday)
        if known is not None:
            return Source.WEEKDAY, _bounded(known.planned, known.unplanned)
        return (Source.GROUP, self.shrinkage) if division is None else (Source.DIVISION, division.shrinkage)


def settings_of(code: str, body: Mapping[str, Any]) -> Settings:
    """The settings from an entry of the section `staffing`."""
    busy, hourly = body.get("most_busy"), body.get("hourly_cost")
    return Settings(
        code=code,
        shrinkage=_shrinkage(body["shrinkage"]),
        divisions=tuple(
            Division(frozenset(one["weekdays"]), tuple((a, b) for a, b in one["windows"]), _shrinkage(one))
            for one in body["shrinkage_by"]
        ),
        most_busy=float(busy) if busy else None,
        hourly=Decimal(str(hourly)) if hourly is not None else None,
        queues=tuple(_work(one) for one in body["queues"]),
        # Profiles loaded before slots could need skills, or a desk people to open with, have none.
        skills=tuple(_skill(one) for one in body.get("skills", ())),
        notice_days=int(body.get("notice_days", 0)),
        openings=tuple(_opening(one) for one in body.get("open_with", ())),
    )


# At least this share of rostered time is for contacts, whatever was measured.
_LEFT = 0.05


def with_shrinkage(settings: Settings, given: Shrinkage, by_slot: WeekMeasured) -> Settings:
    """The settings with another shrinkage of the group, and of slots and weekdays of which enough was seen. Its
    divisions keep their distance from the group's: hours that had five points more than the group have five
    points more now."""
    before = settings.shrinkage
    planned, unplanned = given.planned - before.planned, given.unplanned - before.unplanned
    moved = tuple(
        replace(one, shrinkage=_bounded(one.shrinkage.planned + planned, one.shrinkage.unplanned + unplanned))
        for one in settings.divisions
    )
    return replace(settings, shrinkage=_bounded(given.planned, given.unplanned), divisions=moved, by_slot=by_slot)


def _bounded(planned: float, unplanned: float) -> Shrinkage:
    known = min(max(0.0, planned), 1.0 - _LEFT)
    return Shrinkage(known, min(max(0.0, unplanned), 1.0 - _LEFT - known))


def _shrinkage(raw: Mapping[str, Any]) -> Shrinkage:
    return Shrinkage(float(raw["planned"]), float(raw["unplanned"]))


def _skill(raw: Mapping[str, Any]) -> SkillNeed:
    windows = tuple((a, b) for a, b in raw["windows"])
    return SkillNeed(raw["skill"], int(raw["at_least"]), frozenset(raw["weekdays"]), windows)


def _opening(raw: Mapping[str, Any]) -> Opening:
    windows = tuple((a, b) for a, b in raw["windows"])
    return Opening(int(raw["people"]), frozenset(raw["weekdays"]), windows, dict(raw["why"]), raw.get("queue") or "")


def _work(raw: Mapping[str, Any]) -> QueueWork:
    patience = raw.get("patience_s")
    return QueueWork(
        queue=raw["queue"],
        work=Work(raw["work"]),
        handle_s=float(raw["handle_s"]),
        patience_s=float(patience) if patience else None,
        at_once=int(raw["concurrency"]),
        measured={int(one["at_once"]): float(one["seconds"]) for one in raw["handle_at_once"]},
        due_hours=float(raw["due_hours"]),
    )
