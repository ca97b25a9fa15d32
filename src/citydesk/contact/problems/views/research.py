"""One research task, and asking one from a request's page."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.problems import labels, queries, services
from citydesk.contact.problems.choices import RESEARCH, VIEW
from citydesk.contact.problems.forms import FindingForm, MoveForm, ResearchForm
from citydesk.contact.problems.views.problem import fold
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Act, Refusal, act_on, read, shown_again, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def research_task(request: HttpRequest, research_id: int) -> HttpResponse:
    """One research task."""
    return _page(request, research_id)


def _page(request: HttpRequest, research_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_research(access, research_id, now=now)
    context = {
        "page": page,
        "row": page.row,
        "labels": labels,
        "at": now,
        "people": queries.people() if page.may_move else [],
        **shown_again(refusal),
        "opened": refusal.act if refusal else "",
    }
    return render(request, "problems/research.jinja", context, status=refusal.status if refusal else 200)


@needs(VIEW)
@require_POST
def act_on_research(request: HttpRequest, research_id: int) -> HttpResponse:
    """Answer a task, move it, take it back, tell residents."""
    return act_on(
        request,
        ACTS,
        find=lambda _access: research_id,
        refused=lambda refusal: _page(request, research_id, refusal),
        done=lambda: redirect("problems:research_task", research_id),
    )


def _answer(request: HttpRequest, research_id: int, access: Access, now: datetime) -> None:
    typed = read(FindingForm, request.POST)
    version = version_of(request.POST)
    services.answer_research(research_id=research_id, **typed, access=access, now=now, version=version)


def _move(request: HttpRequest, research_id: int, access: Access, now: datetime) -> None:
    typed = read(MoveForm, request.POST)
    services.move_research(
        research_id=research_id,
        due_at=typed["due_at"],
        assignee_id=typed["assignee"],
        reason=typed["reason"],
        access=access,
        now=now,
    )


def _withdraw(request: HttpRequest, research_id: int, access: Access, now: datetime) -> None:
    services.withdraw_research(research_id=research_id, reason=request.POST.get("reason", ""), access=access, now=now)


def _publish(request: HttpRequest, research_id: int, access: Access, now: datetime) -> None:
    services.publish_summary(
        research_id=research_id, text=request.POST.get("public_summary", ""), access=access, now=now
    )


ACTS: dict[str, Act] = {
    "answer": _answer,
    "move": _move,
    "withdraw": _withdraw,
    "publish": _publish,
}


@needs(RESEARCH)
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a question about a request, from the fold on its page."""
    access, now = access_of(request), utc_now()
    try:
        typed = read(ResearchForm, request.POST)
        services.ask_research(
            question=typed["question"],
            assignee_id=typed["assignee"],
            due_at=typed["due_at"],
            sources=typed["sources"],
            is_for_few=typed["is_for_few"],
            request_number=number,
            access=access,
            now=now,
        )
    except REFUSALS as error:
        return fold(request, number, error)
    return fold(request, number)
