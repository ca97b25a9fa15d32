"""Printing the report: ask, watch, fetch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.statistics import services
from citydesk.management.statistics.choices import EXPORT
from citydesk.management.statistics.queries.printed import get_printing


@needs(EXPORT, long=True)
@require_POST
def print_out(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a printed report of what the page shows."""
    now = utc_now()
    key = services.print_report(
        query=request.POST.get("query", ""), language=get_language() or "en", access=access_of(request), now=now
    )
    return redirect("statistics:printing", report_id=key)


@needs(EXPORT, long=True)
@require_GET
def printing(request: HttpRequest, report_id: int) -> HttpResponse:
    """How far a printed report is, and its link when it is done."""
    found = get_printing(access_of(request), report_id)
    context = {"title": _("Printed report"), "printing": found}
    return render(request, "statistics/printing.jinja", context, fragment="progress")
