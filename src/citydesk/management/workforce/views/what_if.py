"""The what-if page: other calls, other people, another goal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import needs, render
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import VIEW
from citydesk.management.workforce.forms import EXAMPLE, WhatIfForm
from citydesk.management.workforce.queries.words import explanation
from citydesk.management.workforce.rules.lagged import is_lag_needed
from citydesk.management.workforce.rules.requirement import levels
from citydesk.management.workforce.rules.what_if import what_if as reckon


@needs(VIEW)
@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Other calls, other people, another goal, and what becomes of it. Nothing is stored; the address asks."""
    form = WhatIfForm({name: request.GET.get(name, usual) for name, usual in EXAMPLE.items()})
    context: dict[str, Any] = {
        "title": _("Staff required"),
        "typed": form.typed,
        "formulas": [(one.value, labels.FORMULA[one]) for one in Formula],
        "errors": form.errors,
        "is_example": not request.GET,
        "answer": None,
    }
    if form.is_valid():
        context |= _answered(form)
    return render(request, "workforce/what_if.jinja", context)


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
    return {
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
