"""The crew's phone: today's round, one order, and one door for everything done there.

It works without JavaScript; with it, what is sent in a dead spot is kept on the phone and sent once.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.contact.work_orders import labels, queries, rules, services
from citydesk.contact.work_orders.choices import CREW, ResultCode, WorkOrderState
from citydesk.contact.work_orders.forms import LineForm
from citydesk.contact.work_orders.queries.spec import in_language
from citydesk.contact.work_orders.views.cautions import cautions_at
from citydesk.contact.work_orders.views.photos import keep_photos, links_of
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.texts import clock

COULD_NOT = [code for code, result in rules.RESULTS.items() if result.state == WorkOrderState.COULD_NOT]
GOES_ON = [ResultCode.MADE_SAFE, ResultCode.PARTLY, ResultCode.NOT_NEEDED]


def _round(access: Access, now: datetime) -> list[dict[str, Any]]:
    return queries.list_round(access, today=profile.city_today(now), now=now)


@needs(CREW)
@require_GET
def crew_round(request: HttpRequest) -> HttpResponse:
    """Today's list: what is started, what is pressing, then the nearest next."""
    now = utc_now()
    context = {"orders": _round(access_of(request), now), "labels": labels, "in_language": in_language, "at": now}
    return render(request, "work_orders/round.jinja", context)


@needs(CREW)
@require_GET
def crew_order(request: HttpRequest, number: str) -> HttpResponse:
    return _order_page(request, number)


def _order_page(request: HttpRequest, number: str, error: CitydeskError | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_work_order(access, number)
    numbers = [row["number"] for row in _round(access, now)]
    at = numbers.index(page.order["number"]) if page.order["number"] in numbers else -1
    context = {
        "page": page,
        "order": page.order,
        "checklist": [_tickable(item) for item in page.checklist],
        "cautions": cautions_at(page.order["address_id"], now),
        "photos": links_of(page.photos),
        "position": at + 1,
        "count": len(numbers),
        "before": numbers[at - 1] if at > 0 else "",
        "after": numbers[at + 1] if 0 <= at < len(numbers) - 1 else "",
        "hours": sum((line["quantity"] for line in page.labor), start=0),
        "city": profile.city(),
        "key": uuid.uuid4().hex,
        "could_not": COULD_NOT,
        "goes_on": GOES_ON,
        "typed": request.POST if error else {},
        "errors": {error.field or "form": [str(error.message)]} if error else {},
        "labels": labels,
        "in_language": in_language,
    }
    return render(request, "work_orders/crew_order.jinja", context, status=error.status if error else 200)


def _tickable(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item["position"],
        "text": in_language(item["text"]),
        "is_done": bool(item["done_at"]),
        "fact": clock(item["done_at"]),
    }


@needs(CREW)
@require_POST
def crew_act(request: HttpRequest, number: str) -> HttpResponse:
    """Do one thing to an order, then show it again (or the round, when it is finished)."""
    access, now = access_of(request), utc_now()
    try:
        order_id = queries.id_of(access, number)
        chosen = _ACTS.get(request.POST.get("act", ""))
        if chosen is None:
            raise Invalid(_("There is no such act."))
        is_over = chosen(request, order_id, access, now)
    except (Invalid, Conflict) as error:
        return _order_page(request, number, error)
    if is_over:
        return redirect("work_orders:crew")
    return redirect("work_orders:crew_order", number)


def _start(request: HttpRequest, order_id: int, access: Access, now: datetime) -> bool:
    services.start(work_order_id=order_id, access=access, now=now)
    return False


def _tick(request: HttpRequest, order_id: int, access: Access, now: datetime) -> bool:
    """The whole checklist as it stands on the phone: ticks and unticks what differs."""
    ticked = {int(value) for value in request.POST.getlist("item") if value.isdecimal()}
    shown = {int(value) for value in request.POST.getlist("shown") if value.isdecimal()}
    for position in sorted(shown):
        services.tick(work_order_id=order_id, position=position, is_done=position in ticked, access=access, now=now)
    return False


def _line(request: HttpRequest, order_id: int, access: Access, now: datetime) -> bool:
    form = LineForm(request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise Invalid(str(problems[0]), field=name)
    typed = {**form.cleaned_data, "unit_cost": form.cleaned_data["unit_cost"] or 0}
    services.add_line(work_order_id=order_id, access=access, now=now, **typed)
    return False


def _photo(request: HttpRequest, order_id: int, access: Access, now: datetime) -> bool:
    keep_photos(request, order_id, access, now)
    return False


def _finish(request: HttpRequest, order_id: int, access: Access, now: datetime) -> bool:
    services.finish(
        work_order_id=order_id,
        result_code=request.POST.get("result_code", ""),
        result_note=request.POST.get("result_note", ""),
        key=request.POST.get("key", ""),
        access=access,
        now=now,
    )
    return True


_ACTS: dict[str, Callable[[HttpRequest, int, Access, datetime], bool]] = {
    "start": _start,
    "tick": _tick,
    "line": _line,
    "photo": _photo,
    "finish": _finish,
}
