"""For everybody: asking for public records, and how a request stands. Whole without scripts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import RESIDENT
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotFound, TooMany
from citydesk.kernel.pages import public, render
from citydesk.kernel.throttle import client_network, throttle
from citydesk.management.records import labels, queries, services

_MOST, _SECONDS = 10, 3600


@public("anybody may ask for public records")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for public records."""
    now = utc_now()
    errors: dict[str, list[str]] = {}
    status = 200
    try:
        law = queries.law_in_force(profile.city_today(now))
    except NotFound as error:
        raise Http404(str(error.message)) from error
    if request.method == "POST":
        try:
            throttle(f"records.ask {client_network(request)}", limit=_MOST, per_seconds=_SECONDS, now=now)
            asked = services.Asked(
                words=request.POST.get("words", ""),
                channel="web",
                name=request.POST.get("name", ""),
                email=request.POST.get("email", ""),
                address=request.POST.get("address", ""),
                language=(get_language() or "en").split("-")[0],
            )
            made = services.take_request(asked=asked, actor=RESIDENT, now=now)
            return redirect("public_records:status", made.token)
        except (Invalid, TooMany) as error:
            errors, status = {error.field or "form": [str(error.message)]}, error.status
            status = 422 if status == 400 else status
    context = {"errors": errors, "typed": request.POST, "law": law}
    return render(request, "records/ask.jinja", context, status=status)


@public("whoever has the link follows the request")
@require_GET
def status(request: HttpRequest, token: str) -> HttpResponse:
    """How a request stands, and what was handed over."""
    try:
        found = queries.status_by_token(token)
    except NotFound as error:
        raise Http404(str(error.message)) from error
    answer = render(request, "records/status.jinja", {"found": found, "close_words": labels.CLOSE, "at": utc_now()})
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
