"""Files of the queue larger than one person takes out alone: counted, and asked for instead of handed out."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict

from citydesk.contact.service_requests.queries import approvals as proposals
from citydesk.contact.service_requests.rules import many
from citydesk.kernel.actors import Access
from citydesk.kernel.pages import render


def count_listed(asked: QueryDict, access: Access, now: datetime) -> int:
    """How many rows an export of this list would hold, counted to one more than the reader takes out alone."""
    most = many.most_alone(access.limits, "export")
    return proposals.count_queue(asked, access, now=now, most=most + 1)


def ask_for_export(request: HttpRequest, query: str, form: str, count: int, error: str = "") -> HttpResponse:
    """The page instead of a file that is too large for one person."""
    context = {"query": query, "form": form, "count": count, "error": error}
    return render(request, "service_requests/export.jinja", context, status=422 if error else 200)
