"""Taking a work order for a change: lock, sight, state. All services of this room start here."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.work_orders import labels, rules
from citydesk.contact.work_orders.choices import OBJECT, InspectionState, WorkOrderState
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel import audit, live
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, NotFound


def take(work_order_id: int, move: str, access: Access) -> WorkOrder:
    """The locked work order, if the reader sees it and the move fits its state.

    Raises `NotFound` (not visible), `Conflict` (its state does not have the move).
    """
    order = WorkOrder.objects.visible_to(access).select_for_update(of=("self",)).filter(pk=work_order_id).first()
    if order is None:
        raise NotFound(_("There is no such work order."))
    if not rules.may_move(WorkOrderState(order.state), move, inspection=InspectionState(order.inspection)):
        state = labels.STATE[WorkOrderState(order.state)]
        raise Conflict(_("This work order is %(state)s; that is not possible now.") % {"state": state})
    return order


def last_actor(order: WorkOrder) -> str:
    """Who changed the order last, as the history says."""
    last = audit.history_of(OBJECT, order.pk, limit=1)
    return last[0].actor if last else ""


def keep(order: WorkOrder, code: str, fields: list[str], *, actor: Actor, now: datetime, **words: Any) -> None:
    """Save the named fields with a new version, write the audit entry, tell open pages."""
    order.version += 1
    order.save(update_fields=[*fields, "version"])
    note(order, code, actor=actor, now=now, **words)


def note(order: WorkOrder, code: str, *, actor: Actor, now: datetime, **words: Any) -> None:
    """Write an audit entry about the order and tell open pages."""
    audit.record(audit.Act(code, OBJECT, order.pk, order.number, **words), actor=actor, now=now)
    live.notify("work_orders", {"crew": order.crew_id, "order": order.pk})
