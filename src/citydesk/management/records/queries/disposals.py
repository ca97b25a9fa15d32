"""Disposals: their list, one with its items, who may open a certificate."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.lists import Column, Key, ListSpec, MultiFilter, Option, Sort
from citydesk.management.records import labels
from citydesk.management.records.choices import VIEW, DisposalState, ItemState
from citydesk.management.records.models import Disposal, DisposalItem


def _states(access: Access) -> list[Option]:
    return [Option(code.value, label) for code, label in labels.DISPOSAL.items()]


def _item_states(access: Access) -> list[Option]:
    return [Option(code.value, label) for code, label in labels.ITEM.items()]


DISPOSALS = ListSpec(
    code="records_disposals",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="series", label=_("Series"), value=lambda row: row["series"].get("name", "")),
        Column(code="state", label=_("State"), value=lambda row: str(labels.DISPOSAL[DisposalState(row["state"])])),
        Column(code="item_count", label=_("Records"), kind="number"),
        Column(code="destroyed_count", label=_("Destroyed"), kind="number"),
        Column(code="kept_count", label=_("Kept"), kind="number"),
        Column(code="proposed_by", label=_("Proposed by"), value="proposed_by__name"),
        Column(code="proposed_at", label=_("Proposed"), kind="moment", sort="newest"),
        Column(code="decided_by", label=_("Decided by"), value="decided_by__name"),
    ),
    sorts=(Sort("newest", _("Newest"), (Key("proposed_at", is_descending=True),)),),
    default_sort="newest",
    filters=(MultiFilter(code="state", label=_("State"), field="state", options=_states),),
    fields=(
        "id",
        "number",
        "series",
        "state",
        "item_count",
        "destroyed_count",
        "kept_count",
        "proposed_by__name",
        "proposed_at",
        "decided_by__name",
    ),
)

ITEMS = ListSpec(
    code="records_items",
    columns=(
        Column(code="label", label=_("Record")),
        Column(code="happened_at", label=_("Trigger"), kind="moment", sort="oldest"),
        Column(code="eligible_on", label=_("May go from"), kind="date"),
        Column(code="state", label=_("State"), value=lambda row: str(labels.ITEM[ItemState(row["state"])])),
        Column(code="why", label=_("Why kept")),
        Column(code="row_count", label=_("Rows"), kind="number"),
        Column(code="digest", label=_("Digest")),
    ),
    sorts=(Sort("oldest", _("Oldest"), (Key("happened_at"),)),),
    default_sort="oldest",
    filters=(MultiFilter(code="state", label=_("State"), field="state", options=_item_states),),
    fields=("id", "object_id", "label", "happened_at", "eligible_on", "state", "why", "row_count", "digest"),
)


def list_disposals(access: Access) -> Any:
    """All disposals, for their list."""
    access.require(VIEW)
    return Disposal.objects.all()


def get_disposal(access: Access, number: str) -> Disposal:
    """One disposal. Raises `NotFound`."""
    access.require(VIEW)
    rows = Disposal.objects.select_related("proposed_by", "decided_by", "certificate")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(marked("There is no such disposal."))
    return found


def list_items(access: Access, disposal: Disposal) -> Any:
    """The records of a disposal, for their list."""
    access.require(VIEW)
    return DisposalItem.objects.filter(disposal=disposal)


def may_open_certificate(access: Access, file_id: int) -> bool:
    """Guard of certificates."""
    return access.may(VIEW)
