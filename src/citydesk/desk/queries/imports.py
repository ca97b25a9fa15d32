"""What was brought over from other systems: every run with its counts, and the rows that were refused."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.lists import ChoiceFilter, Column, DateRangeFilter, Key, ListSpec, Option, Sort
from citydesk.kernel.models import ImportRefusal, ImportRun
from citydesk.kernel.registries import registries

PERMISSION = "desk.imports"
STATES = {
    "running": _("running"),
    "done": _("done"),
    "refused": _("refused"),
    "stopped": _("broken off"),
    "undone": _("taken back"),
}
_FIELDS = (
    "id", "kind", "source", "file_name", "file_digest", "state", "started_at", "ended_at", "started_by", "rows_read",
    "rows_added", "rows_changed", "rows_known", "rows_bad", "undone_at", "undone_by", "undo_reason",
)  # fmt: skip


def _kinds(access: Access) -> list[Option]:
    return [Option(code, one.name) for code, one in sorted(registries.import_kinds.items())]


def kind_name(code: str) -> str:
    """What a kind of rows is called; its code where its room is gone."""
    known = registries.import_kinds.get(code)
    return str(known.name) if known else code


RUNS = ListSpec(
    code="imports",
    columns=(
        Column(code="number", label=_("Run"), value="id", kind="number"),
        Column(code="started", label=_("Started"), value="started_at", kind="moment"),
        Column(code="kind", label=_("What"), value=lambda row: kind_name(row["kind"])),
        Column(code="source", label=_("From")),
        Column(code="file", label=_("File"), value="file_name"),
        Column(code="digest", label=_("Digest of the file"), value="file_digest"),
        Column(code="state", label=_("State"), value=lambda row: str(STATES.get(row["state"], row["state"]))),
        Column(code="read", label=_("Read"), value="rows_read", kind="number"),
        Column(code="added", label=_("Added"), value="rows_added", kind="number"),
        Column(code="changed", label=_("Changed"), value="rows_changed", kind="number"),
        Column(code="known", label=_("Here before"), value="rows_known", kind="number"),
        Column(code="bad", label=_("Refused"), value="rows_bad", kind="number"),
        Column(code="by", label=_("Started by"), value="started_by"),
    ),
    sorts=(Sort("newest", _("Newest"), (Key("id", is_descending=True),)),),
    default_sort="newest",
    filters=(
        ChoiceFilter(code="kind", label=_("What"), field="kind", options=_kinds),
        ChoiceFilter(
            code="state",
            label=_("State"),
            field="state",
            options=tuple(Option(code, name) for code, name in STATES.items()),
        ),
        DateRangeFilter(code="day", label=_("Day"), field="started_at"),
    ),
    fields=_FIELDS,
)
REFUSED = ListSpec(
    code="imports_refused",
    columns=(
        Column(code="line", label=_("Line"), kind="number"),
        Column(code="external_id", label=_("Number there")),
        Column(code="field", label=_("Field")),
        Column(code="reason", label=_("Reason")),
    ),
    sorts=(Sort("line", _("Line"), (Key("line"),)),),
    default_sort="line",
    fields=("id", "line", "external_id", "field", "reason"),
)


def list_runs(access: Access) -> QuerySet[ImportRun]:
    """All runs, for a list page to filter and cut."""
    access.require(PERMISSION)
    return ImportRun.objects.all()


def get_run(access: Access, number: int) -> dict[str, Any]:
    """One run. Raises `NotFound`."""
    access.require(PERMISSION)
    found = ImportRun.objects.filter(pk=number).values(*_FIELDS, "options").first()
    if found is None:
        raise NotFound(marked("There is no such run."))
    return {**found, "kind_name": kind_name(found["kind"]), "state_name": STATES.get(found["state"], found["state"])}


def list_refused(access: Access, number: int) -> QuerySet[ImportRefusal]:
    """The rows of a run that were not taken."""
    access.require(PERMISSION)
    return ImportRefusal.objects.filter(run_id=number)


def newest_runs(limit: int) -> list[dict[str, Any]]:
    """The newest runs, for the command line, whose user may do everything."""
    return list(ImportRun.objects.order_by("-id").values(*_FIELDS)[: max(limit, 1)])
