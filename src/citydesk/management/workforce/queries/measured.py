"""Shrinkage as it was, beside the one that is planned with."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.rules.monthly import Lost
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.queries.hours import leave_between
from citydesk.management.timekeeping.queries.policy import leave_rules
from citydesk.management.timekeeping.queries.report import span_of_month
from citydesk.management.timekeeping.rules.monthly import Unplanned
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.workforce.choices import MeasureKind, ScheduleState
from citydesk.management.workforce.models import Shift, ShrinkageMeasure, ShrinkageSetting, SickCall
from citydesk.management.workforce.queries.adherence import adherence_of
from citydesk.management.workforce.queries.groups import GroupRow, profile_settings_on
from citydesk.management.workforce.queries.seen import seen_groups
from citydesk.management.workforce.rules.adherence import Doing, Piece
from citydesk.management.workforce.rules.groups import Settings, with_shrinkage
from citydesk.management.workforce.rules.measured import PLANNED, UNPLANNED, WEEKS, Measured, Part
from citydesk.management.workforce.rules.measured_slots import (
    PersonDay,
    Source,
    WeekMeasured,
    read_back,
    week_measured,
)
from citydesk.management.workforce.rules.shrinkage import Shrinkage

DAY = timedelta(days=1)


@dataclass(frozen=True)
class SlotShare:
    """A slot's shrinkage, where it comes from, and what was seen of the slot and of its weekday."""

    source: Source
    shrinkage: Shrinkage
    slot: Measured
    weekday: Measured

    @property
    def seen(self) -> Measured | None:
        """What of the measured the share is made of; None where it is the group's or the profile's."""
        return {Source.SLOT: self.slot, Source.WEEKDAY: self.weekday}.get(self.source)


@dataclass(frozen=True)
class ShareTable:
    """Shares by minute of the day and weekday. `weekdays` are those that something was seen of, with what was."""

    minutes: int
    weekdays: Mapping[int, Measured]
    rows: tuple[tuple[int, tuple[SlotShare | None, ...]], ...]

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest share."""
        found = [one.shrinkage.whole for _minute, row in self.rows for one in row if one]
        return min(found), max(found)


@dataclass(frozen=True)
class ShrinkageLook:
    """What a group plans with in a week, what the profile says, what was measured last. `setting` is the version that
    stands in place of the profile's; `settings` are those with it. `table` is what the newest measure makes of each
    slot, `planned` what the one in force does; None without slots told apart."""

    settings: Settings
    in_force: Shrinkage
    profile: Shrinkage
    setting: ShrinkageSetting | None
    measure: ShrinkageMeasure | None
    measured: Measured | None
    table: ShareTable | None = None
    planned: ShareTable | None = None

    def is_planned(self, part: str) -> bool:
        """Whether a part of the measured shrinkage is known beforehand."""
        return part in PLANNED


def shrinkage_look(group: GroupRow, on: date) -> ShrinkageLook:
    """The shrinkage of a group on a day from all sides. Two statements. For callers that have authorised."""
    settings = profile_settings_on(group.code, on)
    setting = setting_on(group.code, on)
    measure = ShrinkageMeasure.objects.filter(group_id=group.id, kind=MeasureKind.WEEKS).order_by("-id").first()
    found = measured_of(measure) if measure else None
    planned = settings
    if setting is not None and setting.measure is not None:
        planned = with_shrinkage(settings, _shares(setting), read_back(setting.measure.by_slot))
    table = None
    if measure is not None and found is not None and found.is_enough:
        table = _table(with_shrinkage(settings, found.shrinkage, read_back(measure.by_slot)))
    in_force = planned.shrinkage if setting is None else _shares(setting)
    return ShrinkageLook(planned, in_force, settings.shrinkage, setting, measure, found, table, _table(planned))


def _table(settings: Settings) -> ShareTable | None:
    week = settings.by_slot
    if not week.slots:
        return None
    weekdays = {one: week.weekday(one) for one in sorted(week.weekdays)}
    minutes = sorted({minute for _weekday, minute in week.slots})
    return ShareTable(
        week.minutes,
        weekdays,
        tuple(
            (
                minute,
                tuple(share_at(settings, one, minute) if (one, minute) in week.slots else None for one in weekdays),
            )
            for minute in minutes
        ),
    )


def share_at(settings: Settings, weekday: int, minute: int) -> SlotShare:
    """A slot's shrinkage with what it rests on."""
    source, found = settings.source_at(weekday, minute)
    week = settings.by_slot
    return SlotShare(source, found, week.slot_at(weekday, minute), week.weekday(weekday))


def measured_of(row: ShrinkageMeasure) -> Measured:
    """A measure as the rules know it."""
    parts = {Part(key): int(seconds) for key, seconds in row.parts.items()}
    return Measured(row.rostered_s, parts, row.days, row.left_out)


def setting_on(code: str, on: date) -> ShrinkageSetting | None:
    """The version that stands in place of the profile's shrinkage on a day; None where the profile's holds."""
    rows = ShrinkageSetting.objects.filter(group__code=code, first__lte=on).select_related("made_by", "measure")
    found = rows.order_by("-version").first()
    return found if found is not None and found.planned is not None else None


def _shares(setting: ShrinkageSetting) -> Shrinkage:
    return Shrinkage(float(setting.planned or Decimal(0)), float(setting.unplanned or Decimal(0)))


def measured_weeks(today: date) -> tuple[date, date]:
    """The days that are measured: the last eight whole weeks, Monday to Sunday."""
    last = today - timedelta(days=today.weekday() + 1)
    return last - timedelta(days=7 * WEEKS - 1), last


def measured_months(today: date) -> list[tuple[date, date]]:
    """The weeks that end in the month before this one and in this one, as far as they are over; first and last day."""
    _first, over = measured_weeks(today)
    spans = (span_of_month(today.replace(day=1) - DAY), span_of_month(today))
    known = [(one.first_day, min(one.last_day, over)) for one in spans]
    return [(first, last) for first, last in known if last >= first]


def month_lost(*, access: Access, object_id: int, now: datetime) -> Unplanned | None:
    """What the reader's groups lost of a month (202611) without a plan: for the report of the month, the newest measure
    of each. None where nothing was measured. Two statements."""
    groups = [one.id for one in seen_groups(access)]
    span = span_of_month(date(object_id // 100, object_id % 100, 1))
    rows = ShrinkageMeasure.objects.filter(group_id__in=groups, kind=MeasureKind.MONTH, first=span.first_day)
    newest = {one.group_id: measured_of(one) for one in rows.order_by("id")}
    if not newest:
        return None
    total = sum(newest.values(), Measured())
    lost = {one: total.parts.get(one, 0) for one in UNPLANNED}
    return Unplanned(total.rostered, lost[Part.SICK], lost[Part.NOT_THERE], lost[Part.MALFUNCTION])


def traffic_lost(*, access: Access, object_id: int, now: datetime) -> Lost | None:
    """The same for the month of traffic, which lies below and knows no time sheets."""
    found = month_lost(access=access, object_id=object_id, now=now)
    return None if found is None else Lost(found.rostered, found.sick, found.not_there, found.malfunction)


def measure(group: GroupRow, first: date, last: date, now: datetime) -> tuple[Measured, WeekMeasured]:
    """What became of the group's published shifts on days, both in: in one sum, and by weekday and slot. The same
    number of statements for few and many."""
    rows = Shift.objects.filter(
        schedule__group_id=group.id, schedule__state=ScheduleState.PUBLISHED, day__gte=first, day__lte=last
    ).values_list("user_id", "day")
    planned = set(rows)
    users = sorted({user for user, _day in planned})
    looks = adherence_of(users, first, last, now) if users else {}
    away = _away(users, first, last)
    zone = profile.local_zone()
    lost = traffic.stretches_lost(
        user_ids=users, since=at_local(first, 0, zone), until=at_local(last + 2 * DAY, 0, zone), now=now
    )
    seen: list[PersonDay] = []
    days, left_out = set(), 0
    for user, day in sorted(planned):
        look = looks[user, day]
        leave = away.get((user, day))
        if not look.is_known and leave is None:
            left_out += 1
            continue
        seen.append(PersonDay(tuple(one for one in look.pieces if one.planned), leave, tuple(lost[user])))
        days.add(day)
    seen += _sick(group.id, first, last, planned)
    week = week_measured(seen, group.slot_minutes, zone)
    total = sum(week.slots.values(), Measured())
    return replace(total, days=len(days), left_out=left_out), week


def _away(users: Collection[int], first: date, last: date) -> dict[tuple[int, date], Part]:
    """Days with leave granted: what kind of shrinkage it is, and nothing else of it."""
    kinds = {code: bool(body.get("is_planned")) for code, body in profile.entries("absence_kinds", last).items()}
    found: dict[tuple[int, date], Part] = {}
    for user, some in leave_between(users, first, last).items():
        for one in some:
            is_planned = kinds.get(leave_rules(one.code, one.day).absence_kind, True)
            found[user, one.day] = Part.LEAVE if is_planned else Part.SICK
    return found


def _sick(group_id: int, first: date, last: date, planned: Collection[tuple[int, date]]) -> Iterator[PersonDay]:
    """Shifts that fell out because somebody called in sick: they are in no published week any more."""
    zone = profile.local_zone()
    rows = SickCall.objects.filter(group_id=group_id, day__gte=first, day__lte=last)
    for user, day, shift in rows.values_list("person_id", "day", "shift"):
        if (user, day) in planned or not shift:
            continue
        begins, length = int(shift["start"]), int(shift["length"])
        meal, lasts = shift.get("meal_start"), int(shift.get("meal_length", 0))
        stretches = [(begins, begins + length)] if meal is None else [(begins, meal), (meal + lasts, begins + length)]
        moments = [(at_local(day, start, zone), at_local(day, end, zone)) for start, end in stretches if end > start]
        yield PersonDay(
            tuple(Piece(start, end, Doing.CONTACTS, Doing.AWAY, is_kept=False) for start, end in moments), Part.SICK
        )
