"""The records behind a figure, found by the same conditions as the figure, then only those the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as lazy

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.lists import Column, Key, ListSpec, Sort
from citydesk.kernel.lists.filters import Filter
from citydesk.management.quality.choices import ANSWERS
from citydesk.management.statistics import labels
from citydesk.management.statistics.choices import FACTS_CONTACTS, FACTS_REQUESTS
from citydesk.management.statistics.queries.measure import columns_of, parameters
from citydesk.management.statistics.queries.names import words_for
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.tables import contact_asked
from citydesk.management.statistics.rules import records
from citydesk.management.statistics.rules.asking import CONTACT_FILTERS, REPORT_FILTERS


@dataclass(frozen=True, kw_only=True)
class Kept(Filter):
    """A part of the address that is read elsewhere and must stay in it from page to page."""

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        return tuple(one for one in given.get(self.code, []) if one) or None

    def apply(self, rows: Any, value: Any) -> Any:
        return rows

    def query(self, value: Any) -> list[tuple[str, str]]:
        return [(self.code, one) for one in value]


_KEPT = tuple(
    Kept(code=code, label=code)
    for code in ("what", "dates", "from", "to", "by", "compare", "age", *REPORT_FILTERS, *CONTACT_FILTERS)
)


@dataclass(frozen=True)
class Behind:
    """The records behind a figure: their list, the rows the reader sees, and how many the figure counted."""

    spec: ListSpec
    rows: Any
    title: str
    counted: int


def request_records(reading: Reading, *, what: str, age: str, access: Access) -> Behind:
    """The requests behind a figure of requests. Raises `NotFound` for a kind that does not exist."""
    if what not in records.KINDS:
        raise NotFound(marked("There is no such list."))
    text, given = records.request_ids(what, reading.asked.selection, columns_of(FACTS_REQUESTS), age)
    statement, values = records.as_positions(text, {**parameters(reading.asked.selection, reading.now), **given})
    spec = replace(
        requests.queue_spec(access, now=reading.now),
        code="statistics.records",
        filters=_KEPT,
        default_sort="-received",
        # Read by the index on the time of receipt or of closing, not through the whole table.
    )
    rows = requests.list_queue(access).filter(pk__in=RawSQL(statement, values))  # noqa: S611 - own words, parameters
    return Behind(spec, rows, str(labels.WHAT[what]), _count(statement, values))


def contact_records(reading: Reading, *, what: str, access: Access) -> Behind:
    """The contacts behind a figure of contacts. Raises `NotFound` for a kind that does not exist or a filter that does
    not go with it, `NotAllowed` where it tells what single residents answered and the reader may not know."""
    if what and what not in records.FIRST_CONTACTS:
        raise NotFound(marked("There is no such list."))
    if what in records.ANSWERS_OF_RESIDENTS:
        access.require(ANSWERS)
    asked = contact_asked(reading.asked)
    fact = records.FIRST_CONTACTS[what][0] if what else FACTS_CONTACTS
    try:
        text, given = records.contact_ids(asked.selection, columns_of(fact), what)
    except KeyError as error:
        raise NotFound(marked("There is no such list.")) from error
    statement, values = records.as_positions(text, {**parameters(asked.selection, reading.now), **given})
    rows = interactions.list_saved(access).filter(pk__in=RawSQL(statement, values))  # noqa: S611 - own words, parameters
    spec = replace(CONTACTS, prepare=lambda found, _access: _named(found, reading))
    title = labels.FIRST_CONTACTS[what] if what else lazy("Contacts")
    return Behind(spec, rows, str(title), _count(statement, values))


def _count(statement: str, values: list[Any], cap: int = 100_000) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement} LIMIT {int(cap)}) counted", values)  # noqa: S608
        return int(cursor.fetchone()[0])


def _named(rows: list[Any], reading: Reading) -> list[Any]:
    """Names of reasons, people and channels in place of their codes."""
    reasons = words_for("reason", [row["reason_code"] for row in rows], reading.today)
    people = words_for("representative", [row["taken_by_id"] for row in rows], reading.today)
    return [
        {
            **row,
            "channel": str(labels.CHANNELS.get(row["channel"], row["channel"])),
            "reason_code": reasons(row["reason_code"]) if row["reason_code"] else "",
            "taken_by": people(row["taken_by_id"]) if row["taken_by_id"] else "",
        }
        for row in rows
    ]


CONTACTS = ListSpec(
    code="statistics.contacts",
    columns=(
        Column(code="number", label=lazy("Number")),
        Column(code="received", label=lazy("Received"), value="received_at", kind="moment", sort="received"),
        Column(code="channel", label=lazy("Channel")),
        Column(code="reason", label=lazy("Reason"), value="reason_code"),
        Column(code="taken_by", label=lazy("Representative")),
        Column(code="active_seconds", label=lazy("Handle time, s"), kind="number"),
    ),
    sorts=(Sort("received", lazy("Oldest first"), (Key("received_at"),)),),
    default_sort="-received",
    filters=_KEPT,
    fields=("id", "number", "received_at", "channel", "reason_code", "taken_by_id", "active_seconds"),
)
