"""Who reported in confidence: a reason first, then the identity once, in an answer that nobody keeps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.choices import VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.telephone import phone_words

TEMPLATE = "service_requests/reporter.jinja"


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, then show who reported. The answer to the form is the only place where the identity ever stands: it has
    no address of its own, and asking again asks for a reason again. 404 for whoever may not open it."""
    access, now = access_of(request), utc_now()
    sealed = queries.sealed_reporter(access, number)
    reason = request.POST.get("reason", "")
    context: dict[str, Any] = {"sealed": sealed, "at": now, "identity": None, "reason": reason, "errors": {}}
    status = 200
    if request.method == "POST":
        try:
            identity = services.open_reporter(request_id=sealed.request_id, reason=reason, access=access, now=now)
            context.update(identity=identity, phone=phone_words(identity.phone))
        except Invalid as error:
            context["errors"], status = {error.field or "reason": [str(error.message)]}, error.status
    response = render(request, TEMPLATE, context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
