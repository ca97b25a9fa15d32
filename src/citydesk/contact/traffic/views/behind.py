"""The rows behind a figure of a queue's day, as a page and as a file that gives the figure again."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import labels, queries
from citydesk.contact.traffic.choices import VIEW, AgentStateKind, Formula, LegOutcome
from citydesk.contact.traffic.forms import day_or
from citydesk.contact.traffic.queries import Behind, BehindRow
from citydesk.contact.traffic.rules import CATALOG, FORMULAS
from citydesk.contact.traffic.views.sheets import csv_file
from citydesk.contact.traffic.views.shown import name_in, show
from citydesk.kernel import audit
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import count, duration_clock

LEVEL = "level."
ON_A_PAGE = 100
OBJECT = "traffic.figure"


def address_of(queue: str, on: date, figure: str) -> str:
    """Where the rows behind a figure are."""
    return f"{reverse('traffic:behind')}?{urlencode({'queue': queue, 'on': on.isoformat(), 'figure': figure})}"


@needs(VIEW, long=True)
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """What a figure rests on, contacts offered where the address names none; with `as=csv` the same rows as a file, and
    that it was taken is noted."""
    access, given = access_of(request), request.GET
    on = day_or(given.get("on", ""), profile.city_today(utc_now()))
    queue = given.get("queue") or next((one.code for one in queries.list_queues()), "")
    if not queue:
        return redirect("traffic:day")
    found = queries.rows_behind(access=access, queue_code=queue, day=on, figure=given.get("figure") or "offered")
    if given.get("as") == "csv":
        audit.record_read(
            object_type=OBJECT, object_id=found.page.queue.id, purpose="file", actor=access.actor, now=utc_now()
        )
        return csv_file(f"{found.page.queue.code}-{on.isoformat()}-{found.code}", _HEAD, map(_line, found.rows))
    return show(request, "behind.jinja", _context(found, on, given.get("from", "")))


def _context(found: Behind, on: date, first: str) -> dict[str, Any]:
    queue = found.page.queue
    start = min(int(first) if first.isdecimal() else 0, max(len(found.rows) - 1, 0))
    here = address_of(queue.code, on, found.code)
    last = start + ON_A_PAGE
    return {
        "queue_name": name_in(queue.name, queue.code),
        "queue_code": queue.code,
        "on": on,
        "found": found,
        "title": _title(found.code),
        "definition": _definition(found.code),
        "value": _value(found),
        "sums": _sums(found),
        "between": found.between and tuple(f"{100 * one:.1f} %" for one in found.between),
        "is_time": any(one.kind == "state" for one in found.rows),
        "rows": [{"row": one, "words": _words(one)} for one in found.rows[start:last]],
        "left_out": _left_out(found),
        "shown": (start + 1, min(last, len(found.rows)), len(found.rows)),
        "earlier": f"{here}&from={max(0, start - ON_A_PAGE)}" if start else "",
        "later": f"{here}&from={last}" if last < len(found.rows) else "",
        "file": f"{here}&as=csv",
    }


def _title(code: str) -> Any:
    return _("Service level") if code.startswith(LEVEL) else labels.METRICS[code]


def _definition(code: str) -> str:
    if code.startswith(LEVEL):
        formula = Formula(code.removeprefix(LEVEL))
        return f"{FORMULAS[formula]}: {labels.FORMULAS[formula]}"
    return str(labels.DEFINITIONS.get(code, ""))


def _value(found: Behind) -> str:
    if found.ratio is None:
        return duration_clock(round(found.wait or 0))
    metric = CATALOG.get(found.code)
    if found.ratio.value is None or (metric and not metric.denominator):
        return count(found.ratio.numerator)
    if metric and metric.unit == "seconds":
        return duration_clock(round(found.ratio.value))
    return f"{100 * found.ratio.value:.1f} %"


def _sums(found: Behind) -> str:
    if found.ratio is None or not found.rows or not any(one.below for one in found.rows):
        return ""
    return f"{count(found.ratio.numerator)} / {count(found.ratio.denominator)}"


def _left_out(found: Behind) -> list[tuple[Any, int]]:
    rows = [(labels.OUTCOMES[LegOutcome(code)], some) for code, some in found.left_out if code]
    more = ((_("calls the office made"), found.outward), (_("records told anew since"), found.replaced))
    return rows + [(words, some) for words, some in more if some]


def _words(row: BehindRow) -> Any:
    if row.kind == "state":
        return labels.STATES[AgentStateKind(row.outcome)]
    return labels.OUTCOMES[LegOutcome(row.outcome)] if row.outcome else _("the interval's sums")


_HEAD = ("at", "kind", "source", "record", "outcome", "wait_s", "talk_s", "hold_s", "acw_s", "above", "below")


def _line(row: BehindRow) -> Iterator[Any]:
    yield from (row.at.isoformat(), row.kind, row.source, row.about, row.outcome)
    yield from ("" if one is None else one for one in (row.wait_s, row.talk_s, row.hold_s, row.acw_s))
    yield from (row.above, row.below)
