"""Pages of the city profile: what is in force, since when, where it comes from, what must still be asked."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from citydesk.city.profile import labels, queries
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.pages import needs, raise_as_http, render


@needs("profile.view")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Sections with their counts, the loads, the questions to the office."""
    today = queries.city_today(utc_now())
    to_confirm = Counter(one.section for one in queries.list_provenance(today) if one.is_to_confirm)
    context = {
        "city": queries.city(),
        "version": queries.version(),
        "sections": [(code, count, to_confirm.get(code, 0)) for code, count in queries.list_sections(today)],
        "loads": queries.list_loads(),
        "questions": queries.open_questions(today),
        "shown_language": _language(),
    }
    return render(request, "profile/index.jinja", context)


@needs("profile.view")
@require_GET
def section(request: HttpRequest, section: str) -> HttpResponse:
    """The entries of one section in force today."""
    today = queries.city_today(utc_now())
    try:
        lines = queries.list_entries(section, today, _language())
    except CitydeskError as error:
        raise_as_http(error)
        raise
    context = {"section": section, "lines": lines, "statuses": labels.SOURCE_STATUS}
    return render(request, "profile/section.jinja", context)


@needs("profile.view")
@require_GET
def entry(request: HttpRequest, section: str, code: str) -> HttpResponse:
    """Every period of one code."""
    try:
        periods = queries.list_periods(section, code, _language())
    except CitydeskError as error:
        raise_as_http(error)
        raise
    return render(request, "profile/entry.jinja", {"section": section, "code": code, "periods": periods})


def _language() -> str:
    return (get_language() or "en")[:2]
