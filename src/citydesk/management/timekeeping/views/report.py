"""The timekeeping report: hours, overtime, leave and standing of sheets by person."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, queries
from citydesk.management.timekeeping.choices import VIEW
from citydesk.management.timekeeping.rules.weeks import period_of_day
from citydesk.management.timekeeping.views.shown import show

_DAY = timedelta(days=1)


@needs(VIEW)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """People the reader approves for, over a pay period; the one that ended last unless the address names a day."""
    access, now = access_of(request), utc_now()
    day = forms.day_or(request.GET.get("day", ""), queries.last_period(now).first_day)
    period = period_of_day(day, queries.policy_on(day))
    rows = queries.report(access, period.weeks, now)
    context = {
        "period": period,
        "rows": rows,
        "previous": period.first_day - _DAY,
        "following": period.last_day + _DAY,
        "sums": {name: sum(getattr(one, name) for one in rows) for name in ("worked", "overtime", "leave", "deducted")},
    }
    return show(request, "report.jinja", context, now)
