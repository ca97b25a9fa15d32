"""What a department is asked to do about a problem, and its answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.problems.choices import ANSWER, WORK, ActionState, ProblemState
from citydesk.contact.problems.events import ActionAnswered, ActionRequested
from citydesk.contact.problems.models import Action, Problem
from citydesk.contact.problems.rules import states
from citydesk.contact.problems.services.acts import keep, take, words
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound


def ask_department(
    *,
    problem_id: int,
    department_id: int,
    text: str,
    due_at: datetime,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Ask a department to remedy a problem by a time; returns the action's id.

    Analysis and recommendation must be written: a department is never asked without reasons.
    """
    if due_at <= now:
        raise Invalid(_("Choose a time to come."), field="due_at")
    with transaction.atomic():
        row = take(problem_id, access, permission=WORK, move="ask", version=version)
        missing = states.missing_for("ask", analysis=row.analysis, recommendation=row.recommendation)
        if missing:
            raise Invalid(_("Write analysis and recommendation first."), field=missing)
        if department_id not in {one.id for one in staff.list_departments()}:
            raise Invalid(_("Choose a department."), field="department")
        action = Action.objects.create(
            problem=row,
            department_id=department_id,
            text=words(text, "text"),
            due_at=due_at,
            asked_at=now,
            asked_by=access.actor.label[:120],
            asked_by_user_id=access.actor.staff_id,
        )
        row.state = ProblemState.ACTION
        event = ActionRequested(row.pk, row.number, action.pk, department_id)
        after = {"department": department_id, "due": due_at, "action": action.pk}
        keep(row, ["state"], "action_asked", actor=access.actor, now=now, after=after, event=event)
        return action.pk


def accept_action(*, action_id: int, text: str = "", access: Access, now: datetime) -> None:
    """The department takes it on."""
    _answer(action_id, "accept", ActionState.ACCEPTED, words(text, "answer", must=False), access, now)


def decline_action(*, action_id: int, reason: str, access: Access, now: datetime) -> None:
    """The department does not do it, and says why."""
    _answer(action_id, "decline", ActionState.DECLINED, words(reason, "answer"), access, now)


def finish_action(*, action_id: int, text: str, done_at: datetime | None, access: Access, now: datetime) -> None:
    """The department did it; from `done_at` (now, if not given) the effect is measured."""
    if done_at is not None and done_at > now:
        raise Invalid(_("This day is still to come."), field="done_at")
    _answer(action_id, "done", ActionState.DONE, words(text, "answer"), access, now, done_at=done_at or now)


def _answer(
    action_id: int,
    move: str,
    state: ActionState,
    text: str,
    access: Access,
    now: datetime,
    done_at: datetime | None = None,
) -> None:
    with transaction.atomic():
        row, action = _take(action_id, access)
        access.require(ANSWER)
        if action.department_id not in access.department_ids:
            raise NotAllowed(_("Another department was asked."))
        _settle(row, action, move, state, text, access, now, done_at)


def withdraw_action(*, action_id: int, reason: str, access: Access, now: datetime) -> None:
    """Take a request to a department back, with a reason."""
    with transaction.atomic():
        row, action = _take(action_id, access)
        access.require(WORK)
        _settle(row, action, "withdraw", ActionState.WITHDRAWN, words(reason, "answer"), access, now, None)


def _take(action_id: int, access: Access) -> tuple[Problem, Action]:
    """Lock the problem, then the action."""
    problem_id = Action.objects.filter(pk=action_id).values_list("problem_id", flat=True).first()
    if problem_id is None:
        raise NotFound(_("There is no such action."))
    row = take(problem_id, access)
    return row, Action.objects.select_for_update().get(pk=action_id)


def _settle(
    row: Problem,
    action: Action,
    move: str,
    state: ActionState,
    text: str,
    access: Access,
    now: datetime,
    done_at: datetime | None,
) -> None:
    if ActionState(action.state) not in states.ACTION_MOVES[move] or row.state == ProblemState.CLOSED:
        raise Conflict(_("This was answered already."))
    before = {"state": action.state}
    action.state, action.answer, action.answered_at = state, text, now
    action.answered_by, action.done_at = access.actor.label[:120], done_at
    action.save()
    every = list(Action.objects.filter(problem=row).values_list("state", flat=True))
    row.state = states.state_after_actions(row.state, every)
    if done_at is not None:
        row.remedied_at = max(done_at, row.remedied_at) if row.remedied_at else done_at
    keep(
        row,
        ["state", "remedied_at"],
        f"action_{state}",
        actor=access.actor,
        now=now,
        before=before,
        after={"action": action.pk},
        reason=text,
        event=ActionAnswered(row.pk, row.number, action.pk, state),
    )
