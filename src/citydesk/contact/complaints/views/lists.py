"""The list of complaints with its views, and the figures."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import labels, queries
from citydesk.contact.complaints.choices import VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import list_page
from citydesk.kernel.pages import access_of, needs, render

STATISTICS, SEES_ALL = "statistics.view", "service_requests.confidential"


@needs(VIEW)
@require_GET
def complaint_list(request: HttpRequest) -> HttpResponse:
    """Complaints the reader sees; open ones unless asked otherwise. No files: a complaint leaves on paper alone."""
    access, now = access_of(request), utc_now()
    asked = request.GET.copy()
    if not asked:
        asked["show"] = "open"
    page = list_page(
        queries.spec_of(access, now), queries.list_complaints(access), asked, access=access, now=now, has_count=False
    )
    counts = queries.counts_of(access)
    context = {
        "page": page,
        "show": asked.get("show", ""),
        "views": [(code, words, counts[code]) for code, words in queries.VIEWS.items()],
        "labels": labels,
        "at": now,
        "may_count": access.may(STATISTICS),
    }
    return render(request, "complaints/list.jinja", context, fragment="rows")


@needs(STATISTICS, long=True)
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """Complaints opened in the last twelve months, in figures; small cells are hidden from most readers."""
    access, now = access_of(request), utc_now()
    today = profile.city_today(now)
    first = today - timedelta(days=364)
    found = queries.figures(first=first, last=today, sees_small=access.may(SEES_ALL) and access.may(VIEW))
    language = (get_language() or "en").split("-")[0]
    names = {row["code"]: queries.class_on(row["code"], today).name_in(language) for row in found.rows}
    context = {"figures": found, "names": names, "first": first, "last": today, "labels": labels}
    return render(request, "complaints/figures.jinja", context)
