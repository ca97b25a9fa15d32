"""Research tasks: a question, who finds out, by when; a written finding with sources; a public summary if wanted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.problems.choices import RESEARCH, RESEARCH_TYPE, WORK, ProblemState, ResearchState
from citydesk.contact.problems.events import ResearchAnswered, ResearchAsked
from citydesk.contact.problems.models import Research
from citydesk.contact.problems.rules import states
from citydesk.contact.problems.services.acts import take, words
from citydesk.contact.service_requests import services as service_requests
from citydesk.contact.service_requests.queries import briefs
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion


def ask_research(
    *,
    question: str,
    assignee_id: int,
    due_at: datetime,
    access: Access,
    now: datetime,
    request_number: str = "",
    problem_id: int | None = None,
    sources: str = "",
    is_for_few: bool = False,
) -> int:
    """Ask somebody to find something out about a request or a problem; returns the task's id.

    Who is asked must see what it is about. Raises `Invalid`, `NotFound`, `Conflict` for a confidential request.
    """
    access.require(RESEARCH)
    if due_at <= now:
        raise Invalid(_("Choose a time to come."), field="due_at")
    if bool(request_number) == (problem_id is not None):
        raise Invalid(_("Research is about one request or one problem."), field="about")
    with transaction.atomic():
        row = Research(question=words(question, "question"), sources=words(sources, "sources", must=False))
        _set_about(row, request_number, problem_id, access)
        require_sees(row, assignee_id, now)
        row.assignee_id, row.due_at, row.is_for_few = assignee_id, due_at, is_for_few
        row.asked_at, row.asked_by, row.asked_by_user_id = now, access.actor.label[:120], access.actor.staff_id
        row.save(force_insert=True)
        act = audit.Act("problems.research_asked", RESEARCH_TYPE, row.pk, row.request_number, after={"due": due_at})
        audit.record(act, actor=access.actor, now=now)
        outbox.publish(ResearchAsked(row.pk, assignee_id), now=now)
        return row.pk


def _set_about(row: Research, request_number: str, problem_id: int | None, access: Access) -> None:
    if problem_id is not None:
        problem = take(problem_id, access)
        if problem.state == ProblemState.CLOSED:
            raise Conflict(_("The problem is closed."))
        row.problem = problem
        return
    brief = briefs.get_brief(access, request_number)
    if brief.is_confidential:
        raise Conflict(_("About a confidential request nobody else is asked."), field="about")
    row.request_id, row.request_number = brief.id, brief.number


def require_sees(row: Research, assignee_id: int, now: datetime) -> None:
    """Whoever is asked must be able to open what it is about, and the task."""
    user = staff.user_with_rights(assignee_id, now)
    if user is None:
        raise Invalid(_("Choose who finds it out."), field="assignee")
    theirs = staff.access_for(user, now)
    if not theirs.may("problems.view"):
        raise Invalid(_("This person cannot open research tasks."), field="assignee")
    if row.request_id is not None:
        try:
            briefs.get_brief(theirs, row.request_number)
        except NotFound:
            raise Invalid(_("This person cannot open the request."), field="assignee") from None


def answer_research(
    *,
    research_id: int,
    finding: str,
    sources: str,
    access: Access,
    now: datetime,
    public_summary: str = "",
    version: int | None = None,
) -> None:
    """Write what was found out and from which sources. Whoever was asked does, or who works on problems."""
    with transaction.atomic():
        row = _take(research_id, access, "answer", version)
        if row.assignee_id != access.actor.staff_id and not access.may(WORK):
            raise NotAllowed(_("Somebody else was asked."))
        row.finding, row.sources = words(finding, "finding"), words(sources, "sources")
        row.public_summary = words(public_summary, "public_summary", must=False)
        row.state, row.answered_at, row.answered_by = ResearchState.ANSWERED, now, access.actor.label[:120]
        _keep(row, "research_answered", access, now)
        if row.asked_by_user_id is not None:
            outbox.publish(ResearchAnswered(row.pk, row.asked_by_user_id), now=now)


def move_research(
    *, research_id: int, due_at: datetime, assignee_id: int, reason: str, access: Access, now: datetime
) -> None:
    """Give a task more time or to somebody else, with a reason."""
    if due_at <= now:
        raise Invalid(_("Choose a time to come."), field="due_at")
    said = words(reason, "reason")
    with transaction.atomic():
        row = _take(research_id, access, "move", None)
        _require_asker(row, access)
        require_sees(row, assignee_id, now)
        before = {"due": row.due_at, "assignee": row.assignee_id}
        is_other = row.assignee_id != assignee_id
        row.due_at, row.assignee_id, row.reminded_at = due_at, assignee_id, None
        _keep(row, "research_moved", access, now, before=before, reason=said)
        if is_other:
            outbox.publish(ResearchAsked(row.pk, assignee_id), now=now)


def withdraw_research(*, research_id: int, reason: str, access: Access, now: datetime) -> None:
    """Take a question back, with a reason."""
    said = words(reason, "reason")
    with transaction.atomic():
        row = _take(research_id, access, "withdraw", None)
        _require_asker(row, access)
        row.state = ResearchState.WITHDRAWN
        _keep(row, "research_withdrawn", access, now, reason=said)


def publish_summary(*, research_id: int, text: str, access: Access, now: datetime) -> int:
    """Tell the people of the request what was found out, in words for them; returns the id of the public note.

    Needs the right to write to residents about the request; once.
    """
    with transaction.atomic():
        row = _take(research_id, access, "publish", None)
        if row.request_id is None:
            raise Conflict(_("Only research about a request is told to residents."))
        if row.published_at is not None:
            raise Conflict(_("This was told already."))
        row.public_summary, row.published_at = words(text, "public_summary"), now
        note = service_requests.add_note(
            request_id=row.request_id, text=row.public_summary, kind="public", access=access, now=now
        )
        _keep(row, "research_published", access, now)
        return note


def _require_asker(row: Research, access: Access) -> None:
    if row.asked_by_user_id != access.actor.staff_id and not access.may(WORK):
        raise NotAllowed(_("Somebody else asked this."))


def _take(research_id: int, access: Access, move: str, version: int | None) -> Research:
    row = Research.objects.visible_to(access).select_for_update(of=("self",)).filter(pk=research_id).first()
    if row is None or not _is_about_in_sight(row, access):
        raise NotFound(_("There is no such research task."))
    if ResearchState(row.state) not in states.RESEARCH_MOVES[move]:
        raise Conflict(_("The task has changed: this is not possible now."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this task first."), version=row.version, theirs=row.version)
    return row


def _is_about_in_sight(row: Research, access: Access) -> bool:
    """Whether the reader sees the request; who was asked or asked about a problem sees the task for its own sake."""
    if row.request_id is None:
        return True
    return briefs.ids_in_sight(access).filter(pk=row.request_id).exists()


def _keep(row: Research, code: str, access: Access, now: datetime, *, before: object = None, reason: str = "") -> None:
    row.version += 1
    row.save()
    act = audit.Act(f"problems.{code}", RESEARCH_TYPE, row.pk, row.request_number, before=before, reason=reason)
    audit.record(act, actor=access.actor, now=now)
