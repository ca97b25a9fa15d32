"""The transfer directory: a page of its own, and the block the contact screen swaps in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.city.staff.choices import DIRECTORY
from citydesk.city.staff.queries import find_offices
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import needs, render


@needs(DIRECTORY)
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Offices for the caller's words. HTMX gets the block `offices` alone; `pick=1` adds a radio to each."""
    text = request.GET.get("q", "")[:200]
    offices = find_offices(text, utc_now(), limit=40 if not text.strip() else 12)
    values = {"text": text, "offices": offices, "is_pick": request.GET.get("pick") == "1"}
    return render(request, "staff/directory.jinja", values, fragment="offices")
