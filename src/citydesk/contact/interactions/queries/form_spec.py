"""How the lists of printed forms filter, sort and export."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.contact.interactions import labels
from citydesk.contact.interactions.choices import FormState
from citydesk.contact.interactions.queries.paper_forms import BATCH_LINE, FORM_LINE
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    Key,
    ListSpec,
    Option,
    Sort,
    TextFilter,
)


def _shown(rows: Any, value: str) -> Any:
    """The forms of one standing; "outstanding" are those to look for."""
    return rows.filter(standing="skipped" if value == "outstanding" else value)


@dataclass(frozen=True, kw_only=True)
class BatchFilter(Filter):
    """The forms of one batch, by its id in the address."""

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        text = (given.get(self.code) or [""])[-1]
        return int(text) if text.isdecimal() and len(text) < 12 else None

    def apply(self, rows: Any, value: Any) -> Any:
        return rows.filter(batch_id=value)


_STANDINGS = [("outstanding", labels.FORM_STANDINGS["skipped"])] + [
    (str(code), text) for code, text in labels.FORM_STANDINGS.items() if code != "skipped"
]

FORMS = ListSpec(
    code="interactions.forms",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="state", label=_("State"), value=lambda row: str(labels.FORM_STANDINGS[row["standing"]])),
        Column(code="desk", label=_("Desk"), value="batch__desk"),
        Column(code="printed", label=_("Printed"), value="batch__printed_at", kind="moment"),
        Column(code="keyed", label=_("Keyed"), value="keyed_at", kind="moment"),
        Column(code="keyed_by", label=_("By"), value="keyed_by__name"),
        Column(code="contact", label=_("Contact"), value="interaction__number"),
        Column(code="why", label=_("Reason")),
        Column(code="noted_by", label=_("Noted by"), value="noted_by_label"),
    ),
    sorts=(
        Sort("number", _("Newest first"), (Key("id", is_descending=True, nulls_last=False),)),
        Sort("oldest", _("Oldest first"), (Key("id"),)),
    ),
    default_sort="number",
    filters=(
        TextFilter(
            code="q", label=_("Number"), narrow=lambda rows, value: rows.filter(number__icontains=value.strip())
        ),
        ChoiceFilter(code="show", label=_("Show"), options=tuple(Option(*one) for one in _STANDINGS), narrow=_shown),
        BatchFilter(code="batch", label=_("Batch")),
        DateRangeFilter(code="printed", label=_("Printed"), field="batch__printed_at"),
    ),
    fields=FORM_LINE,
)

BATCHES = ListSpec(
    code="interactions.form_batches",
    columns=(
        Column(code="printed", label=_("Printed"), value="printed_at", kind="moment"),
        Column(code="by", label=_("By"), value="printed_by_label"),
        Column(code="desk", label=_("Desk")),
        Column(code="first", label=_("First number"), value="first_number"),
        Column(code="last", label=_("Last number"), value="last_number"),
        Column(code="count", label=_("Forms"), value="form_count", kind="number"),
        Column(code="keyed", label=labels.FORM_STATES[FormState.KEYED], kind="number"),
        Column(code="unused", label=labels.FORM_STATES[FormState.UNUSED], kind="number"),
        Column(code="void", label=labels.FORM_STATES[FormState.VOID], kind="number"),
        Column(code="missing", label=labels.FORM_STATES[FormState.MISSING], kind="number"),
        Column(code="skipped", label=labels.FORM_STANDINGS["skipped"], kind="number"),
    ),
    sorts=(Sort("printed", _("Newest first"), (Key("id", is_descending=True, nulls_last=False),)),),
    default_sort="printed",
    filters=(DateRangeFilter(code="printed", label=_("Printed"), field="printed_at"),),
    fields=BATCH_LINE,
)
