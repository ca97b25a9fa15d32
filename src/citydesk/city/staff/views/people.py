"""People: list, one person, and what an administrator or supervisor does to an account."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.city.staff import forms, services
from citydesk.city.staff.choices import MANAGE, VIEW
from citydesk.city.staff.queries import (
    access_choices,
    get_person_page,
    list_people_page,
    user_by_username,
    waiting_grants,
)
from citydesk.city.staff.views.freshness import confirm_address, is_fresh, to_confirm
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotAllowed, NotFound, StaleVersion
from citydesk.kernel.pages import access_of, needs, raise_as_http, render
from citydesk.kernel.versions import two_texts


@needs(VIEW)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works here: roles, teams, whether they are in."""
    now, access = utc_now(), access_of(request)
    text, state = request.GET.get("q", "")[:80], request.GET.get("state", "active")
    values = {
        "people": list_people_page(access, text=text, state=state, now=now),
        "text": text,
        "state": state,
        "waiting": waiting_grants() if access.may(MANAGE) else [],
    }
    return render(request, "staff/people.jinja", values, fragment="rows")


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    form = forms.PersonForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_user(**form.cleaned_data, access=access_of(request), now=utc_now())
        except CitydeskError as error:
            form.take(error)
        else:
            return redirect("staff:person", username=form.cleaned_data["username"].lower())
    status = 400 if form.is_bound else 200
    return render(request, "staff/new_person.jinja", {"form": form, "languages": settings.LANGUAGES}, status=status)


@needs(VIEW)
@require_GET
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person."""
    return _page(request, username)


@needs(VIEW)
@require_POST
def act_on_person(request: HttpRequest, username: str, act: str) -> HttpResponse:
    """One act of the person page; the service decides who may."""
    known = ACTS.get(act)
    if known is None:
        raise Http404
    form_class, does, needs_fresh_sign_in = known
    try:
        user_id = user_by_username(username).id
    except NotFound as error:
        raise Http404 from error
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, username, form=form, act=act, status=400)
    if needs_fresh_sign_in:
        _require_manager(request)
        if not is_fresh(request):
            return to_confirm(request, reverse("staff:person", args=[username]))
    return _act(request, username=username, act=act, user_id=user_id, form=form, does=does)


@needs(MANAGE)
@require_POST
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """The second person agrees to a role, refuses it, or who asked takes it back."""
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return redirect("staff:people")
    if not is_fresh(request):
        return to_confirm(request, reverse("staff:people"))
    access, now = access_of(request), utc_now()
    choice, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    try:
        if choice == "withdraw":
            services.withdraw_grant_request(request_id=request_id, access=access, now=now)
        else:
            services.decide_grant(
                request_id=request_id, is_approved=choice == "approve", reason=reason, access=access, now=now
            )
    except (NotFound, NotAllowed) as error:
        raise_as_http(error)
    except CitydeskError as error:
        values = {
            "people": list_people_page(access, text="", state="active", now=now),
            "text": "",
            "state": "active",
            "waiting": waiting_grants(),
            "refusal": str(error.message),
        }
        return render(request, "staff/people.jinja", values, status=error.status)
    return redirect("staff:people")


def _act(
    request: HttpRequest, *, username: str, act: str, user_id: int, form: Any, does: Callable[..., Any]
) -> HttpResponse:
    try:
        answer = does(user_id=user_id, **form.cleaned_data, access=access_of(request), now=utc_now())
    except (NotFound, NotAllowed) as error:
        raise_as_http(error)
    except StaleVersion as error:
        return _page(request, username, form=form, act=act, two=_both(error), status=error.status)
    except CitydeskError as error:
        form.take(error)
        return _page(request, username, form=form, act=act, status=error.status)
    if act == "reset":
        return _page(request, username, act=act, link=f"{settings.SITE_URL}{answer}")
    return redirect("staff:person", username=username)


def _both(error: StaleVersion) -> dict[str, Any]:
    """What two administrators wrote into one person's particulars."""
    names = {"name": _("Name"), "email": _("E-mail"), "desk": _("Desk"), "phone": _("Telephone")}
    return two_texts(error, names)


def _page(
    request: HttpRequest,
    username: str,
    *,
    form: Any = None,
    act: str = "",
    link: str = "",
    two: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    access, now = access_of(request), utc_now()
    try:
        page = get_person_page(access, username, now)
    except NotFound as error:
        raise Http404 from error
    values = {
        "page": page,
        "choices": access_choices(),
        "form": form,
        "act": act,
        "link": link,
        "two": two,
        "is_fresh": is_fresh(request),
        "confirm": confirm_address(request, reverse("staff:person", args=[username])) if page.may_manage else "",
    }
    return render(request, "staff/person.jinja", values, status=status)


def _require_manager(request: HttpRequest) -> None:
    if not access_of(request).may(MANAGE):
        raise PermissionDenied(MANAGE)


def _revoke(*, user_id: int, grant_id: int, reason: str, access: Any, now: Any) -> None:
    services.revoke_role(grant_id=grant_id, reason=reason, access=access, now=now)


def _end_absence(*, user_id: int, absence_id: int, access: Any, now: Any) -> None:
    services.end_absence(absence_id=absence_id, access=access, now=now)


def _cancel_absence(*, user_id: int, absence_id: int, reason: str, access: Any, now: Any) -> None:
    services.cancel_absence(absence_id=absence_id, reason=reason, access=access, now=now)


# act -> (form, service, whether it asks for a sign-in of the last five minutes)
ACTS: dict[str, tuple[Any, Callable[..., Any], bool]] = {
    "change": (forms.ChangedParticularsForm, services.update_person, False),
    "disable": (forms.ReasonForm, services.disable_user, False),
    "enable": (forms.ReasonForm, services.enable_user, True),
    "sessions": (forms.NothingForm, services.end_sessions, False),
    "reset": (forms.NothingForm, services.reset_password, True),
    "factors": (forms.ReasonForm, services.remove_second_factors, True),
    "grant": (forms.GrantForm, services.grant_role, True),
    "revoke": (forms.RevokeForm, _revoke, True),
    "join": (forms.JoinForm, services.join_team, False),
    "leave": (forms.TeamForm, services.leave_team, False),
    "transfer": (forms.TransferForm, services.transfer, False),
    "skill": (forms.SkillForm, services.add_skill, False),
    "unskill": (forms.SkillForm, services.remove_skill, False),
    "absence": (forms.AbsenceForm, services.set_absence, False),
    "back": (forms.AbsenceIdForm, _end_absence, False),
    "cancel-absence": (forms.CancelAbsenceForm, _cancel_absence, False),
}
