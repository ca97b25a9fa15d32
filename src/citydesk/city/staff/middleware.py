from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def access(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the reader's `Access` on the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
