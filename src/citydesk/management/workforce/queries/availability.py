"""What people said of when they can work: one's own, what waits for who plans, and what it would bear on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.management.workforce.choices import OWN, AvailabilityKind, StatementState
from citydesk.management.workforce.models import Availability, AvailabilityStatement, Contract
from citydesk.management.workforce.queries.contracts import in_force, planned_people
from citydesk.management.workforce.queries.groups import GroupRow, all_groups
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.weeks import agreed_of, minute_of, templates_on
from citydesk.management.workforce.rules import planning
from citydesk.management.workforce.rules.availability import DayHours, Hours, is_against, said_of
from citydesk.management.workforce.rules.roster.people import WEEK

_SHOWN = 30
_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True)
class Statement:
    """A statement with its rows; `against` are published shifts it contradicts, `owed` what then stands against the
    person's contract: both only where somebody has to decide."""

    row: AvailabilityStatement
    rows: tuple[Availability, ...]
    against: tuple[ShiftRow, ...] = ()
    owed: planning.Finding | None = None


@dataclass(frozen=True)
class MyHours:
    """One's own page: what was said, the week the form begins with, and the contract it lies within."""

    today: date
    contract: Contract | None
    statements: tuple[Statement, ...]
    week: dict[int, DayHours]
    is_planned: bool


def my_hours(access: Access, *, now: datetime) -> MyHours:
    """What one said oneself, the newest first. Raises `NotAllowed`."""
    access.require(OWN)
    me, today = access.actor.staff_id or 0, profile.city_today(now)
    found = statements_of(me, today)
    return MyHours(
        today,
        Contract.objects.filter(in_force(today), user_id=me).first(),
        tuple(found),
        _week_of(found),
        any(one.team_id in access.team_ids for one in all_groups()),
    )


def statements_of(user_id: int, today: date) -> list[Statement]:
    """What somebody said that waits, holds or will hold, and what was decided of late. Two statements."""
    rows = AvailabilityStatement.objects.filter(user_id=user_id).exclude(last__lt=today).select_related("decided_by")
    return _with_rows(list(rows.exclude(state__in=_OVER)[:_SHOWN]))


_OVER = (StatementState.WITHDRAWN, StatementState.REPLACED)


def _with_rows(found: list[AvailabilityStatement]) -> list[Statement]:
    kept: dict[int, list[Availability]] = defaultdict(list)
    for one in Availability.objects.filter(statement__in=[it.pk for it in found]):
        kept[one.statement_id or 0].append(one)
    return [Statement(one, tuple(kept[one.pk])) for one in found]


def _week_of(found: Iterable[Statement]) -> dict[int, DayHours]:
    """The week that waits, else the one accepted last: what the form begins with."""
    weekly = [one for one in found if one.row.is_weekly]
    best = next((one for one in weekly if one.row.state == StatementState.WAITING), None)
    best = best or next((one for one in weekly if one.row.state == StatementState.ACCEPTED), None)
    by_day: dict[int, list[Hours]] = defaultdict(list)
    for row in best.rows if best else ():
        by_day[row.weekday or 0].append(Hours(AvailabilityKind(row.kind), row.starts, row.ends, row.weight))
    return {number: said_of(by_day[number]) for number in range(WEEK)}


def waiting_statements(access: Access, *, now: datetime) -> list[AvailabilityStatement]:
    """What people one plans for have said and nobody has decided, the first to hold first."""
    rows = AvailabilityStatement.objects.filter(
        state=StatementState.WAITING, user_id__in=planned_people(access, now)
    ).select_related("user")
    return list(rows.order_by("first", "id")[:_SHOWN])


def statements_to_decide(user_id: int, group: GroupRow | None, *, now: datetime) -> list[Statement]:
    """A person's statements for who plans them: what waits comes with what it bears on. Callers have authorised."""
    today = profile.city_today(now)
    found = statements_of(user_id, today)
    if not any(one.row.state == StatementState.WAITING for one in found):
        return found
    shifts = published_shifts([user_id], today, today + _AHEAD)
    ahead = [one for one in shifts if one.starts_at > now]
    return [_borne(one, ahead, group) if one.row.state == StatementState.WAITING else one for one in found]


def _borne(one: Statement, shifts: list[ShiftRow], group: GroupRow | None) -> Statement:
    return Statement(one.row, one.rows, tuple(_against(one, shifts)), _owed(one, group))


def _against(one: Statement, shifts: Iterable[ShiftRow]) -> Iterable[ShiftRow]:
    zone = profile.local_zone()
    for shift in shifts:
        day = shift.day.weekday()
        rows = [it for it in one.rows if (it.day == shift.day if it.day else it.weekday == day)]
        said = [planning.Said(AvailabilityKind(it.kind), day, it.starts, it.ends, it.weight) for it in rows]
        starts, ends = minute_of(shift.starts_at, shift.day, zone), minute_of(shift.ends_at, shift.day, zone)
        if shift.day >= one.row.first and is_against(said, day, starts, ends):
            yield shift


def _owed(one: Statement, group: GroupRow | None) -> planning.Finding | None:
    """Whether the least hours of the contract fit into the week that was said."""
    contract = Contract.objects.filter(in_force(one.row.first), user_id=one.row.user_id).first()
    if not one.row.is_weekly or contract is None or group is None:
        return None
    said = planning.days_of_week(
        (AvailabilityKind(it.kind), it.weekday, None, it.starts, it.ends, it.weight) for it in one.rows
    )
    templates = templates_on(group.code, one.row.first)
    return planning.owed(planning.Candidate(str(one.row.user_id), agreed_of(contract), said=said), templates)
