"""Shrinkage as it was, beside the one that is planned with."""

from collections.abc import Collection
from dataclasses import dataclass
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
from citydesk.management.workforce.rules.measured import PLANNED, UNPLANNED, WEEKS, Measured, Part, day_measured
from citydesk.management.workforce.rules.shrinkage import Shrinkage

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShrinkageLook:
    """What a group plans with in a week, what the profile says, what was measured last. `setting` is the version that
    stands in place of the profile's."""

    in_force: Shrinkage
    profile: Shrinkage
    setting: ShrinkageSetting | None
    measure: ShrinkageMeasure | None
    measured: Measured | None

    def is_planned(self, part: str) -> bool:
        """Whether a part of the measured shrinkage is known beforehand."""
        return part in PLANNED


def shrinkage_look(group: GroupRow, on: date) -> ShrinkageLook:
    """The shrinkage of a group on a day from all sides. Two statements. For callers that have authorised."""
    known = profile_settings_on(group.code, on).shrinkage
    setting = setting_on(group.code, on)
    measure = ShrinkageMeasure.objects.filter(group_id=group.id, kind=MeasureKind.WEEKS).order_by("-id").first()
    return ShrinkageLook(
        known if setting is None else _shares(setting),
        known,
        setting,
        measure,
        measured_of(measure) if measure else None,
    )


def measured_of(row: ShrinkageMeasure) -> Measured:
    """A measure as the rules know it."""
    parts = {Part(key): int(seconds) for key, seconds in row.parts.items()}
    return Measured(row.rostered_s, parts, row.days, row.left_out)


def setting_on(code: str, on: date) -> ShrinkageSetting | None:
    """The version that stands in place of the profile's shrinkage on a day; None where the profile's holds."""
    rows = ShrinkageSetting.objects.filter(group__code=code, first__lte=on).select_related("made_by")
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


def measure(group: GroupRow, first: date, last: date, now: datetime) -> Measured:
    """What became of the group's published shifts on days, both in. The same number of statements for few and many."""
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
    total, days = Measured(), set()
    for user, day in sorted(planned):
        look = looks[user, day]
        leave = away.get((user, day))
        if not look.is_known and leave is None:
            total += Measured(left_out=1)
            continue
        total += day_measured((one for one in look.pieces if one.planned), away=leave, lost=lost[user])
        days.add(day)
    total += _sick(group.id, first, last, planned)
    return Measured(total.rostered, total.parts, len(days), total.left_out)


def _away(users: Collection[int], first: date, last: date) -> dict[tuple[int, date], Part]:
    """Days with leave granted: what kind of shrinkage it is, and nothing else of it."""
    kinds = {code: bool(body.get("is_planned")) for code, body in profile.entries("absence_kinds", last).items()}
    found: dict[tuple[int, date], Part] = {}
    for user, some in leave_between(users, first, last).items():
        for one in some:
            is_planned = kinds.get(leave_rules(one.code, one.day).absence_kind, True)
            found[user, one.day] = Part.LEAVE if is_planned else Part.SICK
    return found


def _sick(group_id: int, first: date, last: date, planned: Collection[tuple[int, date]]) -> Measured:
    """Shifts that fell out because somebody called in sick: they are in no published week any more."""
    found = Measured()
    rows = SickCall.objects.filter(group_id=group_id, day__gte=first, day__lte=last)
    for user, day, shift in rows.values_list("person_id", "day", "shift"):
        length = int(shift.get("length", 0)) - int(shift.get("meal_length", 0))
        if (user, day) not in planned and length > 0:
            found += Measured(length * 60, {Part.SICK: length * 60})
    return found
