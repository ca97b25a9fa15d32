"""Likely duplicates: the list, two customers side by side, merge or keep apart."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.customers import labels, queries, services
from citydesk.city.customers.choices import CUSTOMERS_MERGE
from citydesk.city.customers.forms import MergeForm
from citydesk.city.customers.views.edit import note_errors
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.pages import access_of, needs, render

_PAGE = 50


@needs(CUSTOMERS_MERGE)
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that look like one customer, the likeliest first."""
    score, _dot, last = request.GET.get("after", "").partition(".")
    after = (int(score), int(last)) if score.isdecimal() and last.isdecimal() and len(last) < 18 else None
    rows = queries.list_duplicates(access_of(request), after=after, limit=_PAGE + 1)
    later = f"{rows[_PAGE - 1].score}.{rows[_PAGE - 1].id}" if len(rows) > _PAGE else ""
    values = {
        "rows": rows[:_PAGE],
        "later": later,
        "count": queries.count_duplicates(access_of(request)),
        "labels": labels,
    }
    return render(request, "customers/duplicates.jinja", values)


@needs(CUSTOMERS_MERGE)
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, pair_id: int) -> HttpResponse:
    """One pair side by side; POST merges, or notes that these are two people."""
    access, now = access_of(request), utc_now()
    found = queries.get_pair(access, pair_id)
    if request.method == "POST" and request.POST.get("act") == "different":
        services.dismiss_pair(pair_id=pair_id, actor=access.actor, now=now)
        return redirect("customers:duplicates")
    return _side_by_side(request, found.first_id, found.second_id, found)


@needs(CUSTOMERS_MERGE)
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """Any two customers side by side, by their numbers: `?other=CU-26-000123-K`."""
    access, other = access_of(request), request.GET.get("other", "")[:40]
    first, second = queries.id_by_number(access, number), queries.id_by_number(access, parse_number(other) or other)
    return _side_by_side(request, first, second, None)


def _side_by_side(request: HttpRequest, first: int, second: int, found: Any) -> HttpResponse:
    access, now = access_of(request), utc_now()
    sides = [queries.get_customer(access, one, now, purpose="merge") for one in (first, second)]
    if sides[0].id == sides[1].id:
        return redirect("customers:detail", sides[0].number)
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        keep = form.cleaned_data["keep"]
        try:
            if keep not in (sides[0].id, sides[1].id):
                raise Invalid(_("Choose which of the two stays."), field="keep")
            merged = sides[1].id if keep == sides[0].id else sides[0].id
            kept = services.merge(
                kept_id=keep, merged_id=merged, reason=form.cleaned_data["reason"], actor=access.actor, now=now
            )
            return redirect("customers:detail", next(one.number for one in sides if one.id == kept))
        except CitydeskError as error:
            note_errors(form, error)
    values = {
        "sides": sides,
        "pair": found,
        "form": form,
        "errors": form.errors if form.is_bound else {},
        "labels": labels,
        "likeness": queries.likeness_between(first, second),
    }
    return render(request, "customers/pair.jinja", values, status=400 if form.is_bound else 200)
