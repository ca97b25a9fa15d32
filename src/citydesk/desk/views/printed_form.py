"""Keying a printed form: its number, when the resident spoke, who wrote it; then the usual contact screen."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import SUPERVISE, TAKE, Channel, FormState
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.desk.rules.contact import parse_past_time
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid, ManyInvalid
from citydesk.kernel.pages import access_of, needs, render

# How a form comes to be: somebody rang, stood there or left a note while the system was down.
CHANNELS = (Channel.PHONE, Channel.COUNTER, Channel.LETTER)


@needs(TAKE)
@require_http_methods(["GET", "POST"])
def printed_form(request: HttpRequest) -> HttpResponse:
    """The small page before the contact screen; what does not hold stands beside its field."""
    if request.method == "GET":
        return _page(request, {}, [], 200)
    now, typed = utc_now(), request.POST
    try:
        interaction_id = interactions.key_form(
            number=typed.get("form_number", "")[:40],
            received_at=parse_past_time(typed.get("received_at", ""), now=now, zone=profile.local_zone()),
            channel=typed["channel"] if typed.get("channel") in tuple(CHANNELS) else Channel.PHONE,
            taken_by_id=_person(typed.get("taken_by", "")),
            access=access_of(request),
            now=now,
        )
    except ManyInvalid as refused:
        return _page(request, typed, refused.errors, 422)
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def printed_form_void(request: HttpRequest) -> HttpResponse:
    """Note one form as spoiled or lost, from the same page."""
    number = request.POST.get("void_number", "")[:40]
    form_id = contacts.find_form(number=number)
    state = FormState.MISSING if request.POST.get("state") == "missing" else FormState.VOID
    try:
        if form_id is None:
            raise Invalid(_("No form with this number was printed."), field="void_number")
        noted = interactions.note_forms(
            form_ids=[form_id], state=state, why=request.POST.get("why", ""), access=access_of(request), now=utc_now()
        )
        if not noted:
            raise Invalid(_("This form was keyed or noted already."), field="void_number")
    except Invalid as error:
        return _page(request, request.POST, [error], 422)
    return _page(request, {}, [], 200, noted=number)


def _person(text: str) -> int | None:
    return int(text) if text.isdecimal() and any(one.id == int(text) for one in staff.list_people()) else None


def _page(
    request: HttpRequest, typed: Mapping[str, Any], errors: list[CitydeskError], status: int, noted: str = ""
) -> HttpResponse:
    access = access_of(request)
    context = {
        "typed": typed,
        "errors": {one.field: str(one.message) for one in errors},
        "leads": [link for one in errors for link in _links(one)],
        "channels": [(one.value, contact_words.CHANNELS[one]) for one in CHANNELS],
        "people": [(one.id, one.name) for one in staff.list_people()],
        "me": access.actor.staff_id,
        "may_print": access.may(SUPERVISE),
        "noted": noted,
    }
    return render(request, "desk/printed_form.jinja", context, status=status)


def _links(error: CitydeskError) -> list[tuple[str, str]]:
    """Where a refused number leads, for who may go there."""
    if error.facts.get("contact"):
        number = str(error.facts["contact"])
        return [(_("Open the contact %(number)s") % {"number": number}, reverse("interactions:detail", args=[number]))]
    if error.facts.get("draft"):
        return [(_("Go on with it"), reverse("desk:contact_open", args=[error.facts["draft"]]))]
    return []
