"""One problem: its page, the one door for what is done to it, a new one, its paper, its fold on a request's page."""

import re
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.contact.problems import labels, queries, services
from citydesk.contact.problems.choices import RESEARCH, VIEW, WORK
from citydesk.contact.problems.forms import (
    AnswerForm,
    AskForm,
    CloseForm,
    OpenForm,
    RemediedForm,
    ResearchForm,
    WriteForm,
)
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Act, Refusal, act_on, read, said, shown_again, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One problem."""
    return _page(request, number)


def _page(request: HttpRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_problem(access, number, now=now)
    context = {
        "page": page,
        "row": page.row,
        "labels": labels,
        "at": now,
        "departments": queries.departments() if page.may["ask"] else [],
        "people": queries.people() if page.may["research"] else [],
        "results": [(code, str(text)) for code, text in labels.RESULTS.items()],
        **shown_again(refusal),
        "opened": refusal.act if refusal else "",
        "remedied_day": localtime(page.row.remedied_at).date().isoformat() if page.row.remedied_at else "",
    }
    return render(request, "problems/detail.jinja", context, status=refusal.status if refusal else 200)


@needs(VIEW)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Do one thing with a problem. What is refused comes back with what was typed and the sentence beside the field."""
    return act_on(
        request,
        ACTS,
        find=lambda access: queries.id_of(access, number),
        refused=lambda refusal: _page(request, number, refusal),
        done=lambda: redirect("problems:detail", number),
    )


def _write(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(WriteForm, request.POST)
    services.write(problem_id=problem_id, **typed, access=access, now=now, version=version_of(request.POST))


def _ask(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(AskForm, request.POST)
    services.ask_department(
        problem_id=problem_id,
        department_id=typed["department"],
        text=typed["text"],
        due_at=typed["due_at"],
        access=access,
        now=now,
    )


def _answer(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(AnswerForm, request.POST)
    action, text, move = typed["action"], typed["answer"], request.POST.get("move", "")
    if move == "accept":
        services.accept_action(action_id=action, text=text, access=access, now=now)
    elif move == "decline":
        services.decline_action(action_id=action, reason=text, access=access, now=now)
    elif move == "done":
        services.finish_action(action_id=action, text=text, done_at=typed["done_at"], access=access, now=now)
    else:
        services.withdraw_action(action_id=action, reason=text, access=access, now=now)


def _add(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    services.add_requests(
        problem_id=problem_id, numbers=_numbers(request.POST.get("requests", "")), access=access, now=now
    )


def _remove(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    services.remove_request(problem_id=problem_id, number=request.POST.get("number", ""), access=access, now=now)


def _remedied(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(RemediedForm, request.POST)
    services.set_remedied(problem_id=problem_id, at=typed["remedied_at"], access=access, now=now)


def _close(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(CloseForm, request.POST)
    services.close(problem_id=problem_id, **typed, access=access, now=now, version=version_of(request.POST))


def _reopen(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    services.reopen(problem_id=problem_id, reason=request.POST.get("reason", ""), access=access, now=now)


def _research(request: HttpRequest, problem_id: int, access: Access, now: datetime) -> None:
    typed = read(ResearchForm, request.POST)
    services.ask_research(
        question=typed["question"],
        assignee_id=typed["assignee"],
        due_at=typed["due_at"],
        sources=typed["sources"],
        is_for_few=typed["is_for_few"],
        problem_id=problem_id,
        access=access,
        now=now,
    )


ACTS: dict[str, Act] = {
    "write": _write,
    "ask": _ask,
    "answer": _answer,
    "add": _add,
    "remove": _remove,
    "remedied": _remedied,
    "close": _close,
    "reopen": _reopen,
    "research": _research,
}


def _numbers(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,;]+", text) if one]


@needs(WORK)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A problem around requests that a person put together."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        try:
            typed = read(OpenForm, request.POST)
            number = services.open_problem(
                title=typed["title"], request_numbers=_numbers(typed["requests"]), access=access, now=now
            )
            return redirect("problems:detail", number)
        except (*REFUSALS, NotFound) as error:
            errors, status = said(error), 422
            if isinstance(error, NotFound):
                errors = {"requests": [str(error.message)]}
    typed = request.POST if request.method == "POST" else {"requests": request.GET.get("request", "")}
    return render(request, "problems/new.jinja", {"typed": typed, "errors": errors}, status=status)


@needs(VIEW)
@require_GET
def of_request(request: HttpRequest, number: str) -> HttpResponse:
    """A request's problems, recurrences and research, loaded when the fold on its page is opened."""
    return fold(request, number)


def fold(
    request: HttpRequest, number: str, error: CitydeskError | None = None, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The fold's inside, with what a refused question gives back."""
    access, now = access_of(request), utc_now()
    found = queries.of_request(access, number)
    may_ask = access.may(RESEARCH) and not found["brief"].is_confidential
    whole = {
        **found,
        "labels": labels,
        "at": now,
        "may": {"work": access.may(WORK) and not found["brief"].is_confidential, "research": may_ask},
        "people": queries.people() if may_ask else [],
        "typed": request.POST if error else {},
        "errors": said(error) if error else {},
        **(context or {}),
    }
    return render(request, "problems/of_request.jinja", whole, fragment="inside", status=error.status if error else 200)
