"""400, 403, 404, 500, 503, 504 as pages a clerk understands, with the incident's number to tell whoever repairs it.

The number is the request id that logs carry. These pages ask no database.
"""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

from citydesk.kernel.limits import is_cut
from citydesk.kernel.shell import BareShell
from citydesk.kernel.trace import current_request_id


def _words(status: int) -> tuple[str, str]:
    """Title and what to do, per status."""
    return {
        400: (_("This could not be read"), _("Go back, check what was typed and send it again.")),
        403: (
            _("You have no right to this"),
            _("Ask your supervisor if your work needs it. What you typed was not saved."),
        ),
        409: (_("This is not possible any more"), _("Look at the record as it stands now, then decide again.")),
        422: (_("This was sent before with other content"), _("Reload the page and send it once more.")),
        429: (_("Too many at once"), _("Wait a moment, then send it again.")),
        404: (
            _("Nothing is at this address"),
            _("The address may be mistyped, or the record is not yours to see. Find it by its number instead."),
        ),
        500: (
            _("Something broke on our side"),
            _("What was saved before is safe. Try once more; if it breaks again, tell the number below."),
        ),
        503: (
            _("The desk is being maintained"),
            _("Use the paper pad. Try again in a few minutes; what was saved before is safe."),
        ),
        504: (
            _("This took too long and was stopped"),
            _(
                "Nothing of it was saved. Ask for less at once: a shorter time, fewer places, a more exact word. "
                "If it was something small, try again in a few minutes."
            ),
        ),
    }.get(status, (_("This could not be done"), _("Go back, check what was typed and send it again.")))


def error_page(request: HttpRequest, status: int, reason: str = "", hint: str = "") -> HttpResponse:
    """The page, a fragment of it for HTMX, or JSON under /api/."""
    title, usual_hint = _words(status)
    hint = hint or usual_hint
    incident = current_request_id.get() or request.headers.get("X-Request-Id", "")
    if request.path.startswith("/api/"):
        body = {"code": status, "message": reason or title, "field": "", "hint": hint, "incident": incident}
        return JsonResponse(body, status=status)
    context: dict[str, Any] = {
        "shell": BareShell(request),
        "status": status,
        "error_title": title,
        "error_hint": hint,
        "reason": reason,
        "incident": incident[:8].upper(),
        "request": request,
    }
    name = "kernel/error_fragment.jinja" if request.headers.get("HX-Request") else "kernel/error.jinja"
    return HttpResponse(get_template(name).render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception or "")
    return error_page(request, 403, said if " " in said else "")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an old tab, or a page of somebody else's."""
    return error_page(request, 403, _("This page was open too long. Go back, load it again and send it once more."))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception or "")
    return error_page(request, 404, said if " " in said and "{" not in said else "")


def broken(request: HttpRequest) -> HttpResponse:
    """What no view expected: 500; 503 while the database is away, which comes back by itself."""
    # Django calls this while it handles the error. A dead connection is an interface error, a dead server the other.
    if is_cut(sys.exception()):
        return cut(request)
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return closed(request)
    return error_page(request, 500)


def cut(request: HttpRequest) -> HttpResponse:
    """A statement took longer than a page may: the transaction it was in is gone whole."""
    from citydesk.kernel.metrics import REFUSALS

    REFUSALS.labels("too_long").inc()
    return error_page(request, 504)


def closed(request: HttpRequest) -> HttpResponse:
    """While migrations run or the database is away."""
    response = error_page(request, 503)
    response["Retry-After"] = "60"
    return response
