"""One act on the selected rows of the queue, and taking the last ones back."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.choices import BULK, ManyKind
from citydesk.contact.service_requests.forms import HoldForm, JoinForm, PlaceForm
from citydesk.contact.service_requests.views import undo
from citydesk.contact.service_requests.views.queue import TEMPLATE, context_of, with_defaults
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import read
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.lists import selected
from citydesk.kernel.pages import access_of, needs, render


@needs(BULK, long=True)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One act on the selected rows; the list comes back with what was done and what was refused."""
    access, now = access_of(request), utc_now()
    act = request.POST.get("act", "")
    try:
        chosen = selected(
            queries.queue_spec(access, now=now), queries.list_queue(access), request.POST, access=access, now=now
        )
        if act == "print":
            return redirect(f"{reverse('service_requests:print_many')}?{urlencode({'id': chosen.ids}, doseq=True)}")
        result = _do(act, request.POST, list(chosen.ids), access, now)
    except Invalid as error:
        return _list(request, access, now, problem=str(error.message), status=422)
    if isinstance(result, str):
        return _list(request, access, now, toast=result)
    if result.undo_id:
        undo.offer(request, result.undo_id, act, len(result.done), now)
    return _list(request, access, now, toast=_say(result), undo_id=result.undo_id)


@needs(BULK, long=True)
@require_POST
def take_back(request: HttpRequest, act_id: int) -> HttpResponse:
    """Undo one act on many rows; the list comes back with what was put back, or why nothing was."""
    access, now = access_of(request), utc_now()
    try:
        done = services.undo_many(act_id=act_id, access=access, now=now)
    except Conflict as error:
        return _list(request, access, now, problem=str(error.message), status=409)
    undo.withdraw(request, act_id)
    return _list(request, access, now, toast=_say_undone(done))


def _list(
    request: HttpRequest,
    access: Access,
    now: datetime,
    *,
    toast: str = "",
    undo_id: int | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    query = request.POST.get("query", "")
    context = context_of(with_defaults(QueryDict(query), access), access, now)
    context["undo"] = undo.offered(request, now)
    context["problems"] = [problem] if problem else []
    context["toasts"] = []
    if toast:
        undo_url = reverse("service_requests:take_back", args=[undo_id]) if undo_id else ""
        context["toasts"] = [
            {"text": toast, "undo_url": undo_url, "undo_target": "#queue", "undo_fields": {"query": query}}
        ]
    return render(request, TEMPLATE, context, fragment="list", status=status)


def _do(act: str, given: QueryDict, ids: list[int], access: Access, now: datetime) -> services.BulkResult | str:
    """Do it; a sentence where it waits for a second person instead."""
    if act == "take":
        return services.take_many(request_ids=ids, access=access, now=now)
    if act in _MANY:
        kind, arguments, reason = _MANY[act](given, access)
        done = services.do_many(kind=kind, request_ids=ids, given=arguments, reason=reason, access=access, now=now)
        return done.result or _("%(n)s at once wait for a second person now.") % {"n": len(ids)}
    if act == "hold":
        typed = read(HoldForm, given)
        return services.hold_many(
            request_ids=ids,
            reason=typed["hold_reason"],
            review_at=typed["review_at"],
            note=typed["note"],
            access=access,
            now=now,
        )
    if act == "work_order":
        crew = given.get("crew", "")
        return services.make_work_orders(
            request_ids=ids, crew_id=int(crew) if crew.isdecimal() else None, access=access, now=now
        )
    raise Invalid(_("There is no such act."))


Arguments = tuple[ManyKind, dict[str, Any], str]


def _assigning(given: QueryDict, access: Access) -> Arguments:
    typed = read(PlaceForm, given)
    words = {"team_id": typed["team"], "owner_id": typed["owner"], "reason": typed["reason"]}
    return ManyKind.ASSIGN, words, typed["reason"]


def _closing(given: QueryDict, access: Access) -> Arguments:
    words = {"reason": given.get("close_reason", ""), "text": given.get("close_text", ""), "note": ""}
    why = given.get("close_why", "")
    return ManyKind.CLOSE, {**words, "note": why}, why


def _joining(given: QueryDict, access: Access) -> Arguments:
    typed = read(JoinForm, given)
    words = {
        "main_id": queries.id_of(access, typed["main"]) if typed["main"] else None,
        "is_same": typed["joins"] == "same",
        "reason": typed["join_reason"],
    }
    return ManyKind.JOIN, words, typed["join_reason"]


_MANY = {"assign": _assigning, "team": _assigning, "close": _closing, "join": _joining}


def _say(result: services.BulkResult) -> str:
    """What a bulk act did, in one sentence; the first refusal is quoted."""
    done = _("%(n)s done") % {"n": len(result.done)}
    if not result.refused:
        return done
    return _("%(done)s, %(n)s refused: %(why)s") % {
        "done": done,
        "n": len(result.refused),
        "why": result.refused[0][1],
    }


def _say_undone(done: services.Undone) -> str:
    """What was put back, and what became of the messages about it."""
    parts = [ngettext("%(n)s request stands as before.", "%(n)s requests stand as before.", done.count)]
    counts = [done.count]
    if done.stopped:
        parts.append(ngettext("%(n)s message was stopped.", "%(n)s messages were stopped.", done.stopped))
        counts.append(done.stopped)
    if done.sent:
        parts.append(
            ngettext(
                "%(n)s message had been sent and stays sent.", "%(n)s messages had been sent and stay sent.", done.sent
            )
        )
        counts.append(done.sent)
    return " ".join(part % {"n": n} for part, n in zip(parts, counts, strict=True))
