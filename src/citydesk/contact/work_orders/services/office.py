"""What the office does with work orders: inspect, reopen, cancel, follow another system's number and status."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.work_orders.choices import EDIT, INSPECT, InspectionState, WorkOrderState
from citydesk.contact.work_orders.events import WorkOrderCancelled, WorkOrderReopened
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.contact.work_orders.services.locked import keep, take
from citydesk.kernel import outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(_("Give the reason."), field="reason")
    return text.strip()


def inspect(*, work_order_id: int, passed: bool, reason: str, access: Access, now: datetime) -> None:
    """Accept the work, or send it back to the crew with the reason. Nobody inspects their own work.

    Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid` (sent back without a reason).
    """
    access.require(INSPECT)
    with transaction.atomic():
        order = take(work_order_id, "inspect", access)
        if order.finished_by is not None and order.finished_by == access.actor.staff_id:
            raise NotAllowed(_("Nobody inspects their own work."))
        if passed:
            order.inspection = InspectionState.PASSED
            keep(order, "work_orders.passed", ["inspection"], actor=access.actor, now=now, reason=reason.strip())
        else:
            order.inspection = InspectionState.WANTED
            _open_again(order, "work_orders.not_accepted", _reason(reason), access, now)


def reopen(*, work_order_id: int, reason: str, access: Access, now: datetime) -> None:
    """Open a finished or cancelled order again. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`."""
    access.require(EDIT)
    with transaction.atomic():
        order = take(work_order_id, "reopen", access)
        _open_again(order, "work_orders.reopened", _reason(reason), access, now)


def _open_again(order: WorkOrder, code: str, reason: str, access: Access, now: datetime) -> None:
    before = {"state": order.state, "result": order.result_code}
    order.state = WorkOrderState.PLANNED
    order.finished_at, order.finished_by, order.result_code, order.result_note = None, None, "", ""
    order.reopened_count += 1
    fields = ["state", "finished_at", "finished_by", "result_code", "result_note", "reopened_count", "inspection"]
    keep(order, code, fields, actor=access.actor, now=now, before=before, reason=reason)
    outbox.publish(WorkOrderReopened(order.pk, order.number, order.source_type, order.source_id), now=now)


def cancel(*, work_order_id: int, reason: str, access: Access, now: datetime) -> None:
    """Call the work off. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`."""
    access.require(EDIT)
    with transaction.atomic():
        order = take(work_order_id, "cancel", access)
        order.state = WorkOrderState.CANCELLED
        keep(order, "work_orders.cancelled", ["state"], actor=access.actor, now=now, reason=_reason(reason))
        outbox.publish(WorkOrderCancelled(order.pk, order.number, order.source_type, order.source_id), now=now)


def set_external(*, work_order_id: int, system: str, number: str, status: str, access: Access, now: datetime) -> None:
    """Note the number and status that another system gave this work. The same words twice change nothing.

    Raises `NotAllowed`, `NotFound`, `Conflict` (the number belongs to another work order), `Invalid`.
    """
    access.require(EDIT)
    if not system.strip() or not number.strip():
        raise Invalid(_("Name the system and its number."), field="number")
    given = (system.strip()[:60], number.strip()[:60], status.strip()[:60])
    with transaction.atomic():
        order = take(work_order_id, "external", access)
        before = (order.external_system, order.external_number, order.external_status)
        if before == given:
            return
        taken = WorkOrder.objects.filter(external_system=given[0], external_number=given[1]).exclude(pk=order.pk)
        if taken.exists():
            raise Conflict(_("Another work order has this number already."), field="number")
        order.external_system, order.external_number, order.external_status = given
        order.external_at = now
        fields = ["external_system", "external_number", "external_status", "external_at"]
        words = {"system": given[0], "number": given[1], "status": given[2]}
        keep(order, "work_orders.external", fields, actor=access.actor, now=now, before=before, after=words)
