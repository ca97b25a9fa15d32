"""The clock in the bar of every page of the desk: what it shows is kept in the session and costs a page no statement.

Opening it asks what is true; a press on another screen is told over the live news, and the bar asks again.
"""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.kernel import texts
from citydesk.kernel.acts import REFUSALS, Refusal, read, shown_again
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.timekeeping import forms, labels, queries, services
from citydesk.management.timekeeping.choices import OWN, ClockState
from citydesk.management.timekeeping.queries import ClockNow

_KEPT = "timekeeping.clock"
# Where the focus goes in the opened clock: the first field or button.
_FIRST = "#bar-clock :is(.btn, input[type=datetime-local])"


def clock_of(request: HttpRequest) -> dict[str, Any] | None:
    """What the bar shows of the reader's clock; None for who has none."""
    access = getattr(request, "access", None)
    if access is None or not access.may(OWN):
        return None
    kept = getattr(request, "session", {})
    state, since = kept.get(_KEPT, ("", ""))
    return {"url": reverse("timekeeping:clock"), "is_known": bool(state), "text": _words(state, since)}


def _words(state: str, since: str) -> str:
    # Not known yet on the first page of a session: the likeliest words keep their place, unseen, until they are asked.
    words = str(labels.CLOCK.get(state, "")) if state and state != ClockState.OUT else _("Clocked out")
    return f"{words} {texts.clock(datetime.fromisoformat(since))}" if since else words


def remember(request: HttpRequest, clock: ClockNow) -> None:
    """Keep what the clock shows for the bars of the pages to come."""
    shown = [clock.state, clock.since.isoformat() if clock.since else ""]
    if request.session.get(_KEPT) != shown:
        request.session[_KEPT] = shown


@needs(OWN)
@require_GET
def clock(request: HttpRequest) -> HttpResponse:
    """The opened clock: what runs, and a button for each state; or the words of the bar alone."""
    if request.GET.get("part") != "state":
        return _opened(request)
    remember(request, queries.clock_now(access_of(request), utc_now()))
    return _fresh(render(request, "timekeeping/clock_state.jinja", {"label": clock_of(request), "is_beside": False}))


def _opened(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    found = queries.clock_now(access, now)
    remember(request, found)
    context = {
        "clock": found,
        "label": clock_of(request),
        "states": [(state, words) for state, words in labels.CLOCK.items() if state != ClockState.OUT],
        "labels": labels,
        **shown_again(refusal),
    }
    status = refusal.status if refusal else 200
    response = _fresh(render(request, "timekeeping/clock.jinja", context, status=status))
    response["HX-Trigger-After-Settle"] = json.dumps({"take-focus": {"target": _FIRST}})
    return response


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


@needs(OWN)
@require_POST
def clock_act(request: HttpRequest) -> HttpResponse:
    """Press a button of the clock, or stop one that was left running."""
    access, now = access_of(request), utc_now()
    try:
        if request.POST.get("act") == "forgotten":
            services.close_forgotten(**read(forms.ForgottenForm, request.POST), access=access, now=now)
        else:
            services.punch(state=request.POST.get("state", ""), access=access, now=now)
    except REFUSALS as error:
        return _opened(request, Refusal("clock", error, request.POST))
    return _opened(request)
