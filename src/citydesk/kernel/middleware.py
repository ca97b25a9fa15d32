"""Request id, declared access, and errors as pages. Order matters: settings.MIDDLEWARE says why."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import Http404, HttpRequest, HttpResponse

from citydesk.kernel.errors import NotFound

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")

GetResponse = Callable[[HttpRequest], HttpResponse]


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
    """Refuse a view that declares no policy: 404 at run time, a failing guard in the tests."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        from citydesk.kernel.pages import enforce_policy

        try:
            return enforce_policy(request, view)
        except NotFound as error:
            raise Http404(error.message) from error
