"""Research tasks and problems of somebody who is away, given to a colleague and taken back.

Whoever may enter absences may move them without reading them: nothing of their words is told.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff.choices import ABSENCES
from citydesk.contact.problems.choices import OBJECT_TYPE, RESEARCH_TYPE, ProblemState, ResearchState
from citydesk.contact.problems.events import ResearchAsked
from citydesk.contact.problems.models import Problem, Research
from citydesk.contact.problems.services.research import require_sees
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.moving import MovedThings

Row = TypeVar("Row", Research, Problem)


def move_all_research(*, from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime) -> MovedThings:
    """Give open research tasks to a colleague; dates stay. What the colleague may not open stays, and is named."""
    access.require(ABSENCES)
    moved, stays = list[list[int]](), list[str]()
    with transaction.atomic():
        open_ones = Research.objects.filter(assignee_id=from_user_id, state=ResearchState.OPEN)
        for row in open_ones.select_for_update(of=("self",)).order_by("pk"):
            try:
                require_sees(row, to_user_id, now)
            except Invalid as error:
                stays.append(_("Research stays: %(why)s") % {"why": error.message})
                continue
            _give_research(row, to_user_id, reason, access, now)
            outbox.publish(ResearchAsked(row.pk, to_user_id), now=now)
            moved.append([row.pk, row.version])
    return MovedThings(moved, tuple(dict.fromkeys(stays)))


def take_research_back(
    *, rows: Sequence[Sequence[int]], from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime
) -> int:
    """Give tasks back to whom they were moved from. Raises `Conflict` when one was gone on with since."""
    access.require(ABSENCES)
    with transaction.atomic():
        for row in _unchanged(Research, rows):
            if row.assignee_id != to_user_id or row.state != ResearchState.OPEN:
                raise Conflict(_("Nothing was taken back: research was gone on with since."))
            _give_research(row, from_user_id, reason, access, now)
    return len(rows)


def move_problems(*, from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime) -> MovedThings:
    """Give the open problems somebody answers for to a colleague."""
    access.require(ABSENCES)
    moved = []
    with transaction.atomic():
        held = Problem.objects.filter(owner_id=from_user_id).exclude(state=ProblemState.CLOSED)
        for row in held.select_for_update(of=("self",)).order_by("pk"):
            _give_problem(row, to_user_id, reason, access, now)
            moved.append([row.pk, row.version])
    return MovedThings(moved)


def take_problems_back(
    *, rows: Sequence[Sequence[int]], from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime
) -> int:
    """Give problems back to whom they were moved from. Raises `Conflict` when one changed since."""
    access.require(ABSENCES)
    with transaction.atomic():
        for row in _unchanged(Problem, rows):
            if row.owner_id != to_user_id:
                raise Conflict(_("Nothing was taken back: a problem changed since."))
            _give_problem(row, from_user_id, reason, access, now)
    return len(rows)


def _unchanged(model: type[Row], rows: Sequence[Sequence[int]]) -> list[Row]:
    wanted = {pk: version for pk, version in rows}
    found = list(model._default_manager.filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk"))
    if any(row.version != wanted[row.pk] for row in found):
        raise Conflict(_("Nothing was taken back: a problem or research changed since."))
    return found


def _give_research(row: Research, user_id: int, reason: str, access: Access, now: datetime) -> None:
    before = {"due": row.due_at, "assignee": row.assignee_id}
    row.assignee_id, row.reminded_at = user_id, None
    row.version += 1
    row.save(update_fields=["assignee", "reminded_at", "version"])
    act = audit.Act("problems.research_moved", RESEARCH_TYPE, row.pk, row.request_number, before=before, reason=reason)
    audit.record(act, actor=access.actor, now=now)


def _give_problem(row: Problem, user_id: int, reason: str, access: Access, now: datetime) -> None:
    before = {"owner": row.owner_id}
    row.owner_id, row.updated_at = user_id, now
    row.version += 1
    row.save(update_fields=["owner", "updated_at", "version"])
    act = audit.Act("problems.given", OBJECT_TYPE, row.pk, row.number, before=before, reason=reason)
    audit.record(act, actor=access.actor, now=now)
