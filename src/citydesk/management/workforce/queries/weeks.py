"""A week of a group as a rostering problem: everything the rules ask for, read from the tables in a fixed number of
statements. Callers have authorised; nothing here decides who may see it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo

from django.db.models import Q

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.management.timekeeping import queries as timekeeping
from citydesk.management.timekeeping.queries.policy import closed_days
from citydesk.management.workforce.choices import (
    OPEN_SCHEDULES,
    TEMPLATE_SECTION,
    ActivityKind,
    AvailabilityKind,
    ScheduleState,
    StatementState,
)
from citydesk.management.workforce.models import Activity, Availability, Contract, Pin, Schedule, Shift
from citydesk.management.workforce.queries.groups import GroupRow
from citydesk.management.workforce.queries.requirement import RequiredSlot, required_slots
from citydesk.management.workforce.queries.skills import skill_needs_on
from citydesk.management.workforce.rules import planning
from citydesk.management.workforce.rules.planning import Agreed, Candidate, Leave
from citydesk.management.workforce.rules.roster import shifts as roster
from citydesk.management.workforce.rules.roster.people import WEEK, Away
from citydesk.management.workforce.rules.roster.problem import FAIR_WEEKS, Problem, Weights
from citydesk.management.workforce.rules.roster.shifts import Assignment, Pattern, ShiftTemplate
from citydesk.management.workforce.rules.shift_templates import is_for, retired, template_of
from citydesk.management.workforce.rules.skill_needs import skill_needs_of

DAY = timedelta(days=1)
OVERTIME = 6  # what an hour of approved overtime costs; a person missing for an hour costs 20
FAIRNESS = 1  # what a late or weekend shift costs for each its carrier has beyond who has fewest


@dataclass(frozen=True)
class PlannedWeek:
    """A group's week as rosters see it. People are known by their id as text. `without_contract` are members who
    cannot be rostered; `shift_ids` leads from person and day back to the row."""

    group: GroupRow
    monday: date
    problem: Problem
    slots: tuple[RequiredSlot, ...]
    names: dict[str, str]
    roster: tuple[Assignment, ...] = ()
    shift_ids: dict[tuple[str, int], int] = field(default_factory=dict)
    pins: dict[int, Pin] = field(default_factory=dict)
    without_contract: tuple[str, ...] = ()

    def day(self, number: int) -> date:
        """The date of a day of the week."""
        return self.monday + number * DAY

    def number(self, day: date) -> int:
        """The day's number in the week; Monday is 0."""
        return (day - self.monday).days


def templates_on(group: str, day: date) -> tuple[ShiftTemplate, ...]:
    """The shifts a group may be given, in the profile's order."""
    known = profile.entries(TEMPLATE_SECTION, day).items()
    rows = sorted((body["order"], code, body) for code, body in known if is_for(body, group))
    return tuple(template_of(code, body) for _order, code, body in rows)


def template_names(day: date) -> dict[str, dict[str, str]]:
    """Template code to its names by language."""
    return {code: body["name"] for code, body in profile.entries(TEMPLATE_SECTION, day).items()}


def planned_week(group: GroupRow, monday: date, *, schedule: Schedule | None, now: datetime) -> PlannedWeek:
    """The problem of a week and, of a version, its roster. A fixed number of statements, whatever the group's size."""
    members = staff.people_of_team(group.team_id, now)
    ids = [one.id for one in members]
    contracts = contracts_in(ids, monday, monday + 6 * DAY)
    templates = templates_on(group.code, monday)
    given, shift_ids, pins = roster_of(schedule, monday) if schedule else ((), {}, {})
    history = _history(ids, monday)
    templates = (*templates, *_retired(templates, (*given, *history)))
    slots = required_slots(group.id, monday, monday + 6 * DAY)
    zone = profile.local_zone()
    candidates = _candidates(group, monday, contracts, _gone(schedule, given, monday, now), now)
    needs = planning.needs_of(_by_day(slots, monday, zone))
    problem = Problem(
        WEEK,
        templates,
        tuple(planning.person_of(one, templates) for one in candidates),
        slot_needs=(*needs, *skill_needs_of(needs, skill_needs_on(group.code, monday))),
        slot=group.slot_minutes,
        pinned=tuple(one for one in given if one.is_pinned),
        history=history,
        weights=Weights(fairness=FAIRNESS, overtime=OVERTIME),
    )
    names = {str(one.id): one.name for one in members}
    gone = {int(one.person) for one in given} - set(ids)
    names |= {str(key): name for key, name in staff.names_of(gone).items()} if gone else {}
    without = tuple(one.name for one in members if one.id not in contracts)
    return PlannedWeek(group, monday, problem, slots, names, given, shift_ids, pins, without)


def contracts_in(ids: Collection[int], first: date, last: date) -> dict[int, Contract]:
    """The contract of each person in a span; the first one where it changes within."""
    rows = Contract.objects.filter(user_id__in=list(ids), first__lte=last).exclude(last__lt=first)
    return {one.user_id: one for one in rows.order_by("user_id", "-first")}


def roster_of(
    schedule: Schedule, monday: date
) -> tuple[tuple[Assignment, ...], dict[tuple[str, int], int], dict[int, Pin]]:
    """A version's shifts as the rules know them, the rows' ids, and pins by shift. Three statements."""
    shifts = list(Shift.objects.filter(schedule=schedule).select_related("template").order_by("user_id", "day"))
    inside: dict[int, list[Activity]] = defaultdict(list)
    for one in Activity.objects.filter(shift__schedule=schedule).exclude(kind=ActivityKind.WORK).order_by("starts_at"):
        inside[one.shift_id].append(one)
    pins = {one.shift_id: one for one in Pin.objects.filter(shift__schedule=schedule)}
    zone = profile.local_zone()
    found = tuple(_assignment(one, inside[one.pk], monday, zone, one.pk in pins) for one in shifts)
    return found, {(str(one.user_id), (one.day - monday).days): one.pk for one in shifts}, pins


def _assignment(
    shift: Shift, inside: Iterable[Activity], monday: date, zone: tzinfo, is_pinned: bool = False
) -> Assignment:
    meal, held = None, []
    for one in inside:
        starts, ends = minute_of(one.starts_at, shift.day, zone), minute_of(one.ends_at, shift.day, zone)
        if one.kind == ActivityKind.MEAL:
            meal = (starts, ends - starts)
        elif one.kind in set(roster.Kind):
            held.append(roster.Activity(starts, ends, roster.Kind(one.kind), one.label, one.part))
    starts, ends = minute_of(shift.starts_at, shift.day, zone), minute_of(shift.ends_at, shift.day, zone)
    pattern = Pattern(shift.template.code, starts, ends - starts, *(meal or ()))
    return Assignment(
        str(shift.user_id), (shift.day - monday).days, pattern, tuple(sorted(held)), is_pinned, shift.origin
    )


def minute_of(moment: datetime, day: date, zone: tzinfo) -> int:
    """What the city's clock shows at a moment, in minutes after the midnight that a day begins with."""
    local = moment.astimezone(zone)
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def _history(ids: Collection[int], monday: date) -> tuple[Assignment, ...]:
    """What people worked by published schedules in the weeks before, as far as rests and fairness look back."""
    first = monday - (FAIR_WEEKS - 1) * WEEK * DAY
    rows = Shift.objects.filter(
        user_id__in=list(ids), day__gte=first, day__lt=monday, schedule__state=ScheduleState.PUBLISHED
    ).select_related("template")
    zone, found = profile.local_zone(), []
    for one in rows.order_by("user_id", "day"):
        starts, ends = minute_of(one.starts_at, one.day, zone), minute_of(one.ends_at, one.day, zone)
        pattern = Pattern(one.template.code, starts, ends - starts, None, ends - starts - one.paid_minutes)
        found.append(Assignment(str(one.user_id), (one.day - monday).days, pattern))
    return tuple(found)


def _retired(templates: Iterable[ShiftTemplate], given: Iterable[Assignment]) -> list[ShiftTemplate]:
    known = {one.code for one in templates}
    old = {one.pattern.template: one.pattern.length for one in given if one.pattern.template not in known}
    return [retired(code, length) for code, length in sorted(old.items())]


def _by_day(slots: Iterable[RequiredSlot], monday: date, zone: tzinfo) -> Iterable[tuple[int, int, int, int, int]]:
    for one in slots:
        day = one.starts_at.astimezone(zone).date()
        yield (day - monday).days, minute_of(one.starts_at, day, zone), one.required, one.scheduled, one.least


def _gone(
    schedule: Schedule | None, given: Iterable[Assignment], monday: date, now: datetime
) -> Mapping[str, frozenset[int]]:
    """Past days of a published week that is planned again, by who had no shift on them: nobody begins one there."""
    if schedule is None or schedule.based_on_id is None or schedule.state not in OPEN_SCHEDULES:
        return defaultdict(frozenset)
    past = frozenset(range(min(WEEK, max(0, (profile.city_today(now) - monday).days))))
    worked: dict[str, set[int]] = defaultdict(set)
    for one in given:
        worked[one.person].add(one.day)
    found = defaultdict[str, frozenset[int]](lambda: past)
    return found | {person: past - days for person, days in worked.items()}


def _candidates(
    group: GroupRow,
    monday: date,
    contracts: dict[int, Contract],
    gone: Mapping[str, frozenset[int]],
    now: datetime,
) -> list[Candidate]:
    ids, sunday = list(contracts), monday + 6 * DAY
    skills = staff.skills_of(ids, now)
    said = _said(ids, monday)
    leave = _leave(ids, monday)
    taken = _taken(ids, monday, group.id)
    shut = closed_days(group.calendar_code, monday, sunday)
    closed = frozenset((day - monday).days for day in shut)
    return [
        Candidate(
            str(user),
            agreed_of(one),
            skills.get(user, frozenset()),
            planning.days_of_week(said.get(user, ())),
            tuple(leave.get(user, ())),
            closed | gone[str(user)],
            tuple(taken.get(user, ())),
            _days_out(one, monday),
        )
        for user, one in contracts.items()
    ]


def agreed_of(one: Contract) -> Agreed:
    """A contract's row as the rules know it."""
    return Agreed(
        one.min_minutes,
        one.max_minutes,
        one.max_days,
        frozenset(one.weekdays),
        one.earliest,
        one.latest,
        one.min_rest,
        one.max_run,
        one.overtime_after,
        one.approved_overtime,
        frozenset(one.templates),
    )


def _days_out(one: Contract, monday: date) -> frozenset[int]:
    days = (monday + number * DAY for number in range(WEEK))
    return frozenset(
        (day - monday).days for day in days if day < one.first or (one.last is not None and day > one.last)
    )


_Said = tuple[AvailabilityKind, int | None, int | None, int, int, int]


def _said(ids: Collection[int], monday: date) -> dict[int, list[_Said]]:
    """What binds this week of what people said: what planners wrote down, and what was accepted."""
    sunday = monday + 6 * DAY
    accepted = Q(statement__state=StatementState.ACCEPTED, statement__first__lte=sunday)
    rows = (
        Availability.objects.filter(Q(statement=None) | accepted, user_id__in=list(ids))
        .exclude(statement__last__lt=monday)
        .exclude(day__lt=monday)
        .exclude(day__gt=sunday)
        .select_related("statement")
    )
    found: dict[int, list[_Said]] = defaultdict(list)
    for one in rows:
        day = (one.day - monday).days if one.day else None
        if _holds(one, monday + (one.weekday or 0) * DAY):
            found[one.user_id].append((AvailabilityKind(one.kind), one.weekday, day, one.starts, one.ends, one.weight))
    return found


def _holds(row: Availability, weekday: date) -> bool:
    """Whether a word on a weekday holds on that date: what somebody said themselves does so from a day on."""
    said = row.statement
    if row.day or said is None:
        return True
    return said.first <= weekday and (said.last is None or weekday <= said.last)


def _leave(ids: Collection[int], monday: date) -> dict[int, list[Leave]]:
    """Leave granted, as days of the week. A part of a day takes the hours it was granted for."""
    zone, found = profile.local_zone(), defaultdict[int, list[Leave]](list)
    for row in timekeeping.approved_leave(ids, monday, monday + 6 * DAY):
        minutes = {date.fromisoformat(text): seconds // 60 for text, seconds in row["days"]}
        for day in (monday + number * DAY for number in range(WEEK)):
            if not row["first"] <= day <= row["last"]:
                continue
            clock = None
            if row["starts_at"]:
                start = minute_of(row["starts_at"], day, zone)
                clock = (start, start + row["seconds"] // 60)
            found[row["user_id"]].append(Leave((day - monday).days, minutes.get(day, 0), clock))
    return found


def _taken(ids: Collection[int], monday: date, group_id: int) -> dict[int, list[Away]]:
    """Hours that people work for other groups, as published."""
    rows = Shift.objects.filter(
        user_id__in=list(ids), day__gte=monday, day__lt=monday + 7 * DAY, schedule__state=ScheduleState.PUBLISHED
    ).exclude(schedule__group_id=group_id)
    zone, found = profile.local_zone(), defaultdict[int, list[Away]](list)
    for user, day, starts_at, ends_at in rows.values_list("user_id", "day", "starts_at", "ends_at"):
        starts, ends = minute_of(starts_at, day, zone), minute_of(ends_at, day, zone)
        found[user].append(Away((day - monday).days, starts, ends))
    return found


def without_leave(week: PlannedWeek, user_id: int, days: Collection[int]) -> PlannedWeek:
    """The week as it would be with a person away on some days: their shifts of those days fall away."""
    gone = {(str(user_id), one) for one in days}
    return replace(week, roster=tuple(one for one in week.roster if (one.person, one.day) not in gone))
