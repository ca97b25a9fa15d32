"""How the list of work orders filters, sorts and exports."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.city.staff import queries as staff
from citydesk.contact.work_orders import labels
from citydesk.contact.work_orders.choices import OPEN, InspectionState
from citydesk.contact.work_orders.queries.lists import LINE
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import ChoiceFilter, Column, DateRangeFilter, Key, ListSpec, MultiFilter, Option, Sort


def in_language(texts: dict[str, str] | None) -> str:
    """A text in the reader's language, else in the first there is."""
    if not texts:
        return ""
    return texts.get((get_language() or "en").split("-")[0]) or next(iter(texts.values()))


def _states(access: Access) -> list[Option]:
    return [Option(code.value, label) for code, label in labels.STATE.items()]


def _crews(access: Access) -> list[Option]:
    return [Option(str(team.id), team.name) for team in staff.list_teams() if team.kind != "office"]


def _show(rows: Any, value: str) -> Any:
    narrowed: dict[str, dict[str, Any]] = {
        "open": {"state__in": OPEN},
        "to_inspect": {"state": "done", "inspection": InspectionState.WANTED},
        "unplanned": {"state__in": OPEN, "crew": None},
    }
    return rows.filter(**narrowed[value])


SPEC = ListSpec(
    code="work_orders",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="state", label=_("Status"), value=lambda row: str(labels.STATE[row["state"]])),
        Column(code="title", label=_("Work")),
        Column(code="place", label=_("Place"), value="place_label"),
        Column(code="crew", label=_("Crew"), value=lambda row: in_language(row["crew__names"])),
        Column(code="scheduled", label=_("Day"), value="scheduled_date", kind="date", sort="day"),
        Column(code="due", label=_("Promised"), value="due_at", kind="moment", sort="due"),
        Column(code="priority", label=_("Priority"), value=lambda row: str(labels.PRIORITY[row["priority"]])),
        Column(code="source", label=_("Request"), value="source_number"),
        Column(code="result", label=_("Result"), value=lambda row: str(labels.RESULT.get(row["result_code"], ""))),
    ),
    sorts=(
        Sort("due", _("Promised"), (Key("due_at"),)),
        Sort("day", _("Day"), (Key("scheduled_date"),)),
        Sort("newest", _("Newest"), (Key("created_at", is_descending=True),)),
    ),
    default_sort="due",
    filters=(
        ChoiceFilter(
            code="show",
            label=_("Show"),
            narrow=_show,
            options=(
                Option("open", _("Still open")),
                Option("unplanned", _("Without a crew")),
                Option("to_inspect", _("To be inspected")),
            ),
        ),
        MultiFilter(code="state", label=_("Status"), field="state", options=_states),
        MultiFilter(code="crew", label=_("Crew"), field="crew_id", options=_crews),
        DateRangeFilter(code="day", label=_("Day"), field="scheduled_date", is_moment=False),
    ),
    fields=LINE,
)
