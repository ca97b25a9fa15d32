"""The contact screen: the page, its drafts, its parts, and saving."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions import services as interaction_services
from citydesk.contact.interactions.choices import TAKE
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.desk import services
from citydesk.desk.forms.contact import typed_fields, typed_version, whole_form
from citydesk.desk.queries import contact as parts
from citydesk.desk.queries import contact_result
from citydesk.desk.views.contact_page import form_context, page_context
from citydesk.kernel import texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, ManyInvalid, NotFound, StaleVersion
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(TAKE)
@require_GET
def contact(request: HttpRequest) -> HttpResponse:
    """The contact in front of the clerk; without one, those that are parked and the way to a new one."""
    now = utc_now()
    found = interactions.list_open_contacts(access=access_of(request), now=now)
    front = next((one for one in found if not one.is_parked), None)
    if front:
        return redirect("desk:contact_open", front.id)
    return render(request, "desk/contact/unfinished.jinja", {"contacts": found, "at": now, "is_leaving": False})


@needs(TAKE)
@require_POST
def contact_new(request: HttpRequest) -> HttpResponse:
    """Open a contact; the one in front is parked."""
    first = {name: request.POST[name] for name in ("who", "words") if request.POST.get(name)}
    interaction_id = interaction_services.start_draft(
        access=access_of(request), now=utc_now(), channel=request.POST.get("channel") or "phone", first=first
    )
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_GET
def contact_open(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """One open contact."""
    try:
        return render(request, "desk/contact/page.jinja", page_context(request, interaction_id, utc_now()))
    except NotFound as error:
        raise_as_http(error)
        raise


@needs(TAKE)
@require_POST
def contact_save(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Keep what was typed. Answers `{version, saved_at, masked}`, or 409 with both texts."""
    now = utc_now()
    try:
        saved = interaction_services.save_draft(
            interaction_id=interaction_id,
            version=typed_version(request.POST),
            changes=typed_fields(request.POST),
            key=request.POST.get("key", ""),
            actor=access_of(request).actor,
            now=now,
        )
    except StaleVersion as error:
        return JsonResponse(
            {
                "version": error.facts["version"],
                "fields": error.facts["fields"],
                "mine": error.facts["mine"],
                "theirs": error.facts["theirs"],
                "html": _two_texts(request, error),
            },
            status=409,
        )
    except CitydeskError as error:
        return JsonResponse({**error.as_dict(), "number": error.facts.get("number", "")}, status=error.status)
    return JsonResponse({"version": saved.version, "saved_at": _seconds_clock(saved.saved_at), "masked": saved.texts})


def _seconds_clock(moment: Any) -> str:
    return f"{texts.local(moment):%H:%M:%S}"


def _two_texts(request: HttpRequest, error: StaleVersion) -> str:
    answer = render(request, "desk/contact/two_texts.jinja", {"facts": error.facts, "message": error.message})
    return answer.content.decode()


@needs(TAKE)
@require_POST
def contact_front(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The contact stands on the screen (again): its time counts."""
    return _quietly(interaction_services.bring_to_front, request, interaction_id)


@needs(TAKE)
@require_POST
def contact_leave(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The clerk looks at something else: its time stands still."""
    return _quietly(interaction_services.leave_front, request, interaction_id)


def _quietly(act: Any, request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Beacons say what the screen does; a contact that was finished meanwhile needs no answer."""
    try:
        act(interaction_id=interaction_id, actor=access_of(request).actor, now=utc_now())
    except (NotFound, Conflict):
        return HttpResponse(status=204)
    return HttpResponse(status=204)


@needs(TAKE)
@require_POST
def contact_parts(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The parts of the screen that a change of one field redraws."""
    names = parts.REDRAWS.get(request.POST.get("part", ""))
    if names is None:
        raise NotFound(_("There is no such part."))
    screen = parts.screen_of(
        access=access_of(request), interaction_id=interaction_id, typed=_typed(request), now=utc_now()
    )
    context = {**form_context(request, screen, names or ()), "oob": True}
    answer = render(request, "desk/contact/parts.jinja", context)
    focus = _next_focus(request.POST.get("part", ""), context, screen.fields)
    if focus:
        answer["HX-Trigger-After-Settle"] = json.dumps({"take-focus": {"target": focus}})
    return answer


def _next_focus(part: str, context: dict[str, Any], fields: dict[str, Any]) -> str:
    """A code taken leads to its first open question, a person taken to the next empty field; else nothing moves."""
    if part == "code" and context.get("first_open"):
        return f"#f-q\\.{context['first_open']}"
    if part == "customer":
        return "#f-where" if not str(fields.get("where", "")).strip() else "#f-crew_note"
    return ""


def _typed(request: HttpRequest) -> dict[str, Any]:
    fields = whole_form(request.POST)
    if "office_text" in request.POST:
        fields["office_text"] = request.POST["office_text"]
    if request.POST.get("part") == "tell":  # the clerk chose just now, for whoever is chosen by now
        fields["tell_of"] = fields.get("customer", "")
    return fields


@needs(TAKE)
@require_POST
def contact_finish(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Save the contact with all it led to; the page becomes the number to read aloud.

    A script's request gets `{url}` or the form with what must be repaired; a plain one is redirected.
    """
    by_script = request.headers.get("X-Contact") == "1"
    try:
        done = services.finish_contact(
            interaction_id=interaction_id,
            version=typed_version(request.POST),
            fields=whole_form(request.POST),
            access=access_of(request),
            now=utc_now(),
        )
    except (ManyInvalid, CitydeskError) as error:
        return _refused(request, interaction_id, error, by_script)
    url = reverse("desk:contact_saved", args=[done.number])
    return JsonResponse({"url": url}) if by_script else redirect(url)


def _refused(request: HttpRequest, interaction_id: int, error: CitydeskError, by_script: bool) -> HttpResponse:
    number = error.facts.get("number")
    if isinstance(error, Conflict) and number and error.facts.get("state") == "saved":
        url = f"{reverse('desk:contact_saved', args=[number])}?before=1"
        return JsonResponse({"url": url}) if by_script else redirect(url)
    found = error.errors if isinstance(error, ManyInvalid) else [error]
    errors = {one.field or "outcomes": str(one.message) for one in found}
    try:
        context = page_context(request, interaction_id, utc_now(), typed=whole_form(request.POST), errors=errors)
    except NotFound as gone:
        raise_as_http(gone)
        raise
    template = "desk/contact/form.jinja" if by_script else "desk/contact/page.jinja"
    return render(request, template, context, status=422)


@needs(TAKE)
@require_GET
def contact_saved(request: HttpRequest, number: str) -> HttpResponse:
    """The saved number, large and spelled, what happens next and by when, in the resident's language."""
    try:
        result = contact_result.result_of(access=access_of(request), number=number, now=utc_now())
    except NotFound as error:
        raise_as_http(error)
        raise
    return render(
        request,
        "desk/contact/saved.jinja",
        {"result": result, "outcome_names": contact_words.OUTCOMES, "was_before": "before" in request.GET},
    )
