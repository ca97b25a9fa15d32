"""Acts on an open contact: outcomes noted and forgotten, park and resume, hand over, drop, call for help."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions import services as interaction_services
from citydesk.contact.interactions.choices import TAKE, HelpKind, OutcomeKind
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.desk import services
from citydesk.desk.forms.contact import typed_version, whole_form
from citydesk.desk.queries import contact as parts
from citydesk.desk.queries import contact_result
from citydesk.desk.views.contact_page import form_context, page_context
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound, StaleVersion
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(TAKE)
@require_POST
def contact_note(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Note an outcome: told, me too, status told, transfer, call back."""
    now, access = utc_now(), access_of(request)
    fields = whole_form(request.POST)
    try:
        kind, facts = services.read_note(
            access=access, interaction_id=interaction_id, fields=fields, given=request.POST.dict(), now=now
        )
        version = interaction_services.note_outcome(
            interaction_id=interaction_id, kind=OutcomeKind(kind), facts=facts, actor=access.actor, now=now
        )
    except NotFound as error:
        raise_as_http(error)
        raise
    except (CitydeskError, ValueError) as error:
        return _toast(request, interaction_id, str(getattr(error, "message", _("This cannot be noted."))))
    return _redrawn(request, interaction_id, version, ("outcomes", "answers", "nearby", "person", "tell"))


@needs(TAKE)
@require_POST
def contact_forget(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Take an outcome off again, or put the request back."""
    key = request.POST.get("key", "")
    act: Callable[..., int] = interaction_services.forget_outcome
    arguments: dict[str, Any] = {"key": key}
    if key == "want":
        act, arguments = interaction_services.want_request, {}
    version = _done(act, interaction_id=interaction_id, actor=access_of(request).actor, now=utc_now(), **arguments)
    return _redrawn(request, interaction_id, version, ("outcomes", "answers", "nearby", "person", "tell"))


def _redrawn(request: HttpRequest, interaction_id: int, version: int, names: tuple[str, ...]) -> HttpResponse:
    typed = whole_form(request.POST)
    typed.pop("no_request", None)
    screen = parts.screen_of(access=access_of(request), interaction_id=interaction_id, typed=typed, now=utc_now())
    context = {**form_context(request, screen, names), "oob": True, "version": version}
    return render(request, "desk/contact/parts.jinja", context)


def _toast(request: HttpRequest, interaction_id: int, text: str) -> HttpResponse:
    screen = parts.screen_of(
        access=access_of(request), interaction_id=interaction_id, typed=whole_form(request.POST), now=utc_now()
    )
    context = {**form_context(request, screen, ()), "oob": True, "toasts": [{"text": text}]}
    return render(request, "desk/contact/parts.jinja", context)


def _done(act: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return act(**arguments)
    except NotFound as error:
        raise_as_http(error)
        raise


def _keep(request: HttpRequest, interaction_id: int) -> None:
    """Keep what the form holds before an act that leaves it; two texts stay both in the draft."""
    if "version" not in request.POST:
        return
    try:
        interaction_services.save_draft(
            interaction_id=interaction_id,
            version=typed_version(request.POST),
            changes=whole_form(request.POST),
            key="",
            actor=access_of(request).actor,
            now=utc_now(),
        )
    except StaleVersion:
        return


@needs(TAKE)
@require_POST
def contact_park(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Set the contact aside."""
    _keep(request, interaction_id)
    _done(interaction_services.park, interaction_id=interaction_id, actor=access_of(request).actor, now=utc_now())
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def contact_resume(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Bring the contact in front."""
    _keep(request, interaction_id)
    _done(interaction_services.resume, interaction_id=interaction_id, actor=access_of(request).actor, now=utc_now())
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def contact_another(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Set the request aside and start another one of the same resident."""
    _keep(request, interaction_id)
    now, access = utc_now(), access_of(request)
    screen = parts.screen_of(access=access, interaction_id=interaction_id, typed={}, now=now)
    words = parts.outcomes_part(screen)
    try:
        interaction_services.stash_request(
            interaction_id=interaction_id,
            label=" ".join(filter(None, (words["request_label"], words["request_place"]))),
            actor=access.actor,
            now=now,
        )
    except CitydeskError as error:
        return _with_errors(request, interaction_id, error)
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def contact_dropped(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """The line broke off: keep the number, promise to call back, park."""
    _keep(request, interaction_id)
    try:
        services.drop_call(interaction_id=interaction_id, access=access_of(request), now=utc_now())
    except CitydeskError as error:
        return _with_errors(request, interaction_id, error)
    return redirect("desk:contact_open", interaction_id)


@needs(TAKE)
@require_POST
def contact_drop(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """End the contact without outcome, with a reason."""
    _keep(request, interaction_id)
    try:
        interaction_services.drop(
            interaction_id=interaction_id,
            reason=request.POST.get("drop_reason", ""),
            access=access_of(request),
            now=utc_now(),
        )
    except CitydeskError as error:
        return _with_errors(request, interaction_id, error)
    return redirect("desk:contact")


@needs(TAKE)
@require_POST
def contact_hand_over(request: HttpRequest, interaction_id: int) -> HttpResponse:
    """Give the contact to a named colleague."""
    _keep(request, interaction_id)
    to_user = request.POST.get("to_user", "")
    if not to_user.isdecimal():
        return redirect("desk:contact_open", interaction_id)
    _done(
        interaction_services.hand_over,
        interaction_id=interaction_id,
        to_user_id=int(to_user),
        note=request.POST.get("hand_note", ""),
        access=access_of(request),
        now=utc_now(),
    )
    return redirect("desk:contact")


def _with_errors(request: HttpRequest, interaction_id: int, error: CitydeskError) -> HttpResponse:
    if isinstance(error, NotFound):
        raise_as_http(error)
    errors = {error.field or "outcomes": str(error.message)}
    context = page_context(request, interaction_id, utc_now(), errors=errors)
    return render(request, "desk/contact/page.jinja", context, status=422)


@needs(TAKE)
@require_POST
def contact_help(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask the supervisor, or alert all supervisors with the clerk's place."""
    if kind not in set(HelpKind):
        raise Http404
    now, access = utc_now(), access_of(request)
    front = next((one.id for one in interactions.list_open_contacts(access=access, now=now) if not one.is_parked), None)
    person = staff.get_user(access.actor.id or 0)
    interaction_services.call_help(
        kind=HelpKind(kind),
        location=person.desk or request.headers.get("X-Desk", ""),
        access=access,
        now=now,
        interaction_id=front,
        question=request.POST.get("question", ""),
    )
    text = (
        _("All supervisors are alerted with your place.") if kind == "panic" else _("The supervisor is asked to come.")
    )
    if getattr(request, "htmx", False):
        return render(request, "desk/contact/parts.jinja", {"parts": (), "oob": True, "toasts": [{"text": text}]})
    return redirect("desk:contact")


@needs(TAKE)
@require_GET
def contact_unfinished(request: HttpRequest) -> HttpResponse:
    """What is unfinished, before signing out: finish, hand over, or drop with a reason."""
    now, access = utc_now(), access_of(request)
    own = access.actor.staff_id
    context = {
        "contacts": interactions.list_open_contacts(access=access, now=now),
        "colleagues": [(one.id, one.name) for one in staff.list_people() if one.id != own],
        "at": now,
        "is_leaving": True,
    }
    return render(request, "desk/contact/unfinished.jinja", context)


@needs(TAKE)
@require_POST
def contact_relink(request: HttpRequest, number: str) -> HttpResponse:
    """The wrong person was picked: link the contact to the right one."""
    now, access = utc_now(), access_of(request)
    customer = request.POST.get("customer", "")
    try:
        result = contact_result.result_of(access=access, number=number, now=now)
        services.relink_contact(
            interaction_id=result.interaction_id,
            number=number,
            to_customer_id=int(customer) if customer.isdecimal() else None,
            reason=request.POST.get("reason", ""),
            access=access,
            now=now,
        )
    except NotFound as error:
        raise_as_http(error)
        raise
    except CitydeskError as error:
        context = {
            "outcome_names": contact_words.OUTCOMES,
            "result": result,
            "errors": {error.field: str(error.message)},
            "is_relinking": True,
        }
        return render(request, "desk/contact/saved.jinja", context, status=422)
    return redirect("desk:contact_saved", number)


@needs(TAKE)
@require_POST
def contact_relink_people(request: HttpRequest, number: str) -> HttpResponse:
    """People for what is typed in the wrong-person panel."""
    people = contact_result.people_for(access=access_of(request), text=request.POST.get("right_who", ""))
    return render(request, "desk/contact/relink_people.jinja", {"people": people})
