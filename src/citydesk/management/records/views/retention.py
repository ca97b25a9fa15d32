"""The schedule, legal holds, disposals: looked at, proposed, signed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.customers import queries as customers
from citydesk.city.places import queries as places
from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.files import link_to
from citydesk.kernel.lists import ListSpec, list_page, take_out
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.registries import registries
from citydesk.management.records import choices, labels, queries, services
from citydesk.management.records.forms import HoldForm
from citydesk.management.records.queries.certificate import period_words

WORDS = {"disposal_words": labels.DISPOSAL, "disposal_badge": labels.DISPOSAL_BADGE, "item_words": labels.ITEM}


def _kinds() -> list[tuple[str, str]]:
    return [(one.code, str(one.label)) for one in sorted(registries.retention.values(), key=lambda one: one.code)]


def _download(spec: ListSpec, rows: Any, request: HttpRequest, name: str, now: datetime) -> HttpResponseBase:
    form = request.GET.get("as", "")
    return take_out(request, spec, rows, request.GET, form=form, name=name, access=access_of(request), now=now)


@needs(choices.VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The retention schedule, what waits under each series, and the newest disposals."""
    access, now = access_of(request), utc_now()
    series = queries.list_series(access, on=profile.city_today(now))
    context = {
        "series": series,
        "periods": {one.code: period_words(one.facts()) for one in series},
        "triggers": labels.TRIGGER,
        "kinds": dict(_kinds()),
        "holds": len(queries.open_holds()),
        "disposals": list_page(
            queries.DISPOSALS, queries.list_disposals(access), {}, access=access, now=now, has_count=False
        ).rows[:10],
        "may": {name: access.may(getattr(choices, name.upper())) for name in ("dispose", "hold", "approve")},
        "at": now,
    }
    return render(request, "records/home.jinja", {**WORDS, **context})


@needs(choices.DISPOSE, long=True)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, kind: str) -> HttpResponse:
    """What waits longest under a kind of record; propose it with a reason."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    try:
        series = queries.series_of(kind, on=profile.city_today(now))
        if request.method == "POST":
            number = services.propose_disposal(kind=kind, reason=request.POST.get("reason", ""), access=access, now=now)
            return redirect("records:disposal", number)
    except Invalid as error:
        errors = {error.field or "form": [str(error.message)]}
    context = {
        "series": series,
        "period": period_words(series.facts()),
        "rows": queries.list_candidates(access, kind),
        "errors": errors,
        "most": choices.MOST_ITEMS,
        "at": now,
    }
    return render(request, "records/propose.jinja", context, status=422 if errors else 200)


@needs(choices.VIEW)
@require_GET
def disposals(request: HttpRequest) -> HttpResponseBase:
    """All disposals, newest first."""
    access, now = access_of(request), utc_now()
    rows = queries.list_disposals(access)
    if request.GET.get("as") in ("csv", "xlsx"):
        return _download(queries.DISPOSALS, rows, request, "disposals", now)
    page = list_page(queries.DISPOSALS, rows, request.GET, access=access, now=now)
    return render(request, "records/disposals.jinja", {**WORDS, "page": page, "at": now}, fragment="rows")


@needs(choices.VIEW, long=True)
@require_http_methods(["GET", "POST"])
def disposal(request: HttpRequest, number: str) -> HttpResponseBase:
    """One disposal with its records; signed or refused here by a second person."""
    access, now = access_of(request), utc_now()
    problem, status = "", 200
    if request.method == "POST":
        try:
            services.decide_disposal(
                number=number,
                is_approved=request.POST.get("decision") == "approve",
                digest=request.POST.get("digest", ""),
                note=request.POST.get("note", ""),
                access=access,
                now=now,
            )
            return redirect("records:disposal", number)
        except (Conflict, Invalid, NotAllowed) as error:
            problem, status = str(error.message), error.status
    row = queries.get_disposal(access, number)
    items = queries.list_items(access, row)
    if request.GET.get("as") in ("csv", "xlsx"):
        return _download(queries.ITEMS, items, request, row.number, now)
    context = {
        "row": row,
        "period": period_words(row.series),
        "kind": registries.retention[row.kind].label,
        "page": list_page(queries.ITEMS, items, request.GET, access=access, now=now),
        "history": audit.history_of(choices.DISPOSAL_TYPE, row.pk),
        "certificate": link_to(row.certificate) if row.certificate else None,
        "is_own": row.proposed_by_id == access.actor.staff_id,
        "may_approve": access.may(choices.APPROVE),
        "problem": problem,
        "at": now,
    }
    return render(request, "records/disposal.jinja", {**WORDS, **context}, status=status)


@needs(choices.VIEW)
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Legal holds, newest first."""
    access, now = access_of(request), utc_now()
    page = list_page(queries.HOLDS, queries.list_holds(access), request.GET, access=access, now=now)
    return render(request, "records/holds.jinja", {"page": page, "may_hold": access.may(choices.HOLD), "at": now})


@needs(choices.HOLD)
@require_http_methods(["GET", "POST"])
def new_hold(request: HttpRequest) -> HttpResponse:
    """Place a legal hold."""
    access, now = access_of(request), utc_now()
    form = HoldForm(request.POST if request.method == "POST" else None, kinds=_kinds())
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        if form.is_valid():
            try:
                customer_id, address_id = _who_and_where(form.cleaned_data, access)
                made = form.new_hold(customer_id=customer_id, address_id=address_id)
                number = services.place_hold(new=made, access=access, now=now)
                return redirect("records:hold", number)
            except Invalid as error:
                errors = {error.field or "form": [str(error.message)]}
        else:
            errors = {name: [str(one) for one in found] for name, found in form.errors.items()}
    context = {"errors": errors, "typed": request.POST or request.GET, "kinds": _kinds()}
    return render(request, "records/new_hold.jinja", context, status=422 if errors else 200)


def _who_and_where(given: dict[str, Any], access: Access) -> tuple[int | None, int | None]:
    """The ids of the person and the address that were typed. Raises `Invalid`."""
    customer_id = address_id = None
    if given["customer"].strip():
        try:
            customer_id = customers.id_by_number(access, given["customer"])
        except NotFound as error:
            raise Invalid(_("There is no such person."), field="customer") from error
    if given["address"].strip():
        hits = places.typeahead(given["address"], 1)
        address_id = next((hit.address_id for hit in hits), None)
        if address_id is None:
            raise Invalid(_("The city has no such address."), field="address")
    return customer_id, address_id


@needs(choices.VIEW)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """One hold; released here with a reason."""
    access, now = access_of(request), utc_now()
    errors: dict[str, list[str]] = {}
    try:
        if request.method == "POST":
            services.release_hold(number=number, reason=request.POST.get("reason", ""), access=access, now=now)
            return redirect("records:hold", number)
    except Invalid as error:
        errors = {error.field: [str(error.message)]}
    row = queries.get_hold(access, number)
    context = {
        "row": row,
        "kinds": [dict(_kinds()).get(one, one) for one in row.kinds],
        "history": audit.history_of(choices.HOLD_TYPE, row.pk),
        "may_hold": access.may(choices.HOLD),
        "errors": errors,
        "at": now,
    }
    return render(request, "records/hold.jinja", context, status=422 if errors else 200)
