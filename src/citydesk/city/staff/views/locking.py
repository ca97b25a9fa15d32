"""The lock of a shared desk: after a quarter of an hour the page is hidden; the password opens it as it was left."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citydesk.city.staff.choices import LOCKED, OWN_ACCOUNT
from citydesk.city.staff.queries import sign_in_wait
from citydesk.city.staff.services import note_failed_sign_in
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.throttle import client_address


@needs(OWN_ACCOUNT)
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock this session; the answer is what hides the page."""
    request.session[LOCKED] = True
    return _draw(request)


@needs(OWN_ACCOUNT)
@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """Ask for the password: a page of its own, or the dialog over what was being typed (`X-Lock`)."""
    if request.method == "GET":
        return _draw(request)
    # Opened meanwhile in another tab, by a fresh sign-in at the city's identity provider.
    problem = _problem(request) if request.session.get(LOCKED) else ""
    if problem:
        return _draw(request, problem, status=422)
    request.session.pop(LOCKED, None)
    return HttpResponse(status=204) if "X-Lock" in request.headers else redirect(_back(request))


def _problem(request: HttpRequest) -> str:
    """Why the lock stays shut; "" for the right password. Wrong ones are counted as at the door."""
    user, now = request.user, utc_now()
    if not user.has_usable_password():  # type: ignore[union-attr]  # signed in: the policy says so
        return _("The desk is still locked: sign in with your city account first.")
    door = {"login": user.get_username(), "address": client_address(request)}
    wait = sign_in_wait(**door, now=now)
    if wait:
        return _("Too many attempts. Try again in %(seconds)s seconds.") % {"seconds": wait}
    # Signed in, so no anonymous user: the view's policy saw to it.
    if user.check_password(request.POST.get("password", "")):  # type: ignore[union-attr]  # signed in: as above
        return ""
    note_failed_sign_in(**door, method="lock", now=now)
    return _("This is not your password.")


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/desk/")
    return asked if is_ours else "/desk/"


def _draw(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "problem": problem,
        "back_to": request.POST.get("next") or request.GET.get("next", ""),
        "who": access_of(request).actor.label,
        "has_password": request.user.has_usable_password(),  # type: ignore[union-attr]  # as above
        "provider": settings.OIDC_PROVIDER,
    }
    template = "staff/_lock.jinja" if "X-Lock" in request.headers else "staff/locked.jinja"
    return render(request, template, context, status=status)
