"""Refusals under /open311/ that no view of ours made (a bad host, a body cut short) in the contract's format too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
_TYPES = ("text/xml", "application/json")


def open311_answers(get_response: GetResponse) -> GetResponse:
    """Rewrite an error page for people into the list of errors an Open311 client reads."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 400 or not request.path_info.startswith("/open311/"):
            return response
        if response.get("Content-Type", "").startswith(_TYPES):
            return response
        from citydesk.contact.service_requests.api.errors import refusal

        refused = refusal(request, response.status_code)
        for name in ("Retry-After", "Allow"):
            if name in response:
                refused[name] = response[name]
        return refused

    return middleware
