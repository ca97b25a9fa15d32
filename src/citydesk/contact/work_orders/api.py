"""Work orders in the JSON API: what another work-order system reads and writes back."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from citydesk.contact.work_orders import queries, services
from citydesk.contact.work_orders.choices import EDIT, VIEW, WorkOrderState
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.kernel.programs import page_by_key

router = Router(tags=["work orders"])
SCOPE = "work_orders.update"


class Refusal(Schema):
    """Why something was refused."""

    code: str
    message: str
    field: str = ""
    hint: str = ""


class ExternalIn(Schema):
    """The number and status this work has in the partner's system."""

    number: str = Field(min_length=1, max_length=60)
    status: str = Field("", max_length=60)


class ExternalOut(Schema):
    """What is on record of the partner's system."""

    system: str
    number: str
    status: str
    at: datetime | None


class WorkOrderOut(Schema):
    """Where a work order stands. Instructions, people and the place's details stay inside."""

    number: str
    state: str
    title: str
    priority: str
    scheduled_date: date | None
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    result_code: str
    request_number: str
    external: ExternalOut


class WorkOrderRow(Schema):
    """A work order in a line."""

    number: str
    state: str
    title: str
    priority: str
    scheduled_date: date | None
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    result_code: str
    source_number: str


class WorkOrderPage(Schema):
    """A page of work orders, newest first; `next` is the mark of the following page, empty on the last."""

    rows: list[WorkOrderRow]
    next: str


_REFUSALS = {code: Refusal for code in (400, 401, 403, 404, 409, 429)}


@router.get("work-orders", response={200: WorkOrderPage, **_REFUSALS}, operation_id="list_work_orders")
def list_work_orders(request: HttpRequest, after: str = "", limit: int = 50, state: str = "") -> Any:
    """Work orders, newest first."""
    if state and state not in list(WorkOrderState):
        raise Invalid(_("This is not one of the values."), field="state", hint=", ".join(WorkOrderState))
    rows = queries.list_work_orders(_access(request, "work_orders.read"))
    rows = rows.filter(state=state) if state else rows
    found, mark = page_by_key(rows, name="work_orders", after=after, limit=limit)
    return {"rows": found, "next": mark}


@router.get("work-orders/{number}", response={200: WorkOrderOut, **_REFUSALS}, operation_id="work_order")
def work_order(request: HttpRequest, number: str) -> Any:
    """Where a work order stands."""
    return _shown(_access(request, "work_orders.read"), number)


@router.put("work-orders/{number}/external", response={200: WorkOrderOut, **_REFUSALS}, operation_id="set_external")
def set_external(request: HttpRequest, number: str, given: ExternalIn) -> Any:
    """Note the number and status of the partner's system, named by its key. The same again changes nothing."""
    access = _access(request)
    services.set_external(
        work_order_id=queries.id_of(access, number),
        system=access.actor.label,
        number=given.number.replace("\x00", ""),
        status=given.status.replace("\x00", ""),
        access=access,
        now=utc_now(),
    )
    return _shown(access, number)


def _access(request: HttpRequest, scope: str = SCOPE) -> Access:
    """What a key with the scope may do; who may write may read. Raises `NotAllowed` without it."""
    partner = request.auth  # type: ignore[attr-defined]  # ninja puts the partner there
    if not partner.may(scope) and not partner.may(SCOPE):
        raise NotAllowed(_("This key may not use work orders."), hint=scope)
    if not partner.may(SCOPE):
        return Access(partner.actor, frozenset({VIEW, "service_requests.view_all"}))
    return Access(partner.actor, frozenset({VIEW, EDIT, "service_requests.view_all"}))


def _shown(access: Access, number: str) -> dict[str, Any]:
    order = queries.get_work_order(access, number).order
    kept = {name: order[name] for name in WorkOrderOut.model_fields if name in order}
    external = {name: order[f"external_{name}"] for name in ExternalOut.model_fields}
    return {**kept, "request_number": order["source_number"], "external": external}
