"""Every refusal under /open311/ in the format asked for, whatever refused: view, router, limit, mistake of ours."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from citydesk.contact.service_requests.api.render import JSON, XML, respond
from citydesk.kernel.errors import CitydeskError, ManyInvalid, TooMany
from citydesk.kernel.metrics import REFUSALS
from citydesk.kernel.pages import public

log = structlog.get_logger("open311")
# GeoReport knows 404 for what is not there, 403 for keys, 400 for everything else; the rest is HTTP's own.
_OWN = frozenset({403, 404, 405, 413, 429, 503})
_WORDS = {
    400: "The request could not be read.",
    403: "The key may not do this.",
    404: "There is nothing at this address.",
    405: "This address does not know the method.",
    413: "This is too large.",
    429: "Too many at once.",
    500: "Something broke on our side. Nothing is wrong with your request; send it again later.",
    503: "The service is being maintained. Send it again in a minute.",
}
View = Callable[..., HttpResponse]


def form_of(request: HttpRequest) -> str:
    """The format asked for: the suffix of the path, else what the client accepts, else XML."""
    path = request.path.lower()
    if path.endswith(f".{JSON}"):
        return JSON
    if path.endswith(f".{XML}"):
        return XML
    return JSON if "json" in request.headers.get("Accept", "").lower() else XML


def refusal(request: HttpRequest, status: int, *descriptions: tuple[int, str]) -> HttpResponse:
    """The list of errors with an HTTP status; without descriptions the usual words of the status."""
    said = descriptions or ((status, _WORDS.get(status, _WORDS[400])),)
    errors = [{"code": code, "description": words} for code, words in said]
    return respond("errors", errors, form_of(request), status=status)


def answering(*methods: str, why: str) -> Callable[[View], View]:
    """A public view of the API: its methods, no form token, its errors as GeoReport writes them."""

    def mark(view: View) -> Any:
        allowed = ", ".join(sorted({*methods, *(("HEAD",) if "GET" in methods else ()), "OPTIONS"}))

        @public(why)
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else request.method
            if method == "OPTIONS":
                response = HttpResponse(status=204)
            elif method not in methods:
                response = refusal(request, 405)
            else:
                response = _guarded(lambda: view(request, *args, **kwargs), request)
            if response.status_code == 405 or method == "OPTIONS":
                response["Allow"] = allowed
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return answer

    return mark


def _guarded(act: Callable[[], HttpResponse], request: HttpRequest) -> HttpResponse:
    try:
        return act()
    except CitydeskError as error:
        return refused(request, error)
    except Http404:
        return refusal(request, 404)
    except RequestDataTooBig:
        return refusal(request, 413)
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError, UnicodeError) as error:
        REFUSALS.labels("unreadable").inc()
        log.info("open311.unreadable", kind=type(error).__name__)
        return refusal(request, 400)
    except (OperationalError, InterfaceError):
        log.exception("open311.database_away")
        response = refusal(request, 503)
        response["Retry-After"] = "60"
        return response
    except Exception:
        log.exception("open311.broken")
        return refusal(request, 500)


def refused(request: HttpRequest, error: CitydeskError) -> HttpResponse:
    """A service's refusal: one entry for each thing that does not hold."""
    REFUSALS.labels(error.code).inc()
    status = error.status if error.status in _OWN else 400
    several = error.errors if isinstance(error, ManyInvalid) else [error]
    entries = [(one.status if one.status not in (409,) else 400, _words_of(one)) for one in several]
    response = refusal(request, status, *entries)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.facts.get("retry_after", 60))
    return response


def _words_of(error: CitydeskError) -> str:
    """The message with the field it is about, which a developer at the other end needs to see."""
    return f"{error.field}: {error.message}" if error.field else str(error.message)


@answering(*("GET", "POST", "PUT", "PATCH", "DELETE"), why="addresses that do not exist")
def missing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Whatever else stands under /open311/."""
    return refusal(request, 404)
