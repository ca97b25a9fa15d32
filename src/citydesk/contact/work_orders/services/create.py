"""Making and planning work orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.staff import queries as staff
from citydesk.contact.work_orders.choices import EDIT, OBJECT, InspectionState, Priority, WorkOrderState
from citydesk.contact.work_orders.events import WorkOrderCreated
from citydesk.contact.work_orders.models import ChecklistItem, WorkOrder
from citydesk.contact.work_orders.services.locked import keep, last_actor, take
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Invalid
from citydesk.kernel.sequences import next_number
from citydesk.kernel.versions import check_version


@dataclass(frozen=True)
class Source:
    """Who asked for the work: the upper room's object type, id and public number."""

    type: str
    id: int
    number: str


@dataclass(frozen=True)
class NewWorkOrder:
    """What a work order needs. `checklist` holds texts by language, `due_at` is the promise behind it."""

    title: str
    crew_id: int | None = None
    department_id: int | None = None
    instructions: str = ""
    service_code: str = ""
    priority: str = Priority.NORMAL
    scheduled_date: date | None = None
    due_at: datetime | None = None
    place: ResolvedPlace | None = None
    place_detail: str = ""
    source: Source | None = None
    contact_note: str = ""
    checklist: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    needs_photo: bool = False
    needs_inspection: bool = False


def create_work_order(*, new: NewWorkOrder, access: Access, now: datetime) -> tuple[int, str]:
    """Make a work order; returns its id and number. Raises `NotAllowed`, `Invalid` (no title, unknown crew)."""
    access.require(EDIT)
    if not new.title.strip():
        raise Invalid(_("Say what is to be done."), field="title")
    department_id = new.department_id
    if new.crew_id is not None:
        department_id = _crew_department(new.crew_id)
    place = new.place
    with transaction.atomic():
        order = WorkOrder.objects.create(
            number=next_number("WO", now.year),
            state=WorkOrderState.PLANNED,
            title=new.title.strip()[:160],
            instructions=mask_numbers(new.instructions.strip()).text,
            service_code=new.service_code,
            priority=Priority(new.priority),
            department_id=department_id,
            crew_id=new.crew_id,
            scheduled_date=new.scheduled_date,
            due_at=new.due_at,
            place_label=place.label if place else "",
            place_detail=new.place_detail.strip()[:200],
            address_id=place.address_id if place else None,
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            source_type=new.source.type if new.source else "",
            source_id=new.source.id if new.source else None,
            source_number=new.source.number if new.source else "",
            contact_note=new.contact_note.strip()[:200],
            created_at=now,
            created_by=access.actor.label,
            needs_photo=new.needs_photo,
            inspection=InspectionState.WANTED if new.needs_inspection else InspectionState.NONE,
        )
        ChecklistItem.objects.bulk_create(
            ChecklistItem(work_order=order, position=position, text=dict(text))
            for position, text in enumerate(new.checklist, start=1)
        )
        act = audit.Act("work_orders.created", OBJECT, order.pk, order.number, after={"title": order.title})
        audit.record(act, actor=access.actor, now=now)
        source_id = new.source.id if new.source else None
        outbox.publish(WorkOrderCreated(order.pk, order.number, order.source_type, source_id, order.crew_id), now=now)
        live.notify("work_orders", {"crew": order.crew_id, "order": order.pk})
    return order.pk, order.number


def plan_work_order(
    *,
    work_order_id: int,
    version: int,
    crew_id: int | None,
    scheduled_date: date | None,
    priority: str,
    instructions: str,
    access: Access,
    now: datetime,
) -> None:
    """Give the order to a crew, a day, a priority, words.

    Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid`, `StaleVersion` with both plans if somebody changed it first.
    """
    access.require(EDIT)
    instructions = mask_numbers(instructions.strip().replace("\r\n", "\n")).text
    with transaction.atomic():
        order = take(work_order_id, "plan", access)
        mine = {"crew": crew_id, "scheduled_date": scheduled_date, "priority": priority, "instructions": instructions}
        theirs = {
            "crew": order.crew_id,
            "scheduled_date": order.scheduled_date,
            "priority": order.priority,
            "instructions": order.instructions,
        }
        who = last_actor(order) if version != order.version else ""
        check_version(order, version, mine=mine, theirs=theirs, changed_by=who)
        before = {"crew": order.crew_id, "date": order.scheduled_date, "priority": order.priority}
        if crew_id is not None:
            order.department_id = _crew_department(crew_id)
        order.crew_id, order.scheduled_date = crew_id, scheduled_date
        order.priority, order.instructions = Priority(priority), instructions
        after = {"crew": crew_id, "date": scheduled_date, "priority": priority}
        fields = ["crew", "department", "scheduled_date", "priority", "instructions"]
        keep(order, "work_orders.planned", fields, actor=access.actor, now=now, before=before, after=after)


def _crew_department(crew_id: int) -> int:
    team = staff.get_team(crew_id)
    if team is None:
        raise Invalid(_("There is no such crew."), field="crew")
    return team.department_id
