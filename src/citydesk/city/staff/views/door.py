"""Signing out, and addresses that exist only to be closed."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from citydesk.city.staff.choices import SIGN_OUT_PAGE
from citydesk.city.staff.services import note_sign_out
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, public, render
from citydesk.kernel.registries import registries


@public("whoever is signed in may sign out; whoever is not is sent to the door")
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """List what is unfinished, then sign out. Rooms add to the list with a `Panel` on "staff.sign_out"."""
    access = access_of(request)
    if request.method == "GET" and access.actor.is_staff:
        now = utc_now()
        panels = [
            (panel, built)
            for panel in registries.panels_on(SIGN_OUT_PAGE)
            if access.may(panel.permission) and (built := panel.build(access, access.actor.staff_id, now)) is not None
        ]
        return render(request, "staff/sign_out.jinja", {"panels": panels})
    if request.method == "POST":
        if access.actor.staff_id is not None:
            note_sign_out(user_id=access.actor.staff_id, now=utc_now())
        logout(request, show_message=False)
        request.session.flush()
    address = get_adapter(request).get_logout_redirect_url(request)
    answer = HttpResponseRedirect(f"{address}?signed_out=1" if request.method == "POST" else address)
    if request.method == "POST":
        # Nothing personal stays in the browser of a shared desk.
        answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@public("closed to everybody: nobody signs up")
def closed(request: HttpRequest) -> HttpResponse:
    """Accounts are made by an administrator."""
    raise Http404("Accounts are made by an administrator.")
