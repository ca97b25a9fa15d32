"""Small acts on a customer's page: contact points, taking a merge back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from citydesk.city.customers import queries, services
from citydesk.city.customers.choices import CUSTOMERS_EDIT, CUSTOMERS_MERGE
from citydesk.city.customers.forms import PointForm, ReasonForm
from citydesk.city.customers.services import NewPoint
from citydesk.city.customers.views.edit import note_errors
from citydesk.city.customers.views.page import show
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, NotFound
from citydesk.kernel.pages import access_of, needs, raise_as_http


@needs(CUSTOMERS_EDIT)
@require_POST
def add_point(request: HttpRequest, number: str) -> HttpResponse:
    """Add a phone, an e-mail or an address."""
    form = PointForm(request.POST)
    customer_id = _id_of(request, number)
    if form.is_valid():
        given = form.cleaned_data
        new = NewPoint(given["kind"], given["value"], given["use"], is_preferred=given["is_preferred"])
        try:
            services.add_contact_point(customer_id=customer_id, new=new, actor=access_of(request).actor, now=utc_now())
            return redirect("customers:detail", number)
        except CitydeskError as error:
            error.field = "value" if error.field else ""
            note_errors(form, error)
    return show(request, number, point_form=form, status=400)


@needs(CUSTOMERS_EDIT)
@require_POST
def end_point(request: HttpRequest, number: str, point_id: int) -> HttpResponse:
    """Give a contact point up, with a reason."""

    def act(reason: str) -> None:
        _own_point(request, number, point_id)
        services.end_contact_point(point_id=point_id, reason=reason, actor=access_of(request).actor, now=utc_now())

    return _with_reason(request, number, act)


@needs(CUSTOMERS_EDIT)
@require_POST
def prefer_point(request: HttpRequest, number: str, point_id: int) -> HttpResponse:
    """Make a point the one the customer wants to be reached at."""
    _own_point(request, number, point_id)
    try:
        services.prefer_contact_point(point_id=point_id, actor=access_of(request).actor, now=utc_now())
    except CitydeskError as error:
        return show(request, number, refused=str(error.message), status=error.status)
    return redirect("customers:detail", number)


@needs(CUSTOMERS_MERGE)
@require_POST
def unmerge(request: HttpRequest, number: str, customer_id: int) -> HttpResponse:
    """Take a customer out of this one again, with a reason."""
    if customer_id not in queries.ids_of(_id_of(request, number)):
        raise NotFound(_("There is no such customer."))

    def act(reason: str) -> None:
        services.unmerge(customer_id=customer_id, reason=reason, actor=access_of(request).actor, now=utc_now())

    return _with_reason(request, number, act)


def _with_reason(request: HttpRequest, number: str, act: Callable[[str], None]) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return show(request, number, refused=str(form.errors["reason"][0]), status=400)
    try:
        act(form.cleaned_data["reason"])
    except NotFound as error:
        raise_as_http(error)
    except CitydeskError as error:
        return show(request, number, refused=str(error.message), status=error.status)
    return redirect("customers:detail", number)


def _id_of(request: HttpRequest, number: str) -> int:
    try:
        return queries.id_by_number(access_of(request), number)
    except CitydeskError as error:
        raise_as_http(error)
        raise


def _own_point(request: HttpRequest, number: str, point_id: int) -> None:
    """404 for a point that is not this customer's."""
    view = queries.get_customer(access_of(request), _id_of(request, number), utc_now(), is_logged=False)
    if point_id not in {point.id for point in view.points}:
        raise NotFound(_("There is no such contact point."))
