"""The monthly report "timekeeping and equipment": hours, leave, attendance and malfunctions of the people one reads.

All of it counts the same workweeks: those that end in the month. Leave appears as hours and, over all people, by kind;
why somebody asked for it is not here, and kinds that few people took are hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import VIEW as TRAFFIC
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import registries
from citydesk.kernel.small_cells import hidden
from citydesk.kernel.told import values_told
from citydesk.management.timekeeping.choices import AUDIT, MONTH_REPORT, OccurrenceState
from citydesk.management.timekeeping.models import AttendanceOccurrence
from citydesk.management.timekeeping.queries.hours import WeekFacts, weeks_of
from citydesk.management.timekeeping.queries.report import Hours, ReportSpan, people_of, span_of_month, total
from citydesk.management.timekeeping.rules.monthly import (
    Unplanned,
    down_seconds,
    lost,
    month_number,
    seconds_by_kind,
)
from citydesk.management.timekeeping.rules.spans import Span, at_local

MONTHS = 6
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PersonRow:
    """A person's month: hours, attendance exceptions that count, time lost to malfunctions in seconds."""

    person: str
    hours: Hours
    lost: int


@dataclass(frozen=True)
class ExceptionSum:
    """Attendance exceptions of a kind: how many stand open, count, are excused; seconds of those that count."""

    kind: str
    open: int
    confirmed: int
    excused: int
    seconds: int


@dataclass(frozen=True)
class LeaveSum:
    """Hours of a kind of leave over all people; `seconds` is None where few took it."""

    code: str
    seconds: int | None


@dataclass(frozen=True)
class Broken:
    """A malfunction inside the span: its seconds there, how many of the people it took from work, and their seconds."""

    id: int
    kind: str
    what: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int
    people: int
    lost: int


@dataclass(frozen=True)
class MonthSums:
    """A month in one row, to compare it with others. Malfunctions are None for who may not read them; `lost` are the
    seconds they took from people at work, `unplanned` what a room above measured of rostered time."""

    month: date
    hours: Hours
    malfunctions: int | None
    down: int | None
    lost: int
    unplanned: Unplanned


@dataclass(frozen=True)
class MonthlyReport:
    """The report of a month. `months` ends with it, the oldest first."""

    span: ReportSpan
    people: int
    rows: tuple[PersonRow, ...]
    by_kind: dict[str, int]
    leave: tuple[LeaveSum, ...]
    exceptions: tuple[ExceptionSum, ...]
    malfunctions: tuple[Broken, ...] | None
    months: tuple[MonthSums, ...]

    @property
    def now(self) -> MonthSums:
        return self.months[-1]

    @property
    def before(self) -> MonthSums:
        return self.months[-2]


@dataclass(frozen=True)
class _Month:
    """What is read of a month before it is summed."""

    span: ReportSpan
    facts: Mapping[int, list[WeekFacts]]
    occurrences: list[dict[str, Any]]
    broken: list[dict[str, Any]] | None

    @property
    def whole(self) -> Span:
        zone = profile.local_zone()
        return Span(at_local(self.span.first_day, 0, zone), at_local(self.span.last_day + _DAY, 0, zone))


def monthly_report(access: Access, day: date, now: datetime) -> MonthlyReport:
    """The month of a day for the people the reader approves for; the auditor reads everybody's. Constant SQL."""
    people = people_of(access, now)
    spans = _spans(day)
    read = _read(access, people, spans, now)
    last = read[-1]
    names = staff.names_of(people)
    sums = {user: _hours_of(last, user) for user in people}
    rows = [PersonRow(name, sums[user], _lost(last, user, now)) for user, name in names.items()]
    return MonthlyReport(
        span=last.span,
        people=len(people),
        rows=tuple(sorted(rows, key=lambda one: one.person)),
        by_kind=_by_kind(last),
        leave=tuple(_leave(last, access)),
        exceptions=tuple(_exceptions(last)),
        malfunctions=None if last.broken is None else tuple(_broken(last, now)),
        months=tuple(_sums(one, now, access) for one in read),
    )


def _spans(day: date) -> list[ReportSpan]:
    found, month = [], day.replace(day=1)
    for _number in range(MONTHS):
        found.append(span_of_month(month))
        month = (month - _DAY).replace(day=1)
    return found[::-1]


def _read(access: Access, people: Sequence[int], spans: Sequence[ReportSpan], now: datetime) -> list[_Month]:
    facts = weeks_of([(user, week) for user in people for one in spans for week in one.weeks])
    first, last = spans[0].first_day, spans[-1].last_day
    rows = AttendanceOccurrence.objects.filter(user_id__in=list(people), on__gte=first, on__lte=last)
    occurrences: list[dict[str, Any]] = [dict(one) for one in rows.values("user_id", "on", "kind", "state", "seconds")]
    zone = profile.local_zone()
    broken = None
    if access.may(TRAFFIC):
        since, until = at_local(first, 0, zone), at_local(last + _DAY, 0, zone)
        broken = traffic.list_malfunctions(access=access, since=since, until=until)
    return [
        _Month(
            one,
            {user: [facts[user, week] for week in one.weeks] for user in people},
            [it for it in occurrences if one.first_day <= it["on"] <= one.last_day],
            broken,
        )
        for one in spans
    ]


def _hours_of(month: _Month, user: int) -> Hours:
    mine = [one for one in month.occurrences if one["user_id"] == user and one["state"] == OccurrenceState.CONFIRMED]
    sums = total(
        Hours(one.hours.worked, one.hours.overtime, one.leave_seconds, one.hours.deducted) for one in month.facts[user]
    )
    return sums + Hours(exceptions=len(mine))


def _by_kind(month: _Month) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for weeks in month.facts.values():
        for week in weeks:
            for kind, seconds in seconds_by_kind(week.entries, week.week.span).items():
                found[kind] += seconds
    return dict(found)


def _leave_by_kind(month: _Month) -> dict[str, dict[int, int]]:
    """Seconds of leave by kind and person."""
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for user, weeks in month.facts.items():
        for one in (day for week in weeks for day in week.leave):
            found[one.code][user] += one.seconds
    return found


def _hides(counts: Sequence[int], access: Access) -> list[bool]:
    """Which cells tell of few people; the auditor reads the rows themselves."""
    return [False] * len(counts) if access.may(AUDIT) else hidden(counts, profile.city().small_cell)


def _leave(month: _Month, access: Access) -> Iterable[LeaveSum]:
    found = sorted(_leave_by_kind(month).items())
    hides = _hides([len(people) for _code, people in found], access)
    for (code, people), is_hidden in zip(found, hides, strict=True):
        yield LeaveSum(code, None if is_hidden else sum(people.values()))


def _exceptions(month: _Month) -> Iterable[ExceptionSum]:
    for kind in sorted({str(one["kind"]) for one in month.occurrences}):
        mine = [one for one in month.occurrences if one["kind"] == kind]
        counts = {state: sum(one["state"] == state for one in mine) for state in OccurrenceState}
        yield ExceptionSum(
            kind,
            counts[OccurrenceState.OPEN],
            counts[OccurrenceState.CONFIRMED],
            counts[OccurrenceState.EXCUSED],
            _confirmed_seconds(mine),
        )


def _confirmed_seconds(some: Iterable[dict[str, Any]]) -> int:
    return sum(one["seconds"] for one in some if one["state"] == OccurrenceState.CONFIRMED)


def _stretches(month: _Month, now: datetime, user: int | None = None) -> list[Span]:
    """When something did not work, for anybody or for one person; what lasts counts until now."""
    found = []
    for row in month.broken or ():
        if user is None or row["is_everybody"] or user in row["user_ids"]:
            found.append(_stretch(row, now))
    return [part for one in found if one.start < one.end and (part := one.clipped(month.whole))]


def _stretch(row: dict[str, Any], now: datetime) -> Span:
    return Span(row["started_at"], row["ended_at"] or now)


def _lost(month: _Month, user: int, now: datetime) -> int:
    broken = _stretches(month, now, user)
    return sum(lost(broken, one.entries, one.week.span) for one in month.facts[user]) if broken else 0


def _broken(month: _Month, now: datetime) -> Iterable[Broken]:
    for row in month.broken or ():
        alone = _Month(month.span, month.facts, [], [row])
        seconds = down_seconds([_stretch(row, now)], month.whole)
        if not seconds and row["ended_at"]:
            continue
        took = [found for user in month.facts if (found := _lost(alone, user, now))]
        yield Broken(
            row["id"], row["kind"], row["what"], row["started_at"], row["ended_at"], seconds, len(took), sum(took)
        )


def _sums(month: _Month, now: datetime, access: Access) -> MonthSums:
    down = _stretches(month, now)
    first = date.fromisoformat(f"{month.span.month}-01")
    return MonthSums(
        month=first,
        hours=total(_hours_of(month, user) for user in month.facts),
        malfunctions=None if month.broken is None else len(down),
        down=None if month.broken is None else down_seconds(down, month.whole),
        lost=sum(_lost(month, user, now) for user in month.facts),
        unplanned=_unplanned(access, first, now),
    )


def _unplanned(access: Access, month: date, now: datetime) -> Unplanned:
    """What rooms above measured of the month for this reader; nothing where none of them keeps schedules."""
    told = values_told(registries.told.values(), MONTH_REPORT, access=access, object_id=month_number(month), now=now)
    return sum(told, Unplanned())
