"""A day of a queue: service level by its formula, metrics with their sums, and what does not fit."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import labels, queries, services
from citydesk.contact.traffic.choices import MANAGE, VIEW, AnomalyCode
from citydesk.contact.traffic.queries import Figure, MetricsPage, QueueLine
from citydesk.contact.traffic.rules import CATALOG, Ratio
from citydesk.contact.traffic.views.behind import address_of
from citydesk.contact.traffic.views.received import lines_of_day
from citydesk.contact.traffic.views.shown import show
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import count, duration_clock

COUNTS = frozenset(code for code, one in CATALOG.items() if not one.denominator)


@needs(VIEW, long=True)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """One queue and day; today and the first queue where the address names none that there is."""
    access = access_of(request)
    queues = queries.list_queues()
    on = _day(request.GET.get("on", ""))
    queue = next((one for one in queues if one.code == request.GET.get("queue")), queues[0] if queues else None)
    context: dict[str, Any] = {
        "queues": [(one.code, _name(one)) for one in queues],
        "queue_names": {one.code: _name(one) for one in queues},
        "queue": queue,
        "queue_name": _name(queue) if queue else "",
        "on": on,
        "anomalies": [
            {**one, "words": labels.ANOMALIES[AnomalyCode(one["code"])]}
            for one in queries.list_anomalies(access=access)
        ],
        "may_settle": access.may(MANAGE),
    }
    if queue is not None:
        page = queries.get_metrics(access=access, queue_code=queue.code, since=on, until=on)
        context |= _figures(page) | {
            "counted": queries.count_day(access=access, day=on),
            "without_record": queries.answered_without_record(access=access, day=on),
            "without_call": queries.record_without_call(access=access, day=on),
        }
    found = queries.get_received(access=access, since=on, until=on)
    context["calls"] = lines_of_day(found, on) if found.whole.received else []
    if context["calls"]:
        context["legs"] = queries.legs_of_calls(access=access, day=on)
    return show(request, "day.jinja", context)


@needs(MANAGE)
@require_POST
def anomaly_settle(request: HttpRequest, anomaly_id: int) -> HttpResponse:
    """Say what an anomaly was."""
    services.settle_anomaly(
        anomaly_id=anomaly_id, note=request.POST.get("note", ""), access=access_of(request), now=utc_now()
    )
    return redirect(reverse("traffic:day"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return profile.city_today(utc_now())


def _name(queue: QueueLine) -> str:
    return queue.name.get(get_language() or "") or next(iter(queue.name.values()), queue.code)


def _figures(page: MetricsPage) -> dict[str, Any]:
    return {
        "page": page,
        "levels": [
            {
                "words": labels.FORMULAS[one.formula],
                "text": one.text,
                "value": _percent(one.ratio),
                "sums": _sums(one.ratio),
                "is_chosen": one.is_chosen,
                "address": _address(page, f"level.{one.formula.value}", one.ratio),
            }
            for one in page.levels
        ],
        "met": _sums(page.met),
        "metrics": [_metric(page, one) for one in page.figures],
        "waits": [
            {
                "name": labels.METRICS[code],
                "value": "" if seconds is None else duration_clock(round(seconds)),
                "address": "" if seconds is None else address_of(page.queue.code, page.since, code),
            }
            for code, seconds in page.waits.items()
        ],
        "passed_on": _passed_on(page),
    }


def _passed_on(page: MetricsPage) -> dict[str, int] | None:
    """How contacts were passed on, and to whom; None where none was."""
    sums = page.sums
    known = {"internal": sums.transfers_internal, "external": sums.transfers_external}
    rest = sums.transfers - sum(known.values())
    return {**page.passed_on, **known, "unknown": rest} if sums.transfers else None


def _metric(page: MetricsPage, figure: Figure) -> dict[str, Any]:
    metric, ratio = figure.metric, figure.ratio
    value = ""
    if ratio is not None and ratio.value is not None:
        value = {"percent": _percent(ratio), "seconds": duration_clock(round(ratio.value))}.get(metric.unit, "")
        value = value or count(ratio.numerator)
    return {
        "name": labels.METRICS[metric.code],
        "definition": labels.DEFINITIONS[metric.code],
        "value": value,
        "sums": _sums(ratio) if metric.denominator else "",
        "address": _address(page, metric.code, ratio),
    }


def _address(page: MetricsPage, code: str, ratio: Ratio | None) -> str:
    """Where the rows behind a figure are; nothing where it has none."""
    has_rows = ratio is not None and (ratio.numerator if code in COUNTS else ratio.denominator)
    return address_of(page.queue.code, page.since, code) if has_rows else ""


def _percent(ratio: Ratio | None) -> str:
    return "" if ratio is None or ratio.value is None else f"{100 * ratio.value:.1f} %"


def _sums(ratio: Ratio | None) -> str:
    return "" if ratio is None or not ratio.denominator else f"{count(ratio.numerator)} / {count(ratio.denominator)}"
