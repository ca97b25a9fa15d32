"""Following a report by its link, and getting the link again."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound, TooMany
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network
from citydesk.portal import forms, rules
from citydesk.portal.queries.tracking import track_page
from citydesk.portal.services import tracking
from citydesk.portal.views.pages import keep_private, language_of, show
from citydesk.portal.views.report import page_methods

_REASON = "the unguessable link is the right"


@public(_REASON)
@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    """How a report goes."""
    done = request.GET.get("done", "")
    return _page(request, token, [], done if done in DONE else "")


def _page(
    request: HttpRequest, token: str, errors: forms.Errors, done: str, *, typed: str = "", status: int = 200
) -> HttpResponse:
    try:
        page = track_page(token, language=language_of(), now=utc_now())
    except NotFound:
        return show(request, "track/gone", {}, status=404)
    values = {
        "page": page,
        "one": page.request,
        "token": token,
        "errors": errors,
        "done": str(DONE[done]()) if done else "",
        "typed": typed,
    }
    return show(request, "track/page", values, status=status)


DONE: dict[str, Callable[[], str]] = {
    "answer": lambda: _("Thank you. We added what you wrote."),
    "reopen": lambda: _("It is open again. We look at it once more."),
    "withdraw": lambda: _("You took your report back."),
    "stop": lambda: _("We do not write to you about it any more."),
    "reach": lambda: _("We changed how we write to you."),
    "settled": lambda: _("Thank you for your answer."),
}


@public(_REASON)
@require_POST
def act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """Answer, reopen, withdraw, stop, be told another way, or say whether it was settled; what was typed stays."""
    verbs: dict[str, Callable[..., None]] = {
        "answer": tracking.answer,
        "reopen": tracking.reopen,
        "withdraw": tracking.withdraw,
        "stop": tracking.stop_messages,
        "reach": tracking.change_reach,
        "settled": tracking.say_settled,
    }
    if verb not in verbs:
        raise NotFound(_("There is no such page."))
    text = rules.clean(request.POST.get("text", ""), rules.LONGEST_WORDS)
    given: dict[str, Any] = {
        "answer": {"text": text},
        "reopen": {"reason": text},
        "withdraw": {"reason": text},
        "stop": {},
        "reach": _reach_of(request),
        "settled": {"answer": request.POST.get("answer", "")[:10], "language": language_of()},
    }[verb]
    try:
        verbs[verb](token=token, now=utc_now(), **given)
    except NotFound:
        return show(request, "track/gone", {}, status=404)
    except CitydeskError as error:
        field = {"text": "answer", "reason": "reopen"}.get(error.field or "", error.field or verb)
        return _page(request, token, [(field, str(error.message))], "", typed=text, status=error.status)
    if verb == "stop":
        return show(request, "track/stopped", {})
    answer = redirect(reverse("portal:track", kwargs={"token": token}) + f"?done={verb}")
    keep_private(answer)
    return answer


def _reach_of(request: HttpRequest) -> dict[str, Any]:
    return {
        "channel": request.POST.get("channel", "email"),
        "to": rules.line(request.POST.get("to", ""), 254),
        "has_consent": request.POST.get("consent") == "1",
        "language": language_of(),
    }


@public("anybody may ask for the link to their own report")
@page_methods
def find(request: HttpRequest) -> HttpResponse:
    """The link again, sent to where it was sent before; the page never says whether there is such a report."""
    errors: forms.Errors = []
    number = rules.line(request.POST.get("number", ""), 40)
    contact = rules.line(request.POST.get("contact", ""), 254)
    is_sent = False
    if request.method == "POST":
        errors = [
            (field, sentence)
            for field, given, sentence in (
                ("number", number, _("Write the number of the report.")),
                ("contact", contact, _("Write the e-mail address or phone number you gave us.")),
            )
            if not given
        ]
        if not errors:
            try:
                tracking.send_link_again(number=number, contact=contact, network=client_network(request), now=utc_now())
                is_sent = True
            except TooMany as error:
                errors = [("number", str(error.message))]
    values = {"errors": errors, "number": number, "contact": contact, "is_sent": is_sent}
    return show(request, "track/find", values, status=422 if errors else 200)
