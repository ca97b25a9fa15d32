"""Request id, figures and log line, declared access, errors as answers; settings.MIDDLEWARE has the order."""

import re
import time
import uuid
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from citydesk.kernel.errors import CitydeskError, ManyInvalid, NotFound, TooMany
from citydesk.kernel.limits import begin_long, end_long, is_cut
from citydesk.kernel.trace import current_request_id

_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")

GetResponse = Callable[[HttpRequest], HttpResponse]


def alive(get_response: GetResponse) -> GetResponse:
    """Answer /healthz/live before anything else runs: a process without its database is alive all the same."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz/live" and request.method in ("GET", "HEAD"):
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        return get_response(request)

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """Give every request an id that logs, jobs and mails carry on; a proxy's well-formed id is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        identity = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        token = current_request_id.set(identity)
        try:
            response = get_response(request)
            response["X-Request-Id"] = identity
            return response
        finally:
            current_request_id.reset(token)

    return middleware


class declared_access:  # noqa: N801 - a middleware is named like the functions beside it
    """Refuse a view that declares no policy: 404 at run time, a failing guard in the tests. Give one that declares
    itself long the time of a report."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_long", False):
            end_long()
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        from citydesk.kernel.pages import enforce_policy

        try:
            answer = enforce_policy(request, view)
        except NotFound as error:
            raise Http404(error.message) from error
        if answer is None and getattr(view, "is_long", False):
            begin_long()
            request.is_long = True  # type: ignore[attr-defined]  # ended above, however the view ends
        return answer


# Nothing of the browser's senses; a page that asks for the place (the report form) says so itself.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=()"
)
PERMISSIONS_WITH_PLACE = PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
# Each view says which of these it takes. TRACE and TRACK would send back what a browser keeps from scripts.
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def observed(get_response: GetResponse) -> GetResponse:
    """Count every request and write its one log line: route, status, time, statements. No address, no person."""
    import structlog

    from citydesk.kernel.metrics import observe, route_of, tallied

    log = structlog.get_logger("request")

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        with tallied() as tally:
            response = get_response(request)
        seconds = time.perf_counter() - began
        observe(request, response, seconds, tally)
        log.info(
            "request",
            route=route_of(request),
            method=request.method,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            statements=tally.statements,
        )
        return response

    return middleware


def guarded_headers(get_response: GetResponse) -> GetResponse:
    """Pages of signed-in people are kept by no cache; no page may use the browser's senses, nor run what is not ours.

    django-csp writes the policy, once for what the settings say: it is the same for every page, and its own middleware
    would write it anew for each, a fiftieth of what a page costs.
    """
    written: tuple[object, str] = (None, "")

    def middleware(request: HttpRequest) -> HttpResponse:
        nonlocal written
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if written[0] is not settings.CONTENT_SECURITY_POLICY:
            written = (settings.CONTENT_SECURITY_POLICY, build_policy())
        response.headers.setdefault("Content-Security-Policy", written[1])
        access = getattr(request, "access", None)
        if access is not None and access.actor.is_staff:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def known_methods(get_response: GetResponse) -> GetResponse:
    """Refuse every other method before a view or a library takes it for a form that is sent (rule 50: TRACE 405)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in METHODS:
            return get_response(request)
        response: HttpResponse
        if request.path_info.startswith("/api/"):
            said = {"code": "wrong_method", "message": "This address does not know the method."}
            response = JsonResponse({**said, "field": "", "hint": ""}, status=405)
        else:
            response = HttpResponse("This method is not served here.\n", status=405, content_type="text/plain")
        response["Allow"] = ", ".join(METHODS)
        return response

    return middleware


def _is_about_nul(error: Exception) -> bool:
    """Whether the database was handed a zero byte: nobody types one, so the request could not be read."""
    return isinstance(error, ValueError | DataError) and "NUL (0x00)" in str(error)


class errors_as_answers:  # noqa: N801 - a middleware is named like the functions beside it
    """What a service refused and no form showed becomes a page, a fragment or JSON with its own status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if _is_about_nul(error):
            from citydesk.kernel.error_pages import error_page

            return error_page(request, 400)
        if is_cut(error):
            from citydesk.kernel.error_pages import cut

            return cut(request)
        if not isinstance(error, CitydeskError):
            return None
        from citydesk.kernel.metrics import REFUSALS

        REFUSALS.labels(error.code).inc()
        response = self.answer(request, error)
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.facts.get("retry_after", 60))
        return response

    def answer(self, request: HttpRequest, error: CitydeskError) -> HttpResponse:
        """`{code, message, field, hint}` for who asks for JSON, a page or fragment for people."""
        if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
            body = dict(error.as_dict())
            if isinstance(error, ManyInvalid):
                return JsonResponse({**body, "errors": [one.as_dict() for one in error.errors]}, status=error.status)
            return JsonResponse(body, status=error.status)
        from citydesk.kernel.error_pages import error_page

        return error_page(request, error.status, str(error.message), hint=str(error.hint))
