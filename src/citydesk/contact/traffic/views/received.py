"""Calls received: the figures of a day or month as tables, and the calls behind one, as a page and as a file."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import labels, queries
from citydesk.contact.traffic.choices import VIEW, CallEnd
from citydesk.contact.traffic.forms import day_or
from citydesk.contact.traffic.queries import CallRow, CallsBehind, Received
from citydesk.contact.traffic.rules import CATALOG, OF_CALLS, CallSums, Ratio, value_of
from citydesk.contact.traffic.views.sheets import csv_file
from citydesk.contact.traffic.views.shown import name_in, show
from citydesk.kernel import audit
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import count, duration_clock

ON_A_PAGE = 100
OBJECT = "traffic.calls"
# What stands in the table of days.
OF_DAY = ("calls_received", "before_queue", "calls_closed", "calls_menu", "calls_hung_up", "calls_queued")
_PARTS = frozenset({f"calls_{one.value}" for one in CallEnd} - {"calls_queued"})
_HEAD = ("at", "source", "call", "trunk", "end", "lasted_s", "before_queue_s", "above", "below")


def calls_address(on: date, figure: str) -> str:
    """Where the calls behind a figure of a day are."""
    return f"{reverse('traffic:received')}?{urlencode({'on': on.isoformat(), 'figure': figure})}"


def lines_of_day(found: Received, on: date) -> list[dict[str, Any]]:
    """The figures of a day, each with where its calls are; kinds of ends that nobody came to are left out."""
    return [
        {
            "name": labels.METRICS[code],
            "definition": labels.DEFINITIONS[code],
            "value": shown_value(code, ratio),
            "sums": _sums(code, ratio),
            "address": calls_address(on, code) if ratio.numerator else "",
        }
        for code in OF_CALLS
        if (ratio := found.value(code)).numerator or code not in _PARTS
    ]


def shown_value(code: str, ratio: Ratio) -> str:
    """A figure as it is read."""
    metric = CATALOG[code]
    if ratio.value is None:
        return "–"
    if not metric.denominator:
        return count(ratio.numerator)
    return f"{100 * ratio.value:.1f} %" if metric.unit == "percent" else duration_clock(round(ratio.value))


def value_in(sums: CallSums, code: str) -> Ratio:
    """A metric of some calls."""
    return value_of(CATALOG[code], sums.sums)


def days_of(days: Mapping[date, CallSums]) -> list[tuple[date, list[tuple[str, str]]]]:
    """Day by day (value, where its calls are) of what stands in the table of days."""
    return [
        (day, [(shown_value(code, ratio), calls_address(day, code) if ratio.numerator else "")
               for code in OF_DAY for ratio in [value_in(sums, code)]])
        for day, sums in sorted(days.items())
    ]  # fmt: skip


def calls_compared(
    now: CallSums, before: CallSums, moved: Callable[[float | None, float | None], str]
) -> Iterator[tuple[Any, Any, str, str, str]]:
    """(what, its definition, this month, the month before, the change) of calls; nothing where no switch told any."""
    if not now.received and not before.received:
        return
    for code in OF_CALLS:
        ratios = value_in(now, code), value_in(before, code)
        if code in _PARTS and not any(one.numerator for one in ratios):
            continue
        values = [shown_value(code, one) for one in ratios]
        yield labels.METRICS[code], labels.DEFINITIONS[code], *values, moved(*(one.value for one in ratios))


def call_lines(part: str, what: str, sums: CallSums) -> Iterator[list[Any]]:
    """The figures of some calls for a file: value, above and below the line."""
    for code in OF_CALLS if sums.received else ():
        ratio, is_count = value_in(sums, code), not CATALOG[code].denominator
        if ratio.value is not None:
            value = ratio.numerator if is_count else round(ratio.value, 4)
            yield [part, what, str(labels.METRICS[code]), value, ratio.numerator, "" if is_count else ratio.denominator]


def _sums(code: str, ratio: Ratio) -> str:
    return f"{count(ratio.numerator)} / {count(ratio.denominator)}" if CATALOG[code].denominator else ""


@needs(VIEW)
@require_GET
def received(request: HttpRequest) -> HttpResponse:
    """The calls behind a figure of a day, all received where the address names none; as a file with `as=csv`, and that
    it was taken is noted."""
    access, given = access_of(request), request.GET
    on = day_or(given.get("on", ""), profile.city_today(utc_now()))
    found = queries.calls_behind(access=access, day=on, figure=given.get("figure") or "calls_received")
    if given.get("as") == "csv":
        number = on.year * 10_000 + on.month * 100 + on.day
        audit.record_read(object_type=OBJECT, object_id=number, purpose="file", actor=access.actor, now=utc_now())
        return csv_file(f"calls-{on.isoformat()}-{found.code}", _HEAD, map(_line, found.rows))
    return show(request, "received.jinja", _context(found, on, given.get("from", "")))


def _context(found: CallsBehind, on: date, first: str) -> dict[str, Any]:
    start = min(int(first) if first.isdecimal() else 0, max(len(found.rows) - 1, 0))
    last, here = start + ON_A_PAGE, calls_address(on, found.code)
    trunks = {code: name_in(body["name"], code) for code, body in profile.entries("trunks", on).items()}
    return {
        "title": labels.METRICS[found.code],
        "definition": labels.DEFINITIONS[found.code],
        "on": on,
        "found": found,
        "value": shown_value(found.code, found.ratio),
        "sums": _sums(found.code, found.ratio),
        "rows": [(one, labels.CALL_ENDS[one.end], trunks.get(one.trunk, one.trunk)) for one in found.rows[start:last]],
        "shown": (start + 1, min(last, len(found.rows)), len(found.rows)),
        "earlier": f"{here}&from={max(0, start - ON_A_PAGE)}" if start else "",
        "later": f"{here}&from={last}" if last < len(found.rows) else "",
        "file": f"{here}&as=csv",
    }


def _line(row: CallRow) -> Iterator[Any]:
    yield from (row.at.isoformat(), row.source, row.call_id, row.trunk, row.end.value, row.lasted_s)
    yield from ("" if row.before_s is None else row.before_s, row.above, row.below)
