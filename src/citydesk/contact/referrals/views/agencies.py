"""Whom requests are referred to: hours, people, agreements."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.contact.referrals import labels, queries
from citydesk.contact.referrals.choices import VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def agency_list(request: HttpRequest) -> HttpResponse:
    """All agencies and departments with agreements, by name."""
    now = utc_now()
    context = {"agencies": queries.list_agencies(access_of(request), now), "labels": labels, "at": now}
    return render(request, "referrals/agencies.jinja", context)


@needs(VIEW)
@require_GET
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency."""
    now = utc_now()
    context = {"one": queries.get_agency(access_of(request), code, now), "labels": labels, "at": now}
    return render(request, "referrals/agency.jinja", context)
