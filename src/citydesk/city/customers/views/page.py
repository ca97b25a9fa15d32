"""One customer's page: what is known, what other rooms know, who changed it, who read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from citydesk.city.customers import labels, queries
from citydesk.city.customers.choices import (
    CUSTOMERS_EDIT,
    CUSTOMERS_MERGE,
    CUSTOMERS_SEE_CONTACT,
    CUSTOMERS_VIEW,
    CautionState,
)
from citydesk.city.customers.forms import CautionForm, PointForm
from citydesk.city.profile import queries as profile
from citydesk.kernel.audit import history_of, readers_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.panels import panels_for


@needs(CUSTOMERS_VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a customer; a merged one's number leads to the customer it is today."""
    return show(request, number)


def show(
    request: HttpRequest,
    number: str,
    *,
    point_form: PointForm | None = None,
    caution_form: CautionForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page, with the form that was refused if there was one. The reading is logged."""
    access, now = access_of(request), utc_now()
    asked = queries.id_by_number(access, number)
    customer = queries.get_customer(access, asked, now)
    if customer.number != number:
        return redirect("customers:detail", customer.number)
    addresses = [point.address_id for point in customer.points if point.address_id]
    today = profile.city_today(now)
    values: dict[str, Any] = {
        "customer": customer,
        "labels": labels,
        "panels": panels_for(request, "customers.customer", customer.id, now),
        "cautions": queries.active_cautions(today=today, customer_id=customer.id, address_ids=addresses),
        "proposed": [one for one in queries.list_cautions(access, customer.id) if one.state == CautionState.PROPOSED],
        "twins": queries.find_duplicates(access, customer.id),
        "merges": queries.list_merges(access, customer.id) if access.may(CUSTOMERS_MERGE) else [],
        "may_edit": access.may(CUSTOMERS_EDIT),
        "may_merge": access.may(CUSTOMERS_MERGE),
        "history": history_of("customers.customer", customer.id, limit=30) if access.may(CUSTOMERS_SEE_CONTACT) else [],
        "readers": readers_of("customers.customer", customer.id, limit=20),
        "today": today,
        "point_form": point_form,
        "caution_form": caution_form,
        "refused": refused,
    }
    return render(request, "customers/detail.jinja", values, status=status)
