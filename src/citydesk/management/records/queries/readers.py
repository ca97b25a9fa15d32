"""Who read what: every reading of a resident's or a confidential record, and all of one person's."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citydesk.city.customers import queries as customers
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import ChoiceFilter, Column, DateRangeFilter, Key, ListSpec, Option, Sort, TextFilter
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.registries import load_dotted, registries
from citydesk.management.records.choices import EXPORT_PERSON, READERS

# Readings name records as their history does; these differ from the exporter's code.
_ALSO = {"interactions.contact": ("interactions.Interaction",)}
TYPES = {
    "customers.customer": _("Person"),
    "customers.identity": _("Confidential identity"),
    "service_requests.request": _("Request"),
    "interactions.Interaction": _("Contact"),
    "interactions.contact": _("Contact"),
    "correspondence.message": _("Message"),
    "work_orders.work_order": _("Work order"),
}


def _types(access: Access) -> list[Option]:
    return [Option(code, label) for code, label in TYPES.items() if code != "interactions.contact"]


def _by_name(rows: Any, text: str) -> Any:
    return rows.filter(actor_label__icontains=text)


READINGS = ListSpec(
    code="records_readings",
    columns=(
        Column(code="at", label=_("When"), kind="moment"),
        Column(code="actor", label=_("Who"), value="actor_label"),
        Column(code="what", label=_("What"), value=lambda row: str(TYPES.get(row["object_type"], row["object_type"]))),
        Column(code="object_id", label=_("Record"), kind="number"),
        Column(code="purpose", label=_("On which page, why")),
    ),
    sorts=(Sort("newest", _("Newest"), (Key("id", is_descending=True),)),),
    default_sort="newest",
    filters=(
        ChoiceFilter(code="what", label=_("What"), field="object_type", options=_types),
        TextFilter(code="who", label=_("Who"), narrow=_by_name),
        DateRangeFilter(code="day", label=_("Day"), field="at"),
    ),
    fields=("id", "at", "actor_label", "object_type", "object_id", "purpose"),
)


def list_readings(access: Access, *, customer_id: int | None = None) -> Any:
    """All readings, or those of one person's file: the person, their requests, contacts and messages."""
    access.require(READERS)
    if customer_id is None:
        return ReadEntry.objects.all()
    ids = customers.ids_of(customer_id)
    theirs = Q(pk__in=[])
    for one in registries.exporters.values():
        keys = load_dotted(one.of_people)(access, ids)
        theirs |= Q(object_type__in=[one.code, *_ALSO.get(one.code, ())], object_id__in=keys)
    theirs |= Q(object_type="customers.customer", object_id__in=ids)
    return ReadEntry.objects.filter(theirs)


def may_open_export(access: Access, file_id: int) -> bool:
    """Guard of copies of a person's data."""
    return access.may(EXPORT_PERSON)
