"""Promises, saved contacts, and what a supervisor watches."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.interactions import labels, queries, services
from citydesk.contact.interactions.choices import SUPERVISE, TAKE, VIEW
from citydesk.contact.interactions.forms import MoveForm, ReasonForm, SettleForm
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, NotFound
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(TAKE)
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """Open promises by due time: one's own, or everybody's for a supervisor."""
    return _promises(request, {}, 200)


def _promises(request: HttpRequest, errors: dict[str, Any], status: int) -> HttpResponse:
    now, access = utc_now(), access_of(request)
    whose = "all" if request.GET.get("whose") == "all" and access.may(SUPERVISE) else "mine"
    found = queries.list_promises(access=access, now=now, whose=whose)
    context = {"promises": found, "whose": whose, "at": now, "kinds": labels.PROMISE_KINDS, "errors": errors}
    return render(request, "interactions/promises.jinja", context, status=status)


def _act(request: HttpRequest, form: Form, act: Callable[..., Any], **arguments: Any) -> HttpResponse:
    """Check the form, do the act, show the list again; what does not hold stands beside its row."""
    if not form.is_valid():
        return _promises(request, dict(form.errors), 422)
    try:
        act(access=access_of(request), now=utc_now(), **arguments, **form.cleaned_data)
    except NotFound as error:
        raise_as_http(error)
    except CitydeskError as error:
        return _promises(request, {error.field or "promise": [str(error.message)]}, 422)
    return redirect("interactions:promises")


@needs(TAKE)
@require_POST
def promise_done(request: HttpRequest, promise_id: int) -> HttpResponse:
    """The promise was kept, or done late; the clock says which."""
    return _act(request, SettleForm(request.POST), services.settle_promise, promise_id=promise_id)


@needs(TAKE)
@require_POST
def promise_move(request: HttpRequest, promise_id: int) -> HttpResponse:
    """The resident agreed to a later time."""
    return _act(request, MoveForm(request.POST), services.move_promise, promise_id=promise_id)


@needs(TAKE)
@require_POST
def promise_withdraw(request: HttpRequest, promise_id: int) -> HttpResponse:
    """The resident wants it no longer."""
    return _act(request, ReasonForm(request.POST), services.withdraw_promise, promise_id=promise_id)


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """A saved contact."""
    try:
        contact = queries.get_contact(access=access_of(request), number=number, now=utc_now())
    except NotFound as error:
        raise_as_http(error)
        raise
    context = {
        "contact": contact,
        "channels": labels.CHANNELS,
        "directions": labels.DIRECTIONS,
        "classes": labels.CALLER_CLASSES,
        "outcomes": labels.OUTCOMES,
        "endings": labels.ENDINGS,
        "settled": labels.SETTLED,
        "history": queries.list_history(interaction_id=contact.id),
    }
    return render(request, "interactions/detail.jinja", context)


@needs(SUPERVISE)
@require_GET
def watch(request: HttpRequest) -> HttpResponse:
    """Calls for help, drafts left unfinished, privacy tasks, raw input that waits."""
    now, access = utc_now(), access_of(request)
    context = {
        "help_calls": queries.list_alerts(access=access, now=now),
        "old_drafts": queries.list_old_drafts(access=access, now=now),
        "privacy_tasks": queries.list_privacy_tasks(access=access),
        "raw": queries.count_raw(),
        "help_kinds": labels.HELP_KINDS,
        "message_channels": labels.CHANNELS,
        "at": now,
    }
    return render(request, "interactions/watch.jinja", context)


@needs(SUPERVISE)
@require_GET
def watch_draft(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """An open contact of a clerk, as it is typed: drawn anew when the event stream says that something was."""
    now, access = utc_now(), access_of(request)
    is_part = bool(getattr(request, "htmx", False))
    try:
        services.look_in(interaction_id=interaction_id, access=access, now=now)
        found = queries.get_watched(access=access, interaction_id=interaction_id, now=now)
    except (NotFound, Conflict) as error:
        if is_part:  # finished, or in confidence by now: nothing of it stays on the page
            return render(request, "interactions/watch_gone.jinja", {"message": error.message})
        raise_as_http(error)
        raise
    context = {"watched": found, "draft": found.draft, "at": now}
    return render(request, "interactions/watch_draft.jinja", context, fragment="typed")


@needs(SUPERVISE)
@require_POST
def watch_end(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The page that looked in was left."""
    services.look_away(interaction_id=interaction_id, access=access_of(request), now=utc_now())
    return HttpResponse(status=204)


@needs(SUPERVISE)
@require_POST
def draft_advise(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """A note on a clerk's open contact: it stands before the clerk at once."""
    try:
        services.advise(
            interaction_id=interaction_id, text=request.POST.get("text", ""), access=access_of(request), now=utc_now()
        )
    except CitydeskError as error:
        if not error.field:
            raise_as_http(error)
    return redirect("interactions:watch_draft", interaction_id)


def _supervised(request: HttpRequest, act: Callable[..., Any], **arguments: Any) -> HttpResponse:
    try:
        act(access=access_of(request), now=utc_now(), **arguments)
    except CitydeskError as error:
        raise_as_http(error) if not error.field else None
    return redirect("interactions:watch")


@needs(SUPERVISE)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The calls for help on top of every page, asked for again when the event stream says there is news."""
    return render(request, "interactions/alerts.jinja", {})


@needs(SUPERVISE)
@require_POST
def help_answer(request: HttpRequest, help_call_id: int) -> HttpResponse:
    """A supervisor goes there, or writes an answer."""
    answer = request.POST.get("answer", "")
    if getattr(request, "htmx", False):
        with suppress(Conflict):  # a colleague was quicker: the list shows it
            services.answer_help(help_call_id=help_call_id, answer=answer, access=access_of(request), now=utc_now())
        return render(request, "interactions/alerts.jinja", {})
    return _supervised(request, services.answer_help, help_call_id=help_call_id, answer=answer)


@needs(SUPERVISE)
@require_POST
def draft_take(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Take a clerk's open contact to one's own desk, in front."""
    return _supervised(request, services.take_over, interaction_id=interaction_id)


@needs(SUPERVISE)
@require_POST
def draft_drop(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Drop a draft nobody will finish, with the reason."""
    reason = request.POST.get("reason", "")
    return _supervised(request, services.drop, interaction_id=interaction_id, reason=reason)


@needs(SUPERVISE)
@require_POST
def privacy_done(request: HttpRequest, task_id: int) -> HttpResponse:
    """A privacy task was looked into."""
    finding = request.POST.get("finding", "")
    return _supervised(request, services.finish_privacy_task, task_id=task_id, finding=finding)
