"""Work orders as records: whose retention may end, which answer a public-records request, what leaves of one."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.contact.work_orders.models import WorkOrder, WorkPhoto
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted


def work_orders_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Finished work orders by when they were finished."""
    finished = WorkOrder.objects.filter(finished_at__isnull=False)
    rows = due_rows(finished, "finished_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, number, at, (), (address,) if address else (), (number, source) if source else (number,))
        for pk, number, at, address, source in rows.values_list(
            "pk", "number", "finished_at", "address_id", "source_number"
        )
    ]


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Work orders with the words in number, title, instructions, place or result, newest first."""
    rows = WorkOrder.objects.visible_to(access)
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.text:
        rows = rows.filter(
            Q(title__icontains=wanted.text)
            | Q(instructions__icontains=wanted.text)
            | Q(place_label__icontains=wanted.text)
            | Q(result_note__icontains=wanted.text)
            | Q(number__iexact=wanted.text)
        )
    found = rows.order_by("-created_at", "-pk")[: wanted.limit]
    return [
        Found(pk, number, at, ", ".join(filter(None, (title, place))))
        for pk, number, at, title, place in found.values_list("pk", "number", "created_at", "title", "place_label")
    ]


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """None: a work order names no resident."""
    return []


def read_record(access: Access, object_id: int) -> Record:
    """A work order in plain fields. Raises `NotFound`."""
    row = WorkOrder.objects.visible_to(access).filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such work order."))
    fields = [
        Field("state", _("State"), row.state, "internal"),
        Field("created", _("Created"), texts.full_time(row.created_at), "internal"),
        Field("finished", _("Finished"), texts.full_time(row.finished_at) if row.finished_at else "", "internal"),
        Field("place", _("Place"), ", ".join(filter(None, (row.place_label, row.place_detail))), "personal"),
        Field("instructions", _("Instructions"), row.instructions, "confidential"),
        Field("contact", _("Contact"), row.contact_note, "personal"),
        Field("result", _("Result"), f"{row.result_code} {row.result_note}".strip(), "confidential"),
    ]
    files = WorkPhoto.objects.filter(work_order=row).order_by("pk").values_list("file_id", flat=True)
    return Record(row.pk, row.number, row.title, row.created_at, tuple(one for one in fields if one.text), tuple(files))
