"""The timekeeping report: hours by person for who approves for them, hours by team for who answers for the whole."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff.queries.people import memberships_in_force
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.small_cells import hidden
from citydesk.management.timekeeping.choices import AUDIT, REPORT, SUMS, OccurrenceState, SheetState
from citydesk.management.timekeeping.models import AttendanceOccurrence, Terms, Timesheet
from citydesk.management.timekeeping.queries.hours import WeekFacts, week_of, weeks_of
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.queries.sight import reach_of
from citydesk.management.timekeeping.rules.weeks import period_of_day

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReportSpan:
    """Whole workweeks: those of a pay period, or those that end in a calendar month (`month`, "2026-10")."""

    first_day: date
    last_day: date
    month: str
    previous: str
    following: str

    @property
    def weeks(self) -> list[date]:
        count = ((self.last_day - self.first_day).days + 1) // 7
        return [self.first_day + _WEEK * n for n in range(count)]


@dataclass(frozen=True)
class ReportSheet:
    """A sheet in the span, to look at."""

    id: int
    week_start: date
    state: str


@dataclass(frozen=True)
class Hours:
    """Sums in seconds; `missing` are weeks that nobody submitted, `exceptions` those that count."""

    worked: int = 0
    overtime: int = 0
    leave: int = 0
    deducted: int = 0
    missing: int = 0
    exceptions: int = 0

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(
            self.worked + other.worked,
            self.overtime + other.overtime,
            self.leave + other.leave,
            self.deducted + other.deducted,
            self.missing + other.missing,
            self.exceptions + other.exceptions,
        )


@dataclass(frozen=True)
class ReportRow:
    """A person's weeks, with the sheets in them."""

    person: str
    hours: Hours
    sheets: tuple[ReportSheet, ...]


@dataclass(frozen=True)
class TeamRow:
    """A team's sums; `hours` is None where so few belong to it that they would tell of one of them."""

    team: str
    people: int
    hours: Hours | None


def span_of_day(day: date) -> ReportSpan:
    """The pay period of a day."""
    period = period_of_day(day, policy_on(day))
    before, after = period.first_day - timedelta(days=1), period.last_day + timedelta(days=1)
    return ReportSpan(period.first_day, period.last_day, "", f"day={before}", f"day={after}")


def span_of_month(day: date) -> ReportSpan:
    """The workweeks that end in the month of a day: each is counted in one month, and none is cut."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    previous = (first - timedelta(days=1)).replace(day=1)
    begin, end = week_of(first), week_of(following - timedelta(days=1))
    last = end.last_day if end.last_day < following else end.first_day - timedelta(days=1)
    return ReportSpan(begin.first_day, last, f"{first:%Y-%m}", f"month={previous:%Y-%m}", f"month={following:%Y-%m}")


def report(access: Access, weeks: Sequence[date], now: datetime) -> list[ReportRow]:
    """Hours of the people the reader approves for over workweeks, by name. Constant SQL."""
    people = people_of(access, now)
    sums = _sums(people, weeks, now)
    sheets = defaultdict(list)
    rows = Timesheet.objects.filter(user_id__in=people, week_start__in=weeks).order_by("week_start")
    for user, pk, week, state in rows.values_list("user_id", "id", "week_start", "state"):
        sheets[user].append(ReportSheet(pk, week, state))
    names = staff.names_of(people)
    found = [ReportRow(name, sums[user], tuple(sheets[user])) for user, name in names.items()]
    return sorted(found, key=lambda one: one.person)


def team_report(access: Access, weeks: Sequence[date], now: datetime) -> list[TeamRow]:
    """Hours by team over workweeks, teams of today whose people have time here. Constant SQL.

    Teams of fewer people than the city shows are hidden, and so is a second one where a single hidden one could be
    reckoned from the whole. Raises `NotAllowed`.
    """
    access.require(SUMS)
    known = set(Timesheet.objects.filter(week_start__in=weeks).values_list("user_id", flat=True))
    known |= set(Terms.objects.values_list("user_id", flat=True))
    teams: dict[str, set[int]] = defaultdict(set)
    for name, user in memberships_in_force(now).filter(user_id__in=known).values_list("team__name", "user_id"):
        teams[name].add(user)
    sums = _sums(sorted({user for some in teams.values() for user in some}), weeks, now)
    names = sorted(teams)
    hides = hidden([len(teams[name]) for name in names], profile.city().small_cell)
    return [
        TeamRow(name, len(teams[name]), None if hide else total(sums[user] for user in teams[name]))
        for name, hide in zip(names, hides, strict=True)
    ]


def note_taken(access: Access, span: ReportSpan, now: datetime) -> None:
    """Note that the reader took the report of a span out as a file."""
    audit.record_read(
        object_type=REPORT, object_id=span.first_day.toordinal(), purpose="file", actor=access.actor, now=now
    )


def total(some: Iterable[Hours]) -> Hours:
    """The sum of hours."""
    return sum(some, Hours())


def people_of(access: Access, now: datetime) -> list[int]:
    """Whom a report of the reader is about: whom they approve for; for the auditor everybody with a sheet."""
    if access.may(AUDIT):
        return sorted(set(Timesheet.objects.values_list("user_id", flat=True).distinct()))
    return sorted(reach_of(access, now).people)


def expected_since(people: Collection[int]) -> dict[int, date]:
    """From which week on sheets are expected of people: their first one, or the week their leave is counted from.

    Nothing is expected of who has neither: somebody who never clocked and of whom the pay office knows nothing.
    """
    rows = Timesheet.objects.filter(user_id__in=people).values_list("user_id")
    found: dict[int, date] = dict(rows.annotate(first=Min("week_start")).order_by())
    counted = Terms.objects.filter(user_id__in=people).exclude(counted_from=None)
    for user, day in counted.values_list("user_id", "counted_from"):
        if day is None:
            continue
        week = week_of(day).first_day
        found[user] = min(found.get(user, week), week)
    return found


def _sums(people: Collection[int], weeks: Sequence[date], now: datetime) -> dict[int, Hours]:
    facts = weeks_of([(user, week) for user in people for week in weeks])
    today = profile.city_today(now)
    over = [week for week in weeks if week + _WEEK <= today]
    handed = Timesheet.objects.filter(user_id__in=people, week_start__in=over).exclude(state=SheetState.OPEN)
    given = dict(handed.values_list("user_id").annotate(n=Count("id")).order_by())
    since = expected_since(people)
    counted = AttendanceOccurrence.objects.filter(
        user_id__in=people, state=OccurrenceState.CONFIRMED, on__gte=min(weeks), on__lt=max(weeks) + _WEEK
    )
    exceptions = dict(counted.values_list("user_id").annotate(n=Count("id")).order_by())
    missing = {user: sum(week >= since.get(user, today) for week in over) - given.get(user, 0) for user in people}
    return {
        user: total(_hours(facts[user, week]) for week in weeks)
        + Hours(missing=max(missing[user], 0), exceptions=exceptions.get(user, 0))
        for user in people
    }


def _hours(facts: WeekFacts) -> Hours:
    return Hours(facts.hours.worked, facts.hours.overtime, facts.leave_seconds, facts.hours.deducted)
