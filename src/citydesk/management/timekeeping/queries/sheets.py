"""One week of a person, for their own page and for who approves, pays or audits it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.timekeeping.choices import (
    APPROVE,
    OWN,
    PAYROLL,
    SHEET,
    AccrualKind,
    ClockState,
    Refusal,
    SheetState,
)
from citydesk.management.timekeeping.models import Adjustment, Clock, TimeEntry, Timesheet
from citydesk.management.timekeeping.queries.hours import WeekFacts, balances_of, week_facts, week_of
from citydesk.management.timekeeping.queries.policy import leave_rules_on, policy_on
from citydesk.management.timekeeping.queries.sight import reach_of, seen_sheets
from citydesk.management.timekeeping.rules import sheets as rules
from citydesk.management.timekeeping.rules.comp_time import CompSplit
from citydesk.management.timekeeping.rules.sheets import Line
from citydesk.management.timekeeping.rules.spans import Span


@dataclass(frozen=True)
class ClockNow:
    """What the clock shows a person, since when, and whether it was left running."""

    state: str = ClockState.OUT
    since: datetime | None = None
    is_forgotten: bool = False


@dataclass(frozen=True)
class WeekPage:
    """A week: its sheet (None while nothing was written), hours, rows with their corrections, lines, history.

    `days` are (day, entries, seconds worked, leave seconds). `moves` are what the reader may do now; `why_not` says why
    a submitted sheet is not theirs to approve. `shows_rows`: the pay office reads hours, not the rows behind them.
    """

    sheet: Timesheet | None
    person_id: int
    person: str
    facts: WeekFacts
    days: list[tuple[date, list[dict[str, Any]], int, int]]
    corrected: list[dict[str, Any]]
    lines: tuple[Line, ...]
    split: CompSplit
    adjustments: list[Adjustment]
    history: list[audit.HistoryLine]
    moves: frozenset[str]
    why_not: Refusal | None
    is_own: bool
    shows_rows: bool
    previous: date
    following: date | None

    @property
    def state(self) -> str:
        return self.sheet.state if self.sheet else SheetState.OPEN

    @property
    def version(self) -> int:
        return self.sheet.version if self.sheet else 1


def clock_now(access: Access, now: datetime) -> ClockNow:
    """What the reader's own clock shows."""
    row = Clock.objects.filter(user_id=access.actor.staff_id or 0).first()
    if row is None or row.state == ClockState.OUT or row.since is None:
        return ClockNow()
    longest = policy_on(profile.city_today(now)).longest_shift
    return ClockNow(row.state, row.since, Span(row.since, now).seconds > longest)


def my_week(access: Access, day: date, *, now: datetime) -> WeekPage:
    """The reader's own week that a day is in."""
    access.require_sight(OWN)
    person = access.actor.staff_id or 0
    first = week_of(day).first_day
    sheet = Timesheet.objects.filter(user_id=person, week_start=first).select_related("approved_by", "export").first()
    return _page(sheet, person, access.actor.label, first, access, now)


def get_sheet(access: Access, sheet_id: int, *, now: datetime) -> WeekPage:
    """A sheet the reader sees; reading another's is logged. Raises `NotFound`."""
    rows = seen_sheets(access, now).select_related("user", "approved_by", "export")
    sheet = rows.filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound(_("There is no such time sheet."))
    if sheet.user_id != access.actor.staff_id:
        audit.record_read(object_type=SHEET, object_id=sheet.pk, purpose="page", actor=access.actor, now=now)
    return _page(sheet, sheet.user_id, sheet.user.name, sheet.week_start, access, now)


def _page(sheet: Timesheet | None, person: int, name: str, first: date, access: Access, now: datetime) -> WeekPage:
    facts = week_facts(person, first)
    is_own = person == access.actor.staff_id
    reach = reach_of(access, now)
    why_not = reach.why_not(person) if access.may(APPROVE) and sheet else Refusal.OUT_OF_REACH
    shows_rows = is_own or person in reach.people or not access.may(PAYROLL)
    rows = _rows(person, facts) if shows_rows else []
    split = _split(sheet, facts)
    lines = tuple(Line(**one) for one in sheet.lines) if sheet and sheet.lines else facts.lines(split)
    following = first + timedelta(days=7)
    return WeekPage(
        sheet=sheet,
        person_id=person,
        person=name,
        facts=facts,
        days=_days(facts, [one for one in rows if one["is_effective"]]),
        corrected=[one for one in rows if not one["is_effective"]],
        lines=lines,
        split=split,
        adjustments=list(Adjustment.objects.filter(sheet=sheet)) if sheet else [],
        history=audit.history_of(SHEET, sheet.pk) if sheet else [],
        moves=_moves(sheet, is_own, why_not),
        why_not=why_not,
        is_own=is_own,
        shows_rows=shows_rows,
        previous=first - timedelta(days=7),
        following=following if following <= profile.city_today(now) else None,
    )


def _moves(sheet: Timesheet | None, is_own: bool, why_not: Refusal | None) -> frozenset[str]:
    state = sheet.state if sheet else SheetState.OPEN
    mine = {"submit", "recall"} if is_own else set()
    theirs = {"approve", "reject"} if why_not is None else set()
    return frozenset(one for one in mine | theirs if rules.may_move(one, state))


def _split(sheet: Timesheet | None, facts: WeekFacts) -> CompSplit:
    """What would be banked of an unlocked week as its person wishes."""
    if sheet is None or not facts.hours.overtime:
        return CompSplit(0, 0, facts.hours.overtime)
    known = leave_rules_on(sheet.week_start).values()
    code = next((one.code for one in known if one.accrual == AccrualKind.EARNED), "")
    if not code:
        return CompSplit(0, 0, facts.hours.overtime)
    held = balances_of([sheet.user_id]).get((sheet.user_id, code), 0)
    return facts.split(sheet.overtime_as, held)


def _rows(person: int, facts: WeekFacts) -> list[dict[str, Any]]:
    span = facts.week.span
    rows = TimeEntry.objects.filter(user_id=person, starts_at__lt=span.end, ends_at__gt=span.start)
    columns = (
        "id", "starts_at", "ends_at", "kind", "source", "is_relieved", "reason", "is_void", "is_effective",
        "entered_at",
    )  # fmt: skip
    return [{**one, "seconds": Span(one["starts_at"], one["ends_at"]).seconds} for one in rows.values(*columns)]


def _days(facts: WeekFacts, rows: list[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]], int, int]]:
    zone = profile.local_zone()
    found = []
    for day in facts.week.days:
        there = [one for one in rows if one["starts_at"].astimezone(zone).date() == day]
        away = sum(one.seconds for one in facts.leave if one.day == day)
        found.append((day, there, facts.hours.by_day.get(day, 0), away))
    return found
