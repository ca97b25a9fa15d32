"""The records behind a figure."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.kernel.errors import NotAllowed
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.statistics.choices import EXPORT, VIEW
from citydesk.management.statistics.queries import records as behind
from citydesk.management.statistics.queries.words import days_words, filter_words
from citydesk.management.statistics.views.report import reading_of


@needs(VIEW, long=True)
@require_GET
def records(request: HttpRequest) -> HttpResponseBase:
    """The requests behind a figure, those that the reader may see."""
    reading = reading_of(request)
    what, age = request.GET.get("what", "opened"), request.GET.get("age", "")
    found = behind.request_records(reading, what=what, age=age, access=access_of(request))
    return _answer(request, found, reading, "statistics/records.jinja")


@needs(VIEW, long=True)
@require_GET
def contacts(request: HttpRequest) -> HttpResponseBase:
    """The contacts behind a figure, those that the reader may see."""
    reading = reading_of(request)
    found = behind.contact_records(reading, what=request.GET.get("what", ""), access=access_of(request))
    return _answer(request, found, reading, "statistics/contacts.jinja")


def _answer(request: HttpRequest, found: behind.Behind, reading: Any, template: str) -> HttpResponseBase:
    access, now = access_of(request), reading.now
    if request.GET.get("as"):
        if not access.may(EXPORT):
            raise NotAllowed(_("Taking lists away needs the right to export."), permission=EXPORT)
        name = found.spec.code.rpartition(".")[2]
        return take_out(
            request, found.spec, found.rows, request.GET, form=request.GET["as"], name=name, access=access, now=now
        )
    page = list_page(found.spec, found.rows, request.GET, access=access, now=now)
    shown = page.total.count if page.total and not page.total.is_capped else None
    is_small = found.counted < reading.small
    context = {
        "title": found.title,
        "page": page,
        # Of a small figure not even that something is left out is told: the sentence stands there in any case.
        "may_hide": is_small and not (reading.may_see_small and reading.may_see_sealed),
        "hidden": found.counted - shown if shown is not None and not is_small else 0,
        "days": days_words(reading.asked.selection),
        "narrowed": filter_words(reading),
        "back": reading.asked.query(),
        "may_export": access.may(EXPORT),
        "at": now,
    }
    return render(request, template, context)
