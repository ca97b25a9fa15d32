"""Customers as records: who is needed no more, and what leaves the house of one."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.customers.models import Caution, ContactPoint, Customer, CustomerMerge, DuplicatePair
from citydesk.city.customers.queries.search import find
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows, unreferenced
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted

# What goes with a customer; whatever else points to one keeps them.
_OWN = (Caution, ContactPoint, CustomerMerge, DuplicatePair)


def customers_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Customers whom no other record names, by their last change."""
    free = unreferenced(Customer.objects.all(), apart_from=_OWN)
    rows = due_rows(free, "updated_at", before=before, after=after, limit=limit, ids=ids)
    return [Due(pk, number, at, (pk,)) for pk, number, at in rows.values_list("pk", "number", "updated_at")]


def find_records(access: Access, wanted: Wanted) -> list[Found]:
    """Customers by any fragment of name or reach. Days do not narrow them: a customer has no day."""
    if len(wanted.text) < 3:
        return []
    hits = find(access, wanted.text, min(wanted.limit, 50))
    made = dict(Customer.objects.filter(pk__in=[hit.id for hit in hits]).values_list("pk", "created_at"))
    return [Found(hit.id, hit.number, made[hit.id], hit.display_name) for hit in hits if hit.id in made]


def records_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """The people themselves."""
    return list(Customer.objects.visible_to(access).filter(pk__in=list(customer_ids)).values_list("pk", flat=True))


def read_record(access: Access, object_id: int) -> Record:
    """A customer in plain fields. Raises `NotFound`."""
    row = Customer.objects.visible_to(access).filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such customer."))
    points = ContactPoint.objects.filter(customer=row).order_by("pk")
    fields = [
        Field("name", _("Name"), row.display_name, "personal"),
        Field("organization", _("Organization"), row.organization_name, "personal"),
        Field("language", _("Language"), row.language, "personal"),
        Field("created", _("Known since"), texts.full_time(row.created_at), "internal"),
        *(Field(f"point.{one.pk}", one.kind, one.value, "personal") for one in points),
    ]
    return Record(row.pk, row.number, row.number, row.created_at, tuple(one for one in fields if one.text))
