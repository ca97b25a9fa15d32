"""Writing time entries: cut where workweeks begin, never over a submitted week, adjusted where the week is locked."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.management.timekeeping import labels
from citydesk.management.timekeeping.choices import EntryKind, EntrySource, LineKind, SheetState
from citydesk.management.timekeeping.models import Adjustment, TimeEntry, Timesheet
from citydesk.management.timekeeping.queries.hours import week_facts, week_of
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.rules.comp_time import CompSplit, earned_by
from citydesk.management.timekeeping.rules.entries import why_impossible
from citydesk.management.timekeeping.rules.sheets import Line, difference
from citydesk.management.timekeeping.rules.spans import Span, local_day
from citydesk.management.timekeeping.rules.weeks import split_by_week
from citydesk.management.timekeeping.services.locked import note_sheet, require_open, sheet_of, somebody


@dataclass(frozen=True)
class NewEntry:
    """What is to be written: the time, what it was, where it comes from, and why where a person wrote it."""

    span: Span
    kind: str
    source: str = EntrySource.MANUAL
    reason: str = ""
    is_relieved: bool = True


def check(new: NewEntry, now: datetime) -> None:
    """Raise `Invalid` beside the field for time that cannot be."""
    if new.kind not in set(EntryKind):
        raise Invalid(_("There is no such kind of time."), field="kind")
    policy = policy_on(local_day(new.span.start, profile.local_zone()))
    why = why_impossible(new.span, now, policy)
    if why:
        raise Invalid(str(labels.IMPOSSIBLE[why]), field="ends_at")


def write(person: int, new: NewEntry, *, access: Access, now: datetime, replaces: TimeEntry | None = None) -> list[int]:
    """Write an entry, or what stands for one; returns the ids of the rows, one for each workweek it touches.

    Raises `Conflict` where a week is submitted or the time overlaps another entry. In the caller's transaction.
    """
    check(new, now)
    zone = profile.local_zone()
    parts = split_by_week(new.span, policy_on(local_day(new.span.start, zone)), zone)
    days = {week.first_day for week, _part in parts} | ({week_day(replaces)} if replaces else set())
    sheets = _open_sheets(person, sorted(days))
    if replaces is not None:
        _set_aside(replaces)
    rows = []
    try:
        with transaction.atomic():
            for at, (_week, part) in enumerate(parts):
                rows.append(_insert(person, new, part, replaces if at == 0 else None, access, now))
    except IntegrityError as error:
        raise Conflict(_("This overlaps another entry."), field="starts_at") from error
    adjust(sheets, new.reason, access=access, now=now)
    return [row.pk for row in rows]


def void(entry: TimeEntry, reason: str, *, access: Access, now: datetime) -> None:
    """Write the row that says the time of an entry was no time at all. In the caller's transaction."""
    sheets = _open_sheets(entry.user_id, [week_day(entry)])
    _set_aside(entry)
    TimeEntry.objects.create(
        user_id=entry.user_id,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        kind=entry.kind,
        source=EntrySource.MANUAL,
        reason=reason,
        corrects=entry,
        is_void=True,
        is_effective=False,
        entered_at=now,
        entered_by_id=access.actor.staff_id,
    )
    adjust(sheets, reason, access=access, now=now)


def week_day(entry: TimeEntry) -> date:
    """The first day of the workweek an entry is in."""
    zone = profile.local_zone()
    policy = policy_on(local_day(entry.starts_at, zone))
    return split_by_week(Span(entry.starts_at, entry.ends_at), policy, zone)[0][0].first_day


def _open_sheets(person: int, days: Sequence[date]) -> list[Timesheet]:
    """The sheets of weeks, locked in order. Raises `Conflict` where one is submitted."""
    found = [sheet_of(person, day) for day in days]
    for sheet in found:
        require_open(sheet)
    return found


def _set_aside(entry: TimeEntry) -> None:
    entry.is_effective = False
    entry.save(update_fields=["is_effective"])


def _insert(
    person: int, new: NewEntry, part: Span, replaces: TimeEntry | None, access: Access, now: datetime
) -> TimeEntry:
    return TimeEntry.objects.create(
        user_id=person,
        starts_at=part.start,
        ends_at=part.end,
        kind=new.kind,
        source=new.source,
        is_relieved=new.is_relieved,
        reason=new.reason,
        corrects=replaces,
        entered_at=now,
        entered_by_id=access.actor.staff_id,
    )


def adjust(sheets: Sequence[Timesheet], reason: str, *, access: Access, now: datetime) -> None:
    """For each locked sheet among them, put what changed on the person's open sheet of the current week."""
    for sheet in sheets:
        if sheet.state == SheetState.LOCKED:
            _adjust_one(sheet, reason, access, now)


def _adjust_one(sheet: Timesheet, reason: str, access: Access, now: datetime) -> None:
    if sheet.time_gone_at is not None:
        raise Conflict(_("The rows of this week were destroyed when their retention ended. It stays as it was paid."))
    changed = difference(lines_now(sheet), handed_over(sheet))
    if not changed:
        return
    current = sheet_of(sheet.user_id, week_of(profile.city_today(now)).first_day)
    if current.state != SheetState.OPEN:
        raise Conflict(_("An adjustment needs this week's sheet, which is submitted. Take it back first."))
    Adjustment.objects.create(
        sheet=current,
        of_week=sheet.week_start,
        lines=[asdict(one) for one in changed],
        reason=reason,
        made_at=now,
        made_by_id=somebody(access),
    )
    note_sheet(current, "adjusted", access, now, reason=reason, after={"week": sheet.week_start.isoformat()})


def lines_now(sheet: Timesheet) -> tuple[Line, ...]:
    """A locked week's lines as its rows say now. No more is banked than was when it was locked: the rest is paid."""
    facts = week_facts(sheet.user_id, sheet.week_start)
    earned = sum(one["seconds"] for one in sheet.lines if one["kind"] == LineKind.COMP)
    banked = min(earned * 2 // 3, facts.hours.overtime)
    return facts.lines(CompSplit(banked, earned_by(banked), facts.hours.overtime - banked))


def handed_over(sheet: Timesheet) -> list[Line]:
    """What was said of a locked week before: its own lines, and those of the adjustments since."""
    rows = Adjustment.objects.filter(sheet__user_id=sheet.user_id, of_week=sheet.week_start)
    before = [*sheet.lines, *(line for row in rows for line in row.lines)]
    return [Line(**one) for one in before]
