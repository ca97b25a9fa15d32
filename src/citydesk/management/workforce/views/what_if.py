"""The what-if page: other calls, other people, another goal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.charts import Chart, ChartColumn, steps_chart
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import VIEW
from citydesk.management.workforce.forms import EXAMPLE, WhatIfForm
from citydesk.management.workforce.queries.words import explanation
from citydesk.management.workforce.rules.lagged import is_lag_needed
from citydesk.management.workforce.rules.requirement import levels, neighbors, required
from citydesk.management.workforce.rules.what_if import what_if as reckon
from citydesk.management.workforce.views.planning import planning_tabs


@needs(VIEW, long=True)
@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Other calls, other people, another goal, and what becomes of it. Nothing is stored; the address asks."""
    form = WhatIfForm({name: request.GET.get(name, usual) for name, usual in EXAMPLE.items()})
    context: dict[str, Any] = {
        "title": _("What if"),
        "tabs": planning_tabs(access_of(request)),
        "typed": form.typed,
        "formulas": [(one.value, labels.FORMULA[one]) for one in Formula],
        "errors": form.errors,
        "is_example": not request.GET,
        "answer": None,
    }
    if form.is_valid():
        context |= _answered(form)
    return render(request, "workforce/what_if.jinja", context)


@needs(VIEW, long=True)
@require_GET
def what_if_chart(request: HttpRequest) -> JsonResponse:
    """The drawing of the answer: service level and hang-ups by people at work."""
    form = WhatIfForm({name: request.GET.get(name, usual) for name, usual in EXAMPLE.items()})
    if not form.is_valid():
        raise Http404
    return JsonResponse(_chart(form, required(form.load(), form.goal()).agents, "").spec)


def _chart(form: WhatIfForm, enough: int, address: str) -> Chart:
    """From six fewer to six more than are enough."""
    rows = [
        {
            "people": str(one.agents),
            "level": round(100 * one.service_level, 1),
            "abandoned": round(100 * one.figures.abandoned, 1),
            "occupancy": round(100 * one.figures.occupancy, 1),
        }
        for one in neighbors(form.load(), form.goal(), enough, reach=6)
    ]
    columns = [
        ChartColumn("level", _("Service level"), "number"),
        ChartColumn("occupancy", _("Occupancy"), "number"),
        ChartColumn("abandoned", _("Hang up"), "number"),
    ]
    at = ChartColumn("people", _("People at work"))
    words = _("Service level, occupancy and hang-ups in percent by people at work")
    return steps_chart(code="what_if", label=words, at=at, values=columns, rows=rows, spec_url=address)


def _answered(form: WhatIfForm) -> dict[str, Any]:
    """What the answer's part of the page shows."""
    load, goal, given = form.load(), form.goal(), form.cleaned_data
    answer = reckon(
        load,
        goal,
        interval=form.seconds,
        shrinkage=given["shrinkage"] / 100.0,
        people=given["people"],
        hourly=given["hourly"],
    )
    people = answer.chosen.row.agents
    asked = urlencode(
        {name: value for name, value in form.typed.items() if value != ""} | {"patience": form.typed["patience"]}
    )
    chart = _chart(form, answer.requirement.agents, f"{reverse('workforce:what_if_chart')}?{asked}")
    return {
        "chart": chart,
        "answer": answer,
        "explanation": explanation(answer.requirement, [one.row for one in answer.table]),
        "by_formula": [
            (labels.FORMULA[one], labels.percent(level)) for one, level in levels(load, people, goal).items()
        ],
        "formula": labels.FORMULA[goal.formula],
        "is_headline_wrong": goal.formula is Formula.OF_ANSWERED,
        "is_long": is_lag_needed([load], form.seconds),
        "percent": labels.percent,
        "seconds": labels.seconds,
        "dollars": lambda amount: format_money(amount, get_language() or "en"),
    }
