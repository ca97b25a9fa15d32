"""The clerk's side of supervision: notes on open contacts, who looks in, a contact taken over and handed back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions import services as interaction_services
from citydesk.contact.interactions.choices import SUPERVISE, TAKE
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(TAKE)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Unread notes of supervisors, above every page; asked for again when the event stream says so."""
    return render(request, "desk/notices.jinja")


@needs(TAKE)
@require_POST
def advice_read(request: HttpRequest, advice_id: int) -> HttpResponse:
    """The clerk has read a note."""
    _do(interaction_services.read_advice, request, advice_id=advice_id)
    return render(request, "desk/notices.jinja") if getattr(request, "htmx", False) else redirect("desk:contact")


@needs(TAKE)
@require_GET
def contact_beside(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """What stands above an open contact: asked and nobody came yet, who looks in, who has taken it over."""
    return render(request, "desk/contact/beside.jinja", beside_context(request, interaction_id))


def beside_context(request: HttpRequest, interaction_id: int) -> dict[str, Any]:
    """The context of the part above the form."""
    found = interactions.get_beside(access=access_of(request), interaction_id=interaction_id, now=utc_now())
    return {"beside": found, "beside_id": interaction_id}


@needs(TAKE)
@require_POST
def contact_question(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """What the clerk wants to know of the supervisor they asked for."""
    _do(
        interaction_services.say_question, request, interaction_id=interaction_id, text=request.POST.get("question", "")
    )
    if getattr(request, "htmx", False):
        return render(request, "desk/contact/beside.jinja", beside_context(request, interaction_id))
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def contact_hand_back(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Give a contact back to the clerk it was taken over from."""
    _do(
        interaction_services.hand_back,
        request,
        interaction_id=interaction_id,
        note=request.POST.get("note", ""),
    )
    return redirect("desk:contact")


@needs(SUPERVISE)
@require_POST
def contact_take(request: HttpRequest) -> HttpResponse:
    """A supervisor takes a clerk's open contact in front of them; what stood there is parked."""
    given = request.POST.get("interaction", "")
    _do(interaction_services.take_over, request, interaction_id=int(given) if given.isdecimal() else 0)
    return redirect("desk:contact")


def _do(act: Callable[..., Any], request: HttpRequest, **arguments: Any) -> None:
    try:
        act(access=access_of(request), now=utc_now(), **arguments)
    except NotFound as error:
        raise_as_http(error)
    except CitydeskError as error:
        if not error.field:
            raise
