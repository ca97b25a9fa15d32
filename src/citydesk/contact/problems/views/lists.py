"""The room's lists: problems, recurrences, research."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from citydesk.contact.problems import labels, queries
from citydesk.contact.problems.choices import RESEARCH, VIEW, WORK
from citydesk.contact.problems.queries import spec
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import ListSpec, list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


def _list(request: HttpRequest, one: ListSpec, rows: Any, template: str, name: str) -> HttpResponseBase:
    access, now = access_of(request), utc_now()
    asked = request.GET.copy()
    if not asked:
        code, value = spec.FIRST_SHOWN[one.code]
        asked[code] = value
    if asked.get("as"):
        return take_out(request, one, rows, asked, form=str(asked["as"]), name=name, access=access, now=now)
    context = {
        "page": list_page(one, rows, asked, access=access, now=now),
        "labels": labels,
        "at": now,
        "may": {"work": access.may(WORK), "research": access.may(RESEARCH)},
        "tab": name,
    }
    return render(request, template, context, fragment="rows")


@needs(VIEW)
@require_GET
def problem_list(request: HttpRequest) -> HttpResponseBase:
    """Problems the reader sees; open ones unless asked otherwise."""
    rows = queries.list_problems(access_of(request))
    return _list(request, spec.PROBLEMS, rows, "problems/list.jinja", "problems")


@needs(VIEW)
@require_GET
def found_list(request: HttpRequest) -> HttpResponseBase:
    """Recurrences that the rules found; those to look at unless asked otherwise."""
    rows = queries.list_detections(access_of(request))
    return _list(request, spec.DETECTIONS, rows, "problems/found_list.jinja", "recurrences")


@needs(VIEW)
@require_GET
def research_list(request: HttpRequest) -> HttpResponseBase:
    """Research tasks; open ones unless asked otherwise."""
    access = access_of(request)
    rows = queries.list_research(access)
    return _list(request, spec.research_spec(access), rows, "problems/research_list.jinja", "research")
