"""GET /requests/{id} and /tokens/{token}."""

from django.http import HttpRequest, HttpResponse

from citydesk.contact.service_requests.api.asked import parameter, read_allowance, require_jurisdiction
from citydesk.contact.service_requests.api.errors import answering
from citydesk.contact.service_requests.api.render import respond
from citydesk.contact.service_requests.api.requests_get import one_request
from citydesk.contact.service_requests.services.open311 import number_of_token


@answering("GET", why="what is public of a request may be read by anybody")
def single(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """One request, as a list of one."""
    return one_request(request, number, form)


@answering("GET", why="who has the token made the report")
def token(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The number a token became; empty while the report waits to be recorded."""
    read_allowance(request)
    require_jurisdiction(parameter(request, "jurisdiction_id"))
    data = {"service_request_id": number_of_token(token=token) or None, "token": token}
    return respond("service_requests", [data], form)
