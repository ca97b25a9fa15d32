"""What stands on a request's page: its complaints, and the form that opens one. Loaded when somebody opens the fold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import labels, queries, services
from citydesk.contact.complaints.choices import OPEN, VIEW
from citydesk.contact.complaints.forms import OpenForm
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.acts import REFUSALS, read, said
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def of_request(request: HttpRequest, number: str) -> HttpResponse:
    """The complaints of a request that the reader sees, or that there is none."""
    access, now = access_of(request), utc_now()
    brief = requests.get_brief(access, number)
    rows = queries.of_request(access, brief.number)
    context = {
        "rows": rows,
        "number": brief.number,
        "labels": labels,
        "at": now,
        "may_open": access.may(OPEN) and not any(row["is_open"] for row in rows),
    }
    return render(request, "complaints/of_request.jinja", context, fragment="inside")


@needs(OPEN)
@require_http_methods(["GET", "POST"])
def open_from_request(request: HttpRequest, number: str) -> HttpResponse:
    """Choose the class and open a complaint."""
    access, now = access_of(request), utc_now()
    brief = requests.get_brief(access, number)
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            typed = read(OpenForm, request.POST)
            _id, opened = services.open_complaint(
                request_number=brief.number,
                class_code=typed["class_code"],
                language=typed["language"] or "en",
                access=access,
                now=now,
            )
            return redirect("complaints:detail", opened)
        except REFUSALS as refused:
            error = refused
    language = (get_language() or "en").split("-")[0]
    today = profile.city_today(now)
    context = {
        "brief": brief,
        "service": brief.service_names.get(language) or next(iter(brief.service_names.values()), ""),
        "classes": [(one.code, one.name_in(language)) for one in queries.classes_for(brief.service_code, today)],
        "languages": [(code, labels.LANGUAGES.get(code, code)) for code in profile.city().languages],
        "typed": request.POST,
        "errors": said(error) if error else {},
    }
    return render(request, "complaints/open.jinja", context, status=error.status if error else 200)
