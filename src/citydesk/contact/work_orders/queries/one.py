"""One work order with everything its pages show, in a constant number of statements."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citydesk.contact.work_orders.choices import OBJECT
from citydesk.contact.work_orders.models import (
    ChecklistItem,
    EquipmentLine,
    LaborLine,
    MaterialLine,
    WorkOrder,
    WorkPhoto,
)
from citydesk.contact.work_orders.rules import line_cost
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.numbering import parse_number


@dataclass(frozen=True)
class WorkOrderPage:
    """`order` holds the columns; lines carry `{what, quantity, unit_cost, unit?}`; `cost` is the sum of all lines."""

    order: dict[str, Any]
    checklist: list[dict[str, Any]]
    labor: list[dict[str, Any]]
    equipment: list[dict[str, Any]]
    material: list[dict[str, Any]]
    photos: list[dict[str, Any]]
    history: list[audit.HistoryLine]
    cost: Decimal

    @property
    def done_of(self) -> tuple[int, int]:
        """Ticked lines and all lines of the checklist."""
        return sum(1 for item in self.checklist if item["done_at"]), len(self.checklist)


_COLUMNS = [field.attname for field in WorkOrder._meta.concrete_fields]
_ITEM = ("position", "text", "done_at", "done_by")
_PHOTO = ("kind", "caption", "taken_at", "taken_by", "file__token", "file_id")
_LINE = ("what", "quantity", "unit_cost", "entered_at", "entered_by")


def id_of(access: Access, number: str) -> int:
    """The id behind a number the reader may see. Raises `NotFound`."""
    found = WorkOrder.objects.visible_to(access).filter(number=parse_number(number) or "").values_list("pk", flat=True)
    if not found:
        raise NotFound(marked("There is no such work order."))
    return found[0]


def get_work_order(access: Access, number: str) -> WorkOrderPage:
    """One work order by number. Raises `NotFound`."""
    order = (
        WorkOrder.objects.visible_to(access)
        .filter(number=parse_number(number) or "")
        .values(*_COLUMNS, "crew__names", "department__names")
        .first()
    )
    if order is None:
        raise NotFound(marked("There is no such work order."))
    mine = {"work_order_id": order["id"]}
    labor = list(LaborLine.objects.filter(**mine).values(*_LINE, "worked_on"))
    equipment = list(EquipmentLine.objects.filter(**mine).values(*_LINE))
    material = list(MaterialLine.objects.filter(**mine).values(*_LINE, "unit"))
    return WorkOrderPage(
        order=order,
        checklist=[dict(row) for row in ChecklistItem.objects.filter(**mine).values(*_ITEM)],
        labor=labor,
        equipment=equipment,
        material=material,
        photos=[dict(row) for row in WorkPhoto.objects.filter(**mine).values(*_PHOTO)],
        history=audit.history_of(OBJECT, order["id"]),
        cost=sum(
            (line_cost(line["quantity"], line["unit_cost"]) for line in [*labor, *equipment, *material]),
            Decimal("0.00"),
        ),
    )


def get_by_external(access: Access, system: str, number: str) -> str:
    """The work order number that another system's number belongs to. Raises `NotFound`."""
    found = WorkOrder.objects.visible_to(access).filter(external_system=system, external_number=number).first()
    if found is None:
        raise NotFound(marked("No work order has this number in the other system."))
    return found.number


def may_see_photo(access: Access, file_id: int) -> bool:
    """Whether a stored file is a photo on a work order the reader sees."""
    orders = WorkOrder.objects.visible_to(access).filter(photos__file_id=file_id)
    return orders.exists()
