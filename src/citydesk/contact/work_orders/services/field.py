"""What a crew does, on the phone: start, tick, note hours and material, take photos, finish. Each may come twice."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.work_orders import labels, rules
from citydesk.contact.work_orders.choices import CREW, EDIT, PhotoKind, ResultCode, WorkOrderState
from citydesk.contact.work_orders.events import WorkOrderCompleted, WorkOrderStarted
from citydesk.contact.work_orders.models import (
    ChecklistItem,
    EquipmentLine,
    LaborLine,
    MaterialLine,
    WorkOrder,
    WorkPhoto,
)
from citydesk.contact.work_orders.services.locked import keep, note, take
from citydesk.kernel import outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.idempotency import once


def _require_field_right(access: Access) -> None:
    if not (access.may(CREW) or access.may(EDIT)):
        raise NotAllowed(_("This is for crews and planners."))


def start(*, work_order_id: int, access: Access, now: datetime) -> None:
    """The crew is on its way or there. Raises `NotAllowed`, `NotFound`, `Conflict` (also when started already)."""
    _require_field_right(access)
    with transaction.atomic():
        order = take(work_order_id, "start", access)
        order.state = WorkOrderState.STARTED
        order.started_at = order.started_at or now
        keep(order, "work_orders.started", ["state", "started_at"], actor=access.actor, now=now)
        outbox.publish(
            WorkOrderStarted(order.pk, order.number, order.source_type, order.source_id, order.crew_id), now=now
        )


def pause(*, work_order_id: int, reason: str, access: Access, now: datetime) -> None:
    """Stop for now, with the reason in words. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`."""
    _require_field_right(access)
    if not reason.strip():
        raise Invalid(_("Say why the work stops."), field="reason")
    with transaction.atomic():
        order = take(work_order_id, "pause", access)
        order.state = WorkOrderState.PAUSED
        keep(order, "work_orders.paused", ["state"], actor=access.actor, now=now, reason=reason.strip())


def tick(*, work_order_id: int, position: int, is_done: bool, access: Access, now: datetime) -> None:
    """Tick or untick a line of the checklist; the same tick twice is one. Raises `NotFound`, `Conflict`."""
    _require_field_right(access)
    with transaction.atomic():
        order = take(work_order_id, "check", access)
        item = ChecklistItem.objects.filter(work_order=order, position=position).first()
        if item is None:
            raise NotFound(_("The checklist has no such line."))
        if bool(item.done_at) != is_done:
            item.done_at = now if is_done else None
            item.done_by = access.actor.label if is_done else ""
            item.save(update_fields=["done_at", "done_by"])
            code = "work_orders.ticked" if is_done else "work_orders.unticked"
            note(order, code, actor=access.actor, now=now, after={"line": item.text})


_LINES: dict[str, Any] = {"labor": LaborLine, "equipment": EquipmentLine, "material": MaterialLine}


def add_line(
    *,
    work_order_id: int,
    kind: str,
    what: str,
    quantity: Decimal,
    unit: str = "",
    unit_cost: Decimal = Decimal("0.00"),
    key: str,
    access: Access,
    now: datetime,
) -> None:
    """Note hours, a machine or material. `key` comes from the client and makes a repeat harmless.

    A negative quantity takes an earlier line back. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`.
    """
    _require_field_right(access)
    if kind not in _LINES:
        raise Invalid(_("This is labor, equipment or material."), field="kind")
    if not what.strip():
        raise Invalid(_("Say who or what."), field="what")
    if quantity == 0 or abs(quantity) > 10_000:
        raise Invalid(_("Give a quantity between 0.01 and 10,000."), field="quantity")

    def act() -> dict[str, Any]:
        order = take(work_order_id, "line", access)
        extra: dict[str, Any] = {"unit": unit.strip()[:20] or _("pieces")} if kind == "material" else {}
        if kind == "labor":
            extra = {"worked_on": profile.city_today(now)}
        line = _LINES[kind].objects.create(
            work_order=order,
            what=what.strip()[:120],
            quantity=quantity,
            unit_cost=unit_cost,
            entered_at=now,
            entered_by=access.actor.label,
            **extra,
        )
        note(order, f"work_orders.{kind}", actor=access.actor, now=now, after={"what": line.what, "quantity": quantity})
        return {"line": line.pk}

    given = {"order": work_order_id, "kind": kind, "what": what, "quantity": quantity}
    once(scope="work_orders.line", key=key, given=given, now=now, act=act)


def add_photo(*, work_order_id: int, file_id: int, kind: str, caption: str, access: Access, now: datetime) -> None:
    """Attach a stored photo; the same file twice is one photo. Raises `NotAllowed`, `NotFound`, `Conflict`."""
    _require_field_right(access)
    with transaction.atomic():
        order = take(work_order_id, "note", access)
        if WorkPhoto.objects.filter(work_order=order, file_id=file_id).exists():
            return
        WorkPhoto.objects.create(
            work_order=order,
            file_id=file_id,
            kind=PhotoKind(kind),
            caption=caption.strip()[:160],
            taken_at=now,
            taken_by=access.actor.label,
        )
        note(order, "work_orders.photo", actor=access.actor, now=now, after={"caption": caption.strip()[:160]})


def finish(
    *, work_order_id: int, result_code: str, result_note: str, key: str, access: Access, now: datetime
) -> dict[str, Any]:
    """Report what came of it. `key` comes from the client: sent again after a dead spot, it counts once.

    Returns `{state}`. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid` (no result, no note where one is needed,
    the photo that is asked for is missing).
    """
    _require_field_right(access)
    if result_code not in set(ResultCode):
        raise Invalid(_("Choose what came of it."), field="result_code")
    code = ResultCode(result_code)
    result = rules.RESULTS[code]
    if result.needs_note and not result_note.strip():
        words = _("Say in a few words why: %(result)s.") % {"result": labels.RESULT[code]}
        raise Invalid(words, field="result_note")

    def act() -> dict[str, Any]:
        order = take(work_order_id, "finish", access)
        taken = list(order.photos.values_list("kind", flat=True))
        if rules.photos_wanted(taken, needs_photo=order.needs_photo, result=code):
            raise Conflict(_("This work asks for a photo after it is done."), field="photo")
        _report(order, code, mask_numbers(result_note.strip()).text, access, now)
        return {"state": order.state}

    given = {"order": work_order_id, "result": result_code, "note": result_note}
    return once(scope="work_orders.finish", key=key, given=given, now=now, act=act)


def _report(order: WorkOrder, code: ResultCode, words: str, access: Access, now: datetime) -> None:
    order.state = rules.RESULTS[code].state
    order.result_code, order.result_note = code, words
    order.started_at = order.started_at or now
    order.finished_by = access.actor.staff_id
    order.finished_at = None if order.state == WorkOrderState.PAUSED else now
    fields = ["state", "result_code", "result_note", "started_at", "finished_at", "finished_by"]
    after = {"result": code, "note": words}
    keep(order, "work_orders.finished", fields, actor=access.actor, now=now, after=after)
    outbox.publish(
        WorkOrderCompleted(order.pk, order.number, order.source_type, order.source_id, code, order.state), now=now
    )
