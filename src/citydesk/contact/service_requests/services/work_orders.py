"""Work orders done for a request: making one, and what its start and end do to the request."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from citydesk.city.places.rules import ResolvedPlace
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import (
    OBJECT_TYPE,
    CloseReason,
    RequestState,
    StopEvent,
    Urgency,
)
from citydesk.contact.service_requests.models import RequestWorkOrder, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.services import clocks, family
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.closing import finish
from citydesk.contact.service_requests.services.pausing import go_on
from citydesk.contact.service_requests.services.work import begin
from citydesk.contact.work_orders import services as work_orders
from citydesk.contact.work_orders.choices import Priority, ResultCode, WorkOrderState
from citydesk.kernel.actors import SYSTEM_ACCESS, Access

_PRIORITY = {
    Urgency.EMERGENCY: Priority.EMERGENCY,
    Urgency.HIGH: Priority.HIGH,
    Urgency.NORMAL: Priority.NORMAL,
    Urgency.LOW: Priority.LOW,
}


def make_work_order(
    *,
    request_id: int,
    crew_id: int | None = None,
    scheduled_date: date | None = None,
    instructions: str = "",
    access: Access,
    now: datetime,
) -> tuple[int, str]:
    """Make a work order for a request, with its place, due time and the code's checklist; returns id and number.

    Raises what `work_orders.services.create_work_order` raises, `NotFound` for a request out of sight.
    """
    with transaction.atomic():
        row = take(request_id, access, permission=choices.EDIT)
        service = policy.service(row.service.code, row.policy_date)
        made_id, number = work_orders.create_work_order(
            new=work_orders.NewWorkOrder(
                title=service.name_in("en"),
                crew_id=crew_id,
                department_id=row.department_id,
                instructions=instructions.strip() or row.description,
                service_code=service.code,
                priority=_PRIORITY[Urgency(row.urgency)],
                scheduled_date=scheduled_date,
                due_at=row.due_at,
                place=place_of(row),
                place_detail=row.place_detail[:200],
                source=work_orders.Source(OBJECT_TYPE, row.pk, row.number),
                checklist=_checklist(service.checklist),
            ),
            access=access,
            now=now,
        )
        link(row, made_id, number, now)
        acts = [act_on(row, "work_order_made", after={"number": number, "work_order": made_id})]
        keep(row, (), acts, actor=access.actor, now=now)
        return made_id, number


def _checklist(texts: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Language -> list of texts, turned into one table of languages per item."""
    count = max((len(items) for items in texts.values()), default=0)
    return [{language: items[at] for language, items in texts.items() if at < len(items)} for at in range(count)]


def link(row: ServiceRequest, work_order_id: int, number: str, now: datetime) -> None:
    """Note that a work order is done for a request; twice is once."""
    RequestWorkOrder.objects.get_or_create(
        request=row, work_order_id=work_order_id, defaults={"number": number, "added_at": now}
    )


def place_of(row: ServiceRequest) -> ResolvedPlace | None:
    """The request's place as other rooms take it."""
    if not row.place_label:
        return None
    return ResolvedPlace(
        kind=row.place_kind,  # type: ignore[arg-type]  # a text of the database
        label=row.place_label,
        address_id=row.address_id,
        lat=row.lat,
        lon=row.lon,
        zip=row.zip,
        districts=row.districts,
        block_label=row.block_label,
    )


def work_started(*, request_id: int, work_order_id: int, number: str, now: datetime) -> None:
    """A crew began: an open request is in progress, one on hold goes on. Repeating changes nothing."""
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS)
        link(row, work_order_id, number, now)
        if row.state == RequestState.OPEN:
            begin(row, SYSTEM_ACCESS, now, code="work_started", reason=number)
        elif row.state == RequestState.ON_HOLD:
            go_on(row, SYSTEM_ACCESS.actor, now)


def work_ended(
    *, request_id: int, work_order_id: int, number: str, result_code: str, state: str, now: datetime
) -> None:
    """A crew reported: done closes the request once no other order is open, the rest goes back to the owner.

    Repeating changes nothing: a closed request stays as it is.
    """
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS)
        link(row, work_order_id, number, now)
        RequestWorkOrder.objects.filter(request=row, work_order_id=work_order_id).update(
            result_code=result_code, completed_at=now if state != WorkOrderState.PAUSED else None
        )
        if not row.is_open:
            return
        if result_code == ResultCode.MADE_SAFE:
            clocks.happened(row, StopEvent.MADE_SAFE, now=now)
        is_last = not RequestWorkOrder.objects.filter(request=row, completed_at__isnull=True).exists()
        # Over open parts nothing is closed unasked: the main request stays with its owner.
        is_last = is_last and not family.has_open_parts(row)
        if state == WorkOrderState.DONE and result_code == ResultCode.DONE and is_last:
            finish(row, CloseReason.DONE, text="", note="", actor=SYSTEM_ACCESS.actor, now=now)
            return
        after = {"number": number, "result": result_code, "work_order": work_order_id}
        keep(row, ["due_at"], [act_on(row, "work_result", after=after)], actor=SYSTEM_ACCESS.actor, now=now)


def work_reopened(*, request_id: int, work_order_id: int, number: str, now: datetime) -> None:
    """A work order was opened again: it counts as open work once more."""
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS)
        RequestWorkOrder.objects.filter(request=row, work_order_id=work_order_id).update(
            result_code="", completed_at=None
        )
        acts = [act_on(row, "work_reopened", after={"number": number})]
        keep(row, (), acts, actor=SYSTEM_ACCESS.actor, now=now)


def work_cancelled(*, request_id: int, work_order_id: int, number: str, now: datetime) -> None:
    """A work order was cancelled: it holds nothing up any more."""
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS)
        RequestWorkOrder.objects.filter(request=row, work_order_id=work_order_id).update(
            result_code="cancelled", completed_at=now
        )
        acts = [act_on(row, "work_cancelled", after={"number": number})]
        keep(row, (), acts, actor=SYSTEM_ACCESS.actor, now=now)
