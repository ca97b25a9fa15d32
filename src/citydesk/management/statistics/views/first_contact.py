"""Resolved at the first contact, in three ways beside each other."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.statistics.choices import EXPORT, VIEW
from citydesk.management.statistics.queries import filters
from citydesk.management.statistics.queries.first_contact import WAYS, first_tables, first_ways
from citydesk.management.statistics.queries.measure import get_measure
from citydesk.management.statistics.queries.tables import shown
from citydesk.management.statistics.queries.words import cell_words, days_words, filter_words
from citydesk.management.statistics.views.report import heads, kept, reading_of


@needs(VIEW)
@require_GET
def first_contact(request: HttpRequest) -> HttpResponse:
    """Whether they came again, what representatives say, what residents answer; by channel and by reason."""
    reading = reading_of(request)
    tables = list(first_tables(reading))
    context: dict[str, Any] = {
        "title": _("Resolved at the first contact"),
        "asked": reading.asked,
        "query": reading.asked.query(),
        "days": days_words(reading.asked.selection),
        "narrowed": filter_words(reading),
        "dates": filters.filter_boxes(reading)[0],
        "kept": lambda code: kept(reading, code),
        "ways": first_ways(reading),
        "tables": [(shown(one), len(one.rows)) for one in tables],
        "heads": heads,
        "words": cell_words,
        "measures": [get_measure(code) for code in WAYS],
        "may_export": access_of(request).may(EXPORT),
    }
    return render(request, "statistics/first_contact.jinja", context)
