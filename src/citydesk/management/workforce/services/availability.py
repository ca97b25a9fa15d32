"""People say when they can and would like to work; who plans them accepts it or declines it with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import OWN, PLAN, STATEMENT, StatementState
from citydesk.management.workforce.models import Availability, AvailabilityStatement
from citydesk.management.workforce.queries.contracts import planned_people
from citydesk.management.workforce.queries.groups import all_groups
from citydesk.management.workforce.queries.published import planners_of
from citydesk.management.workforce.rules.availability import DayHours, Hours, hours_of, wrong_in
from citydesk.management.workforce.rules.roster.people import WEEK
from citydesk.management.workforce.services.notices import tell

ONE_DAY = timedelta(days=1)
MOST_DAYS = 31
# How far ahead hours and days may be said.
AHEAD = timedelta(days=366)
# By `rules.availability.Wrong`: the field a contradiction stands beside, and the words for it.
_FIELDS = {
    "no_begin": "starts",
    "no_end": "ends",
    "order": "ends",
    "likes_no_begin": "likes_from",
    "likes_no_end": "likes_until",
    "likes_order": "likes_until",
    "likes_never": "likes_from",
    "likes_outside": "likes_from",
}


@dataclass(frozen=True)
class _Row:
    """A stretch to keep, of a weekday or of a day."""

    hours: Hours
    weekday: int | None = None
    day: date | None = None


def say_week(*, first: date, days: Mapping[int, DayHours], access: Access, now: datetime) -> int:
    """Say the hours of every week from a day on (weekday 0 is Monday); returns the statement's id.

    It binds nothing before it is accepted; a week that still waits is taken back by it. Raises `Invalid` or
    `ManyInvalid` with fields such as `ends-0`, `NotAllowed`, `Conflict`.
    """
    me = _require_planned(access)
    wrong = [
        Invalid(str(labels.WRONG_HOURS[code]), field=f"{_FIELDS[code]}-{number}")
        for number, said in sorted(days.items())
        for code in wrong_in(said)
    ]
    _refuse([*_wrong_day(first, now, "first"), *wrong])
    rows = [_Row(one, weekday=number) for number in range(WEEK) if number in days for one in hours_of(days[number])]
    with transaction.atomic():
        for old in AvailabilityStatement.objects.select_for_update().filter(
            user_id=me, is_weekly=True, state=StatementState.WAITING
        ):
            _move(old, StatementState.WITHDRAWN)
        return _write(me, first, None, rows, access, now)


def say_days(*, first: date, last: date | None = None, said: DayHours, access: Access, now: datetime) -> int:
    """Say when one can work on a day, or on every day of a span of a month at most; returns the statement's id.

    Raises `Invalid` or `ManyInvalid`, `NotAllowed`.
    """
    me, last = _require_planned(access), last or first
    wrong = [Invalid(str(labels.WRONG_HOURS[code]), field=_FIELDS[code]) for code in wrong_in(said)]
    hours = hours_of(said)
    if not hours and not wrong:
        wrong.append(Invalid(_("Say what is different on that day."), field="mode"))
    if last < first:
        wrong.append(Invalid(_("The last day is before the first."), field="last"))
    elif (last - first).days >= MOST_DAYS:
        wrong.append(Invalid(_("A month at most. Say hours of every week instead."), field="last"))
    _refuse([*_wrong_day(first, now, "day"), *wrong])
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    rows = [_Row(one, day=day) for day in days for one in hours]
    with transaction.atomic():
        return _write(me, first, last, rows, access, now)


def _require_planned(access: Access) -> int:
    access.require(OWN)
    if not any(one.team_id in access.team_ids for one in all_groups()):
        raise NotAllowed(_("Nobody plans shifts for your team."))
    return access.actor.staff_id or 0


def _wrong_day(first: date, now: datetime, field: str) -> list[CitydeskError]:
    today = profile.city_today(now)
    if first < today:
        return [Invalid(_("From today on: what is past is past."), field=field)]
    return [Invalid(_("A year ahead at most."), field=field)] if first > today + AHEAD else []


def _refuse(wrong: list[CitydeskError]) -> None:
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise ManyInvalid(wrong)


def _write(me: int, first: date, last: date | None, rows: Iterable[_Row], access: Access, now: datetime) -> int:
    """A statement with its rows; who plans the person is told. `last` None: of every week."""
    try:
        with transaction.atomic():
            row = AvailabilityStatement.objects.create(
                user_id=me, is_weekly=last is None, first=first, last=last, said_at=now
            )
    except IntegrityError as error:
        raise Conflict(_("You said this on another page at the same moment."), field="first") from error
    Availability.objects.bulk_create(
        Availability(
            user_id=me, statement=row, kind=one.hours.kind, weekday=one.weekday, day=one.day, starts=one.hours.starts,
            ends=one.hours.ends, weight=one.hours.weight, made_at=now, made_by_id=me,
        )
        for one in rows
    )  # fmt: skip
    _note(row, "hours_said", access, now)
    teams = {one.team_id for one in all_groups() if one.team_id in access.team_ids}
    told = {one for team in teams for one in planners_of(team, now)} - {me}
    tell(told, "hours_said", {"day": first.isoformat(), "user": me}, now)
    return row.pk


def withdraw_statement(*, statement_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Take back what one said while it still waits. Raises `NotFound`, `Conflict`, `StaleVersion`."""
    access.require(OWN)
    with transaction.atomic():
        row = _waiting(statement_id, version, user_id=access.actor.staff_id or 0)
        _move(row, StatementState.WITHDRAWN)
        _note(row, "hours_withdrawn", access, now)


def accept_statement(
    *, statement_id: int, reason: str = "", access: Access, now: datetime, version: int | None = None
) -> None:
    """Let what somebody said bind the schedules that are solved from now on. What is published stays as it is.

    A week accepted before ends the day before this one begins; where a later one was accepted, this one ends before
    it. Raises `NotFound`, `NotAllowed` (one's own, or of another team), `Conflict`, `StaleVersion`.
    """
    with transaction.atomic():
        row = _to_decide(statement_id, access, now, version)
        if row.is_weekly:
            _make_room(row)
        _decide(row, StatementState.ACCEPTED, reason, access, now)


def _make_room(row: AvailabilityStatement) -> None:
    accepted = list(
        AvailabilityStatement.objects.select_for_update()
        .filter(user_id=row.user_id, is_weekly=True, state=StatementState.ACCEPTED)
        .order_by("first")
    )
    for old in accepted:
        if old.first == row.first:
            _move(old, StatementState.REPLACED)
        elif old.first < row.first and (old.last is None or old.last >= row.first):
            row.last, old.last = old.last, row.first - ONE_DAY
            _move(old, StatementState.ACCEPTED)
    later = next((one.first for one in accepted if one.first > row.first), None)
    if later is not None:
        row.last = later - ONE_DAY


def decline_statement(
    *, statement_id: int, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Leave the schedules unbound, with the reason, which the person reads.

    Raises `Invalid` without one, `NotFound`, `NotAllowed`, `Conflict`, `StaleVersion`.
    """
    if not reason.strip():
        raise Invalid(_("Say why it is declined."), field="reason")
    with transaction.atomic():
        row = _to_decide(statement_id, access, now, version)
        _decide(row, StatementState.DECLINED, reason, access, now)


def _to_decide(statement_id: int, access: Access, now: datetime, version: int | None) -> AvailabilityStatement:
    access.require(PLAN)
    user = AvailabilityStatement.objects.filter(pk=statement_id).values_list("user_id", flat=True).first()
    if user is None or user not in planned_people(access, now):
        raise NotFound(_("There is nothing here."))
    if user == access.actor.staff_id:
        raise NotAllowed(_("Nobody decides what they said themselves."))
    return _waiting(statement_id, version, user_id=user)


def _waiting(statement_id: int, version: int | None, *, user_id: int) -> AvailabilityStatement:
    """The statement, held, while it waits. All of a person's are held in one order, so that two decisions wait for
    each other."""
    held = list(AvailabilityStatement.objects.select_for_update().filter(user_id=user_id).order_by("pk"))
    row = next((one for one in held if one.pk == statement_id), None)
    if row is None:
        raise NotFound(_("There is nothing here."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)
    if row.state != StatementState.WAITING:
        raise Conflict(_("This was decided already."))
    return row


def _decide(row: AvailabilityStatement, then: StatementState, reason: str, access: Access, now: datetime) -> None:
    row.decided_at, row.decided_by_id, row.decision = now, access.actor.staff_id, reason.strip()[:400]
    _move(row, then)
    _note(row, f"hours_{then}", access, now, row.decision)
    tell([row.user_id], f"hours_{then}", {"day": row.first.isoformat()}, now)


def _move(row: AvailabilityStatement, then: StatementState) -> None:
    row.state = then
    row.version += 1
    row.save(update_fields=["state", "version", "last", "decided_at", "decided_by", "decision"])


def _note(row: AvailabilityStatement, code: str, access: Access, now: datetime, reason: str = "") -> None:
    name, facts = staff.get_user(row.user_id).name, {"from": row.first.isoformat()}
    act = audit.Act(f"workforce.{code}", STATEMENT, row.pk, name, after=facts, reason=reason)
    audit.record(act, actor=access.actor, now=now)
