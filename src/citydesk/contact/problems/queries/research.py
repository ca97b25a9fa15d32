"""Research tasks: lists, one task, what is mine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.contact.problems import choices
from citydesk.contact.problems.choices import RESEARCH_TYPE, ResearchState
from citydesk.contact.problems.models import Research
from citydesk.contact.problems.queries.problems import RESEARCH_LINE
from citydesk.contact.service_requests.queries import briefs
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class ResearchPage:
    """A research task and what the reader may do with it."""

    row: Research
    assignee: str
    about: str
    is_about_problem: bool
    history: list[Any]
    may_answer: bool
    may_move: bool
    may_publish: bool


def list_research(access: Access) -> Any:
    """Tasks the reader sees: those about requests and problems in sight, and whatever they asked or were asked."""
    return _in_sight(access).values(*RESEARCH_LINE)


def _in_sight(access: Access) -> Any:
    mine = Q(assignee_id=access.actor.staff_id) | Q(asked_by_user_id=access.actor.staff_id)
    rows = Research.objects.visible_to(access)
    if access.may(choices.VIEW_ALL):
        return rows.filter(mine | Q(request__isnull=True) | Q(request_id__in=briefs.ids_in_sight(access)))
    return rows.filter(mine | Q(request_id__in=briefs.ids_in_sight(access)))


def get_research(access: Access, research_id: int, *, now: datetime) -> ResearchPage:
    """A task's page, logged as read. Raises `NotFound` for what is not the reader's to see."""
    row = _in_sight(access).select_related("assignee", "problem").filter(pk=research_id).first()
    if row is None:
        raise NotFound(_("There is no such research task."))
    audit.record_read(object_type=RESEARCH_TYPE, object_id=row.pk, purpose="page", actor=access.actor, now=now)
    is_open, work = row.state == ResearchState.OPEN, access.may(choices.WORK)
    is_asker = row.asked_by_user_id == access.actor.staff_id
    return ResearchPage(
        row=row,
        assignee=row.assignee.name,
        about=row.request_number or row.problem.number,
        is_about_problem=row.problem_id is not None,
        history=audit.history_of(RESEARCH_TYPE, row.pk),
        may_answer=is_open and (work or row.assignee_id == access.actor.staff_id),
        may_move=is_open and (work or is_asker),
        may_publish=_may_publish(row, access),
    )


def _may_publish(row: Research, access: Access) -> bool:
    is_told = row.published_at is not None or row.request_id is None
    return row.state == ResearchState.ANSWERED and not is_told and access.may("service_requests.edit")


def list_mine(access: Access, *, limit: int = 6) -> list[dict[str, Any]]:
    """Open tasks the reader was asked to do, soonest due first."""
    rows = Research.objects.filter(assignee_id=access.actor.staff_id, state=ResearchState.OPEN)
    return list(rows.order_by("due_at", "id").values(*RESEARCH_LINE)[:limit])
