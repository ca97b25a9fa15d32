"""How good a queue's forecast would have been: by days ahead, beside its challengers, and which method foretells."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce.choices import VIEW
from citydesk.management.workforce.queries.backtests import last_backtest
from citydesk.management.workforce.queries.forecasts import foretold_queues
from citydesk.management.workforce.views.forecast import name_of
from citydesk.management.workforce.views.planning import chosen, show


@needs(VIEW, long=True)
@require_GET
def backtest(request: HttpRequest) -> HttpResponse:
    """The last backtest of a queue."""
    access = access_of(request)
    queues = foretold_queues(access)
    queue = chosen(queues, request.GET.get("queue", ""), lambda one: one.code)
    context: dict[str, Any] = {
        "queues": [(one.code, name_of(one)) for one in queues],
        "queue": queue,
        "queue_name": name_of(queue) if queue else "",
        "found": last_backtest(access, queue.id) if queue else None,
    }
    return show(request, "backtest.jinja", context)
