"""Cautions: propose one on a customer's page, decide on those of others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.customers import labels, queries, services
from citydesk.city.customers.choices import CUSTOMERS_APPROVE_CAUTION, CUSTOMERS_EDIT
from citydesk.city.customers.forms import CautionForm
from citydesk.city.customers.views.edit import note_errors
from citydesk.city.customers.views.page import show
from citydesk.city.profile import queries as profile
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(CUSTOMERS_EDIT)
@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Write a caution down; somebody else must approve it."""
    access, now = access_of(request), utc_now()
    customer = queries.get_customer(access, queries.id_by_number(access, number), now, is_logged=False)
    form = CautionForm(request.POST)
    if form.is_valid():
        about = form.cleaned_data["about"]
        premises = {str(point.address_id) for point in customer.points if point.address_id}
        is_premise = about in premises
        try:
            services.propose_caution(
                kind=form.cleaned_data["kind"],
                text=form.cleaned_data["text"],
                source=form.cleaned_data["source"],
                expires_on=form.cleaned_data["expires_on"],
                today=profile.city_today(now),
                customer_id=None if is_premise else customer.id,
                address_id=int(about) if is_premise else None,
                access=access,
                now=now,
            )
            return redirect("customers:detail", number)
        except Invalid as error:
            note_errors(form, error)
    return show(request, number, caution_form=form, status=400)


@needs(CUSTOMERS_APPROVE_CAUTION)
@require_GET
def cautions(request: HttpRequest) -> HttpResponse:
    """Cautions waiting for a second person."""
    return _list(request)


@needs(CUSTOMERS_EDIT)
@require_POST
def decide_caution(request: HttpRequest, caution_id: int) -> HttpResponse:
    """Approve, refuse or end a caution."""
    access, now = access_of(request), utc_now()
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")[:300]
    try:
        if act == "approve":
            services.approve_caution(caution_id=caution_id, access=access, now=now)
        elif act == "refuse":
            services.refuse_caution(caution_id=caution_id, reason=reason, access=access, now=now)
        elif act == "end":
            services.end_caution(caution_id=caution_id, reason=reason, access=access, now=now)
        else:
            raise Invalid(_("Choose what to do."), field="act")
    except CitydeskError as error:
        if error.status in (403, 404):
            raise_as_http(error)
        if not access.may(CUSTOMERS_APPROVE_CAUTION):
            return render(
                request,
                "customers/cautions.jinja",
                {"rows": [], "labels": labels, "refused": error.message},
                status=400,
            )
        return _list(request, refused=str(error.message), status=error.status)
    back = request.POST.get("back", "")
    if back and queries.is_number(back):
        return redirect("customers:detail", back)
    return redirect("customers:cautions")


def _list(request: HttpRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    access = access_of(request)
    values = {
        "rows": queries.list_proposed_cautions(access),
        "labels": labels,
        "refused": refused,
        "own_id": access.actor.staff_id,
    }
    return render(request, "customers/cautions.jinja", values, status=status)
