"""Public-records requests: their list, one with its records, the public status."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.files import FileLink, links_to
from citydesk.kernel.lists import ChoiceFilter, Column, Key, ListSpec, Option, Sort
from citydesk.kernel.registries import in_order, registries
from citydesk.management.records import labels
from citydesk.management.records.choices import RESPOND, TAKE, RecordState, RequestState
from citydesk.management.records.models import Production, RecordsRequest, Redaction, ResponsiveRecord


def _show(rows: Any, value: str) -> Any:
    return rows.filter(state=value)


REQUESTS = ListSpec(
    code="records_requests",
    columns=(
        Column(code="number", label=_("Number")),
        Column(code="state", label=_("State")),
        Column(code="received_at", label=_("Received"), kind="moment"),
        Column(code="due_at", label=_("Due"), kind="moment", sort="due"),
        Column(code="name", label=_("Asked by"), permission=RESPOND),
        Column(code="page_count", label=_("Pages"), kind="number"),
    ),
    sorts=(
        Sort("due", _("Due"), (Key("due_at"),)),
        Sort("newest", _("Newest"), (Key("received_at", is_descending=True),)),
    ),
    default_sort="due",
    filters=(
        ChoiceFilter(
            code="show",
            label=_("Show"),
            narrow=_show,
            options=(Option("open", pgettext("several", "Open")), Option("closed", pgettext("several", "Closed"))),
        ),
    ),
    fields=(
        "id",
        "number",
        "state",
        "close_reason",
        "received_at",
        "due_at",
        "name",
        "words",
        "page_count",
        "closed_at",
    ),
)


def list_requests(access: Access) -> Any:
    """All public-records requests, for their list."""
    access.require(RESPOND)
    return RecordsRequest.objects.all()


def get_request(access: Access, number: str) -> RecordsRequest:
    """One request. Raises `NotFound`."""
    access.require(RESPOND)
    found = RecordsRequest.objects.select_related("customer").filter(number=number).first()
    if found is None:
        raise NotFound(marked("There is no such public-records request."))
    return found


def count_due(access: Access, now: datetime) -> dict[str, int]:
    """How many are open and how many late, for opening pages."""
    rows = RecordsRequest.objects.filter(state=RequestState.OPEN)
    return {"open": rows.count(), "late": rows.filter(due_at__lt=now).count()}


def records_of(request: RecordsRequest) -> "QuerySet[ResponsiveRecord]":
    """What searches found, for a list page, with how much was taken out of each."""
    return ResponsiveRecord.objects.filter(request=request).annotate(marks=Count("redactions"))


def found_spec() -> ListSpec:
    """The list of what searches found: by kind, newest first, narrowed by what was decided and by kind."""
    kinds = {one.code: str(one.label) for one in in_order(registries.exporters.values())}
    return ListSpec(
        code="records_found",
        columns=(
            Column(code="kind", label=_("Kind"), value=lambda row: kinds.get(row["kind"], row["kind"])),
            Column(code="label", label=_("Record")),
            Column(code="title", label=_("About")),
            Column(code="made_at", label=_("Made"), kind="moment"),
            Column(code="state", label=_("Decided"), value=lambda row: str(labels.RECORD[row["state"]])),
            Column(code="exemption", label=_("Exemption")),
            Column(code="reason", label=_("Note")),
            Column(code="decided_by", label=_("Decided by")),
            Column(code="marks", label=_("Taken out"), kind="number"),
        ),
        sorts=(Sort("kind", _("Kind"), (Key("kind"), Key("made_at", is_descending=True))),),
        default_sort="kind",
        filters=(
            ChoiceFilter(
                code="records",
                label=_("Decided"),
                field="state",
                options=tuple(Option(code.value, words) for code, words in labels.RECORD.items()),
            ),
            ChoiceFilter(
                code="kind",
                label=_("Kind"),
                field="kind",
                options=tuple(Option(code, words) for code, words in kinds.items()),
            ),
        ),
        fields=("id", "kind", "label", "title", "made_at", "state", "exemption", "reason", "decided_by", "marks"),
    )


def counts_of(request: RecordsRequest) -> dict[str, int]:
    rows = ResponsiveRecord.objects.filter(request=request).values_list("state").annotate(n=Count("id")).order_by()
    return {**{state.value: 0 for state in RecordState}, **dict(rows)}


def get_record(access: Access, number: str, record_id: int) -> ResponsiveRecord:
    """A record of a request with its content. Raises `NotFound`."""
    access.require(RESPOND)
    found = ResponsiveRecord.objects.select_related("request").filter(pk=record_id, request__number=number).first()
    if found is None:
        raise NotFound(marked("There is no such record."))
    return found


def marks_of(record: ResponsiveRecord) -> list[Redaction]:
    return list(Redaction.objects.filter(record=record).order_by("field", "start", "file_id_of", "page", "id"))


def productions_of(request: RecordsRequest) -> list[tuple[Production, FileLink, FileLink]]:
    """What was handed over, with its two files, oldest first."""
    rows = list(Production.objects.filter(request=request).order_by("position"))
    links = {one.id: one for one in links_to([pk for row in rows for pk in (row.package_id, row.table_id)])}
    return [(row, links[row.package_id], links[row.table_id]) for row in rows]


@dataclass(frozen=True)
class PublicStatus:
    """What whoever has the link reads: no name, no search, no record that was withheld."""

    number: str
    state: str
    close_reason: str
    received_at: datetime
    due_at: datetime
    is_extended: bool
    words: str
    answer: str
    closed_at: datetime | None
    productions: list[tuple[Production, FileLink, FileLink]]


def status_by_token(token: str) -> PublicStatus:
    """The status page of a request. Raises `NotFound`."""
    row = RecordsRequest.objects.filter(token=token).first() if token else None
    if row is None:
        raise NotFound(marked("There is no such request."))
    return PublicStatus(
        row.number,
        row.state,
        row.close_reason,
        row.received_at,
        row.due_at,
        row.extension_count > 0,
        row.words,
        row.answer,
        row.closed_at,
        productions_of(row),
    )


def may_take(access: Access) -> bool:
    return access.may(TAKE) or access.may(RESPOND)


def may_open_production(access: Access, file_id: int) -> bool:
    """Produced packages are public; their address is the secret that the requester got."""
    return (
        Production.objects.filter(package_id=file_id).exists() or Production.objects.filter(table_id=file_id).exists()
    )
