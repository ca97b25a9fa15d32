"""What was promised to residents for a week, by whom, and whether it was kept."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.contact.interactions.choices import SUPERVISE
from citydesk.contact.service_requests.choices import VIEW
from citydesk.contact.service_requests.queries.promises import promises_of_week
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """Promises due in a week: everybody's for a supervisor, one's own for others."""
    access, now = access_of(request), utc_now()
    week = promises_of_week(access, day=request.GET.get("of", ""), now=now)
    context = {"week": week, "at": now, "is_everybody": access.may(SUPERVISE)}
    return render(request, "service_requests/promises.jinja", context)
