"""Shared procedures beside a request: in the words of the department that has it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from citydesk.city.knowledge.choices import VIEW
from citydesk.desk.queries import procedures
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def of_request(request: HttpRequest, number: str) -> HttpResponse:
    """The procedures of a request's code, for the fold on its page."""
    found = procedures.of_request(access_of(request), number, get_language() or "en")
    context = {"found": found, "number": number}
    return render(request, "desk/procedures_of_request.jinja", context, fragment="inside")
