"""Coverage and cost of groups, week by week, for who answers for the whole: sums, nobody's name."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.rules import Ratio
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import COST, ScheduleState, Work
from citydesk.management.workforce.models import Activity, GroupQueue, Requirement, Schedule, Shift
from citydesk.management.workforce.queries.groups import GroupRow, all_groups, queues_of
from citydesk.management.workforce.queries.paid_hours import GroupTime, few, paid_of_groups
from citydesk.management.workforce.queries.rates import Rate, rate_on
from citydesk.management.workforce.queries.schedules import OFF_DESK, Span
from citydesk.management.workforce.rules.coverage_cost import (
    WEEK,
    Cover,
    Paid,
    Reached,
    cost_of,
    cover_of,
    fiscal_year,
    month_of,
    on_duty,
    per_contact,
    weeks_between,
)

SIX = timedelta(days=6)


@dataclass(frozen=True)
class CostSpan:
    """Whole weeks: those whose Sunday lies in a month, or in a fiscal year as far as it has gone."""

    is_year: bool
    first: date
    last: date
    mondays: tuple[date, ...]
    previous: date
    following: date


@dataclass(frozen=True)
class CostLine:
    """A week of a group, or several. `monday` None: the sum.

    `is_published`: a schedule says who comes; without one nothing is said of over and under. What was paid and reached
    is known from the first day on (`has_begun`). `is_few`: so few people that what was paid would tell of one of them.
    `unpublished` counts the weeks of a sum that have no schedule.
    """

    monday: date | None
    cover: Cover
    paid: Paid
    reached: Reached
    cost: Decimal | None
    is_published: bool
    is_few: bool
    has_begun: bool = True
    is_over: bool = True
    unpublished: int = 0

    @property
    def each(self) -> Decimal | None:
        """Dollars a contact that was answered."""
        return per_contact(self.cost, self.reached.answered)


@dataclass(frozen=True)
class GroupCost:
    """A group's weeks in order, their sum, and the rates behind its cost (none: the profile has no cost of an hour)."""

    group: GroupRow
    weeks: tuple[CostLine, ...]
    total: CostLine
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True)
class CostPage:
    """The groups in the profile's order over a span."""

    span: CostSpan
    groups: tuple[GroupCost, ...]

    def of(self, code: str) -> GroupCost | None:
        """The group an address names, else the first."""
        return next((one for one in self.groups if one.group.code == code), self.groups[0] if self.groups else None)


def month_span(day: date) -> CostSpan:
    """The month of a day."""
    first, last = month_of(day)
    return CostSpan(False, first, last, weeks_between(first, last), first - timedelta(days=1), last + timedelta(days=1))


def year_span(day: date, today: date) -> CostSpan:
    """The fiscal year of a day, through last Sunday where it is not over."""
    first, last = fiscal_year(day, profile.city().fiscal_year_starts)
    mondays = weeks_between(first, min(last, today - timedelta(days=1)))
    return CostSpan(True, first, last, mondays, first - timedelta(days=1), last + timedelta(days=1))


def cost_page(access: Access, span: CostSpan, today: date) -> CostPage:
    """Every group over a span. The same number of statements for a month and for a year. Raises `NotFound`."""
    access.require_sight(COST)
    groups, mondays = all_groups(), span.mondays
    if not groups or not mondays:
        empty = _sum([])
        return CostPage(span, tuple(GroupCost(one, (), empty) for one in groups))
    covers, published = _covers(groups, mondays), _published(groups, mondays)
    times, reached = paid_of_groups(groups, mondays), _reached(groups, mondays)
    found = []
    for group in groups:
        rates = {one: rate_on(group.code, one) for one in mondays}
        lines = tuple(
            _line(one, covers[group.id, one], times[group.id, one], reached[group.id, one], rates[one],
                  (group.id, one) in published, today)
            for one in mondays
        )  # fmt: skip
        found.append(GroupCost(group, lines, _sum(lines), _rates(rates)))
    return CostPage(span, tuple(found))


def _line(
    monday: date,
    cover: Cover,
    time: GroupTime,
    reached: Reached,
    rate: Rate | None,
    is_published: bool,
    today: date,
) -> CostLine:
    is_few, has_begun = 0 < time.people < few(), monday <= today
    is_known = has_begun and not is_few
    cost = cost_of(time.paid, rate.hourly) if rate is not None and is_known else None
    shown = cover if is_published else Cover(required=cover.required)
    paid = time.paid if is_known else Paid()
    return CostLine(monday, shown, paid, reached, cost, is_published, is_few, has_begun, monday + WEEK <= today)


def _sum(lines: Sequence[CostLine]) -> CostLine:
    """Weeks together. Where one week is hidden its sum is too, or the difference would tell it."""
    is_few = any(one.is_few for one in lines)
    begun = [one for one in lines if one.has_begun]
    known = [one.cost for one in begun if one.cost is not None]
    return CostLine(
        monday=None,
        cover=sum((one.cover for one in lines), Cover()),
        paid=Paid() if is_few else sum((one.paid for one in lines), Paid()),
        reached=sum((one.reached for one in lines), Reached()),
        cost=sum(known, Decimal(0)) if known and len(known) == len(begun) else None,
        is_published=any(one.is_published for one in lines),
        is_few=is_few,
        has_begun=bool(begun),
        is_over=all(one.is_over for one in lines),
        unpublished=sum(not one.is_published for one in lines),
    )


def _rates(by_week: Mapping[date, Rate | None]) -> tuple[Rate, ...]:
    found: list[Rate] = []
    for one in by_week.values():
        if one is not None and (not found or found[-1].hourly != one.hourly):
            found.append(one)
    return tuple(found)


def _published(groups: Collection[GroupRow], mondays: Collection[date]) -> set[tuple[int, date]]:
    rows = Schedule.objects.filter(
        group_id__in=[one.id for one in groups], week_start__in=list(mondays), state=ScheduleState.PUBLISHED
    )
    return set(rows.values_list("group_id", "week_start"))


def _covers(groups: Sequence[GroupRow], mondays: Sequence[date]) -> dict[tuple[int, date], Cover]:
    """Coverage of groups by week: three statements, whatever the weeks."""
    slots = slots_of(groups, min(mondays), max(mondays) + SIX)
    by_week: dict[tuple[int, date], list[tuple[int, int, int]]] = defaultdict(list)
    for one in slots:
        by_week[one.group_id, one.day - timedelta(days=one.day.weekday())].append(
            (one.minutes, one.required, one.scheduled)
        )
    return {(group.id, one): cover_of(by_week[group.id, one]) for group in groups for one in mondays}


@dataclass(frozen=True, slots=True)
class CostSlot:
    """A slot of a group: people to roster for what is required, and people on duty in all of it."""

    group_id: int
    day: date
    starts_at: datetime
    minutes: int
    required: int
    scheduled: int


def slots_of(groups: Sequence[GroupRow], first: date, last: date) -> list[CostSlot]:
    """The required slots of groups on days (both in), with who is on duty by what was published. For callers that have
    authorised. Three statements."""
    ids = [one.id for one in groups]
    rows = Requirement.objects.filter(group_id__in=ids, day__gte=first, day__lte=last).order_by("group_id", "starts_at")
    columns = ("group_id", "day", "starts_at", "minutes", "required", "scheduled")
    asked = list(rows.values_list(*columns))
    shifts = _shifts(ids, first, last)
    there: dict[tuple[int, datetime], int] = {}
    for group in groups:
        mine = [(starts_at, minutes) for key, _day, starts_at, minutes, _r, _s in asked if key == group.id]
        for length in {minutes for _at, minutes in mine}:
            counted = on_duty(length, [at for at, minutes in mine if minutes == length], shifts[group.id])
            there |= {(group.id, at): people for at, people in counted.items()}
    return [
        CostSlot(key, day, at, minutes, max(required, scheduled), there[key, at])
        for key, day, at, minutes, required, scheduled in asked
    ]


def _shifts(ids: Collection[int], first: date, last: date) -> dict[int, list[tuple[Span, list[Span]]]]:
    rows = Shift.objects.filter(
        schedule__group_id__in=list(ids), schedule__state=ScheduleState.PUBLISHED,
        day__gte=first - timedelta(days=1), day__lte=last,
    )  # fmt: skip
    away: dict[int, list[Span]] = defaultdict(list)
    held = Activity.objects.filter(shift__in=rows.values("id"), kind__in=OFF_DESK)
    for pk, starts, ends in held.values_list("shift_id", "starts_at", "ends_at").order_by():
        away[pk].append((starts, ends))
    found: dict[int, list[tuple[Span, list[Span]]]] = defaultdict(list)
    for pk, group, starts, ends in rows.values_list("id", "schedule__group_id", "starts_at", "ends_at"):
        found[group].append(((starts, ends), away[pk]))
    return found


def _reached(groups: Collection[GroupRow], mondays: Sequence[date]) -> dict[tuple[int, date], Reached]:
    """Contacts answered of all of a group's queues; service level of those on which somebody waits."""
    lines = {one.id: one for one in traffic.list_queues(only_active=False)}
    taken = GroupQueue.objects.filter(group_id__in=[one.id for one in groups])
    whose = {queue: (group, work) for queue, group, work in taken.values_list("queue_id", "group_id", "work")}
    found: dict[tuple[int, date], Reached] = defaultdict(Reached)
    for one in traffic.list_reached(queue_ids=list(whose), first=min(mondays), last=max(mondays) + SIX):
        group, work = whose[one.queue_id]
        level = Ratio(0, 0) if work == Work.CAN_WAIT else one.level
        expected = Decimal(lines[one.queue_id].target) * level.denominator
        found[group, one.monday] += Reached(one.answered, level.numerator, level.denominator, expected)
    return found


@dataclass(frozen=True)
class CoverWeek:
    """A group's week, slot by slot; the sums are those of the page that led here. `queues` are queues with contacts:
    name, contacts answered, in time, of, target, whether somebody waits on it."""

    group: GroupRow
    line: CostLine
    slots: tuple[CostSlot, ...]
    queues: tuple[tuple[str, int, Ratio, Decimal, bool], ...]
    rate: Rate | None


def cover_week(access: Access, code: str, monday: date, today: date) -> CoverWeek:
    """What a week's numbers are made of. Raises `NotFound`."""
    access.require_sight(COST)
    groups = all_groups()
    group = next((one for one in groups if one.code == code), None)
    if group is None:
        raise NotFound(_("There is no such group."))
    slots = slots_of([group], monday, monday + SIX)
    cover = cover_of((one.minutes, one.required, one.scheduled) for one in slots)
    is_published = bool(_published([group], [monday]))
    time = paid_of_groups(groups, [monday])[group.id, monday]
    rate = rate_on(code, monday)
    line = _line(monday, cover, time, _reached([group], [monday])[group.id, monday], rate, is_published, today)
    return CoverWeek(group, line, tuple(slots), _queues(group, monday), rate)


def _queues(group: GroupRow, monday: date) -> tuple[tuple[str, int, Ratio, Decimal, bool], ...]:
    lines = {one.id: one for one in traffic.list_queues(only_active=False)}
    taken = {one.queue_id: one for one in queues_of(group.id)}
    return tuple(
        (taken[one.queue_id].name, one.answered, one.level, Decimal(lines[one.queue_id].target),
         taken[one.queue_id].work != Work.CAN_WAIT)
        for one in traffic.list_reached(queue_ids=list(taken), first=monday, last=monday + SIX)
    )  # fmt: skip
