"""Legal holds: those in force as rules, and their list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.city.customers import queries as customers
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.lists import ChoiceFilter, Column, Key, ListSpec, Option, Sort
from citydesk.management.records import rules
from citydesk.management.records.choices import VIEW
from citydesk.management.records.models import LegalHold


def open_holds() -> list[rules.Hold]:
    """Every hold in force; a person's hold reaches all customers that are one with them."""
    return [
        rules.Hold(
            number=one.number,
            customer_ids=frozenset(customers.ids_of(one.customer_id)) if one.customer_id else frozenset(),
            address_id=one.address_id,
            request_number=one.request_number,
            since=one.since,
            until=one.until,
            kinds=frozenset(one.kinds),
        )
        for one in LegalHold.objects.filter(released_at__isnull=True).order_by("id")
    ]


def _show(rows: Any, value: str) -> Any:
    return rows.filter(released_at__isnull=value == "open")


HOLDS = ListSpec(
    code="records_holds",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="title", label=_("Matter")),
        Column(code="placed_at", label=_("Placed"), kind="moment", sort="newest"),
        Column(code="placed_by", label=_("By"), value="placed_by__name"),
        Column(code="released_at", label=_("Released"), kind="moment"),
    ),
    sorts=(Sort("newest", _("Newest"), (Key("placed_at", is_descending=True),)),),
    default_sort="newest",
    filters=(
        ChoiceFilter(
            code="show",
            label=_("Show"),
            narrow=_show,
            options=(Option("open", _("In force")), Option("released", _("Released"))),
        ),
    ),
    fields=("id", "number", "title", "placed_at", "placed_by__name", "released_at", "request_number", "since", "until"),
)


def list_holds(access: Access) -> Any:
    """All holds, for their list."""
    access.require(VIEW)
    return LegalHold.objects.all()


def get_hold(access: Access, number: str) -> LegalHold:
    """One hold. Raises `NotFound`."""
    access.require(VIEW)
    found = (
        LegalHold.objects.select_related("customer", "address", "placed_by", "released_by")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound(marked("There is no such hold."))
    return found
