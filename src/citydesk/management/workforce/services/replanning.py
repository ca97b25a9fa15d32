"""Somebody calls in sick: their shift is taken out of the published week, and what becomes of the hole is decided."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import services as staff
from citydesk.city.staff.choices import ABSENCES
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.workforce.choices import CALLS_TOPIC, OWN, PLAN, SICK_CALL, AmendmentKind, CallState
from citydesk.management.workforce.models import SickCall, StaffingGroup
from citydesk.management.workforce.queries.calls import options_for, seen_calls
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.published import PublishedPlan, planners_of
from citydesk.management.workforce.rules.replans import read_assignment
from citydesk.management.workforce.rules.roster.shifts import Assignment
from citydesk.management.workforce.services.amending import amend, exchanged_day, hold_week, told_pattern
from citydesk.management.workforce.services.notices import tell

REPLAN_SECONDS = 20


def call_in_sick(*, day: date, person_id: int | None = None, access: Access, now: datetime) -> int:
    """Take somebody's shift of a day out of the published week because they cannot come; returns the call's id.

    One's own with `OWN`, others' where one plans their team. The person is noted as away until the shift's end, those
    who plan are told, nothing is decided yet about who comes instead. Raises `NotFound`, `NotAllowed`, `Invalid`.
    """
    me = access.actor.staff_id or 0
    person = person_id or me
    shift = _shift_to_miss(person, day, now)
    _require_may_call(access, person, shift)
    with transaction.atomic():
        plan = hold_week(shift.group_id, day, now)
        code, number = plan.code_of(person), plan.day_of(day)
        held = next((one for one in plan.roster if (one.person, one.day) == (code, number)), None)
        if held is None:
            raise Conflict(_("That shift is not there any more."))
        amendment = amend(
            plan=plan,
            after=exchanged_day(plan.roster, code, number, None),
            kind=AmendmentKind.SICK,
            reason="",
            access=access,
            now=now,
        )
        row = SickCall.objects.create(
            group_id=shift.group_id,
            person_id=person,
            day=day,
            called_at=now,
            called_by_id=me,
            absence_id=_enter_absence(shift, access, now),
            amendment=amendment,
            shift={**(told_pattern(held.pattern) or {}), "inside": [[a.start, a.end, a.kind] for a in held.activities]},
        )
        _note(row, "sick_called", access.actor, now)
        team = StaffingGroup.objects.values_list("team_id", flat=True).get(pk=shift.group_id)
        told = set(planners_of(team, now)) - {me, person}
        tell(told, "sick_called", {"call": row.pk, "day": day.isoformat()}, now)
        if person != me:
            tell([person], "shift_taken", {"day": day.isoformat()}, now)
    return row.pk


def _shift_to_miss(person: int, day: date, now: datetime) -> ShiftRow:
    found = published_shifts([person], day, day)
    if not found:
        raise NotFound(_("There is no shift on that day."))
    if found[0].ends_at <= now:
        raise Invalid(_("That shift is over."), field="day")
    return found[0]


def _require_may_call(access: Access, person: int, shift: ShiftRow) -> None:
    if person == access.actor.staff_id:
        access.require(OWN)
        return
    access.require(PLAN)
    team = StaffingGroup.objects.values_list("team_id", flat=True).get(pk=shift.group_id)
    if team not in access.team_ids:
        raise NotFound(_("There is no such person."))


def _enter_absence(shift: ShiftRow, access: Access, now: datetime) -> int | None:
    """Note the absence, so that routing and promises know. Who calls in brings only this one right."""
    kinds = profile.entries("absence_kinds", profile.city_today(now))
    kind = next((code for code, body in kinds.items() if not body.get("is_planned")), None)
    if kind is None:
        return None
    try:
        with transaction.atomic():
            return staff.set_absence(
                user_id=shift.user_id,
                starts_at=max(now, at_local(shift.day, 0, profile.local_zone())),
                ends_at=shift.ends_at,
                kind=kind,
                access=Access(access.actor, frozenset({ABSENCES})),
                now=now,
            )
    except (Conflict, IntegrityError):
        return None  # known already


def ask_plan(*, call_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Let the worker look for a plan that changes little; whoever has the page open hears of its progress.

    Raises `NotFound`, `NotAllowed`, `Conflict`.
    """
    with transaction.atomic():
        row = _to_settle(call_id, access, version)
        if row.state == CallState.SOLVING:
            raise Conflict(_("The solver is at work already."))
        row.state, row.proposal, row.progress, row.stop_asked_at = CallState.SOLVING, None, None, None
        _keep(row, ["proposal", "progress", "stop_asked_at"])
        outbox.defer("workforce.replan", queue="heavy", once=f"workforce.replan.{row.pk}", call_id=row.pk)
        _note(row, "plan_asked", access.actor, now)


def stop_plan(*, call_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Ask the solver to stop; it keeps the best so far. One that has not begun ends at once.

    Raises `NotFound`, `NotAllowed`, `Conflict`.
    """
    with transaction.atomic():
        row = _to_settle(call_id, access, None)
        if row.state != CallState.SOLVING:
            raise Conflict(_("The solver is not at work."))
        row.stop_asked_at = row.stop_asked_at or now
        if row.progress is None:
            row.state = CallState.OPEN
        _keep(row, ["stop_asked_at"])
        _note(row, "plan_stopped", access.actor, now)


def keep_progress(*, call_id: int, progress: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Keep how far the solver is, for pages that show it; it is no version of the call. For the worker."""
    with transaction.atomic():
        if SickCall.objects.filter(pk=call_id, state=CallState.SOLVING).update(progress=progress):
            live.notify(CALLS_TOPIC, {"call": call_id})


def keep_proposal(*, call_id: int, proposal: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Keep what the worker found, or why it found nothing (`problem`). A call that was settled meanwhile stays so."""
    with transaction.atomic():
        row = SickCall.objects.select_for_update(of=("self",)).filter(pk=call_id, state=CallState.SOLVING).first()
        if row is None:
            return
        row.state, row.proposal = CallState.OPEN, proposal
        _keep(row, ["proposal"])
        _note(row, "plan_found", actor, now)


def take_option(*, call_id: int, person_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Fill the hole by one of the ranked options: somebody comes, or comes at other times.

    Raises `NotFound`, `NotAllowed`, `Conflict` (the option is not there any more).
    """
    with transaction.atomic():
        row = _to_settle(call_id, access, version)
        plan = hold_week(row.group_id, row.day, now)
        found = options_for(plan, row, now)
        code = plan.code_of(person_id)
        way = next((one for one in found if one.person == code), None)
        if way is None:
            raise Conflict(_("This way is not open any more."))
        day = plan.day_of(row.day)
        given = Assignment(code, day, way.pattern, origin="manual")
        _replan(row, plan, exchanged_day(plan.roster, code, day, given), "option", access, now)


def take_plan(*, call_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Publish what the solver found. Raises `NotFound`, `NotAllowed`, `Conflict` (the week has changed since)."""
    with transaction.atomic():
        row = _to_settle(call_id, access, version)
        if not row.proposal or row.proposal.get("problem"):
            raise Conflict(_("There is no plan to take."))
        plan = hold_week(row.group_id, row.day, now)
        if plan.schedule_id != row.proposal["schedule"]:
            raise Conflict(_("The week has changed since. Ask for a plan again."))
        after = list(plan.roster)
        for told in row.proposal["days"]:
            now_there = read_assignment(told["now"]) if told["now"] else None
            after = exchanged_day(after, told["person"], told["day"], now_there)
        _replan(row, plan, after, "solver", access, now)


def leave_hole(*, call_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """Settle a call without anybody in the place. Raises `NotFound`, `NotAllowed`, `Invalid`, `Conflict`."""
    if not reason.strip():
        raise Invalid(_("Say why nobody takes it."), field="reason")
    with transaction.atomic():
        row = _to_settle(call_id, access, version)
        _settle(row, reason.strip()[:400], access, now)


def _replan(
    row: SickCall, plan: PublishedPlan, after: list[Assignment], how: str, access: Access, now: datetime
) -> None:
    made = amend(plan=plan, after=after, kind=AmendmentKind.REPLAN, reason="", access=access, now=now)
    _settle(row, how, access, now)
    for change in made.changes:
        tell([change["user"]], "shift_changed", {"day": change["day"]}, now)


def _settle(row: SickCall, how: str, access: Access, now: datetime) -> None:
    row.state, row.settled_at, row.settled_by_id, row.settled_how = (
        CallState.SETTLED, now, access.actor.staff_id, how,
    )  # fmt: skip
    _keep(row, ["settled_at", "settled_by", "settled_how"])
    _note(row, "call_settled", access.actor, now)


def _to_settle(call_id: int, access: Access, version: int | None) -> SickCall:
    if not seen_calls(access).filter(pk=call_id).exists():
        raise NotFound(_("There is no such call."))
    row = SickCall.objects.select_for_update(of=("self",)).select_related("group").get(pk=call_id)
    if not access.may(PLAN) or row.group.team_id not in access.team_ids:
        raise NotAllowed(_("Who plans this team decides."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)
    if row.state == CallState.SETTLED:
        raise Conflict(_("This was decided already."))
    return row


def _keep(row: SickCall, fields: list[str]) -> None:
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    live.notify(CALLS_TOPIC, {"call": row.pk})


def _note(row: SickCall, code: str, actor: Actor, now: datetime) -> None:
    audit.record(audit.Act(f"workforce.{code}", SICK_CALL, row.pk, row.day.isoformat()), actor=actor, now=now)
