"""The JSON API under /api/v1/: keys, error shape and the routers that rooms offer.

The OpenAPI description is public: it holds no data and a partner needs it before there is a key. The page beside it is
drawn from it as plain HTML, since the usual ones need inline scripts that the site's content policy forbids.
"""

from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from citydesk.city.customers.api import router as customers
from citydesk.city.staff import services as staff
from citydesk.city.staff.queries import Partner
from citydesk.contact.interactions.api import router as interactions
from citydesk.contact.service_requests.api.json_api import router as service_requests
from citydesk.contact.work_orders.api import router as work_orders
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, ManyInvalid, TooMany
from citydesk.kernel.metrics import REFUSALS
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network, throttle

WRONG_KEYS = 30


class KeyOfPartner(HttpBearer):
    """`Authorization: Bearer <key>`, within the key's allowance."""

    def authenticate(self, request: HttpRequest, token: str) -> Partner | None:
        now = utc_now()
        partner = staff.admit_partner(words=token.strip(), now=now)
        if partner is None:
            throttle(f"api:wrong:{client_network(request)}", limit=WRONG_KEYS, per_seconds=60, now=now)
        return partner


api = NinjaAPI(
    title="Citydesk API",
    version="1",
    description="Requests, contacts, customers, work orders and the catalog for the programs of partners. "
    "Open311 GeoReport v2 is at /open311/v2/.",
    auth=KeyOfPartner(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/", work_orders)
api.add_router("/", interactions)
api.add_router("/", customers)
api.add_router("/", service_requests)


def _answer(request: HttpRequest, status: int, **said: Any) -> HttpResponse:
    body = {"code": "error", "message": "", "field": "", "hint": "", **said}
    return api.create_response(request, body, status=status)


@api.exception_handler(CitydeskError)
def _refused(request: HttpRequest, error: CitydeskError) -> HttpResponse:
    REFUSALS.labels(error.code).inc()
    more = {"errors": [one.as_dict() for one in error.errors]} if isinstance(error, ManyInvalid) else {}
    response = _answer(request, error.status, **error.as_dict(), **more)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.facts.get("retry_after", 60))
    return response


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    words = {"message": "The key is missing or not valid.", "hint": "Send it as Authorization: Bearer <key>."}
    return _answer(request, 401, code="no_key", **words)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"code": "invalid", "message": str(one.get("msg", "")), "field": str((one.get("loc") or [""])[-1]), "hint": ""}
        for one in error.errors
    ]
    first = errors[0] if errors else {"code": "invalid"}
    return _answer(request, 400, **first, errors=errors)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, error.status_code, code="unreadable", message=str(error))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _answer(request, 413, code="too_large", message="This is too large.")


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(BadRequest)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return _answer(request, 400, code="unreadable", message="The request could not be read.")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, 404, code="not_found", message="There is nothing at this address.")


def patterns() -> tuple[Any, ...]:
    """The API's addresses for the root URL table, each declared for the policy guard."""
    urls = api.urls
    for pattern in urls[0]:
        pattern.callback = _declared(pattern.callback)
    return urls


def _declared(view: Any) -> Any:
    """The view with its policy; a wrong method is answered in the API's shape too."""

    @public("programs sign in by a key that the API checks itself")
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        refused = _answer(request, 405, code="wrong_method", message="This address does not know the method.")
        refused["Allow"] = response["Allow"]
        return refused

    return answer
