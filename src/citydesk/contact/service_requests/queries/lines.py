"""Rows of the queue as the page writes them: every word ready, so that the template only sets and escapes them."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.queries.queue import QueueRow
from citydesk.kernel.texts import Teller
from citydesk.kernel.ui import due_told


class QueueLine(NamedTuple):
    """One line, field by field as `_row.jinja` takes it.

    `clock` says how the first column looks: late, today or later while the clock runs, review while it stands, closed,
    or nothing; `strong` and `quiet` are its words.
    """

    id: int
    number: str
    href: str
    peek: str
    select: str
    clock: str
    strong: str
    quiet: str
    iso: str
    full: str
    status: tuple[str, str]
    service: str
    is_confidential: bool
    place: str
    district: str
    owner: str
    is_unassigned: bool
    channel: str
    age: str
    followers: int | str
    marks: tuple[tuple[str, ...], bool]
    team: str
    received: str
    closed: str


def lines_of(
    rows: Iterable[QueueRow],
    now: datetime,
    *,
    detail: tuple[str, str],
    peek: tuple[str, str],
    query: str,
    columns: Container[str] = (),
) -> list[QueueLine]:
    """The lines of a page as of `now`, in the reader's language and the city's zone. No statement.

    `detail` and `peek` are the two ends of a row's addresses, `query` is the list's own, so that "next" knows the list.
    Of `columns` those that are seldom shown are told only when they are.
    """
    teller = Teller(now)
    select, review = _("Select %(number)s"), _("review %(at)s")
    after = f"{detail[1]}?in={quote(query)}"
    seldom = ("received" in columns, "closed" in columns)
    return [
        _line(row, teller, select, review, f"{detail[0]}{row.number}{after}", f"{peek[0]}{row.number}{peek[1]}", seldom)
        for row in rows
    ]


def _line(
    row: QueueRow, teller: Teller, select: str, review: str, href: str, peek: str, seldom: tuple[bool, bool]
) -> QueueLine:
    return QueueLine(
        row.id,
        row.number,
        href,
        peek,
        select % {"number": row.number},
        *_clock(row, teller, review),
        (row.badge, row.status),
        row.service,
        row.is_confidential,
        row.place,
        row.district,
        row.owner,
        row.is_open and not row.owner,
        row.channel,
        teller.span(teller.now - row.received_at),
        row.followers or "",
        (row.marks, row.has_photo),
        row.team,
        teller.day_and_clock(row.received_at) if seldom[0] else "",
        teller.day_and_clock(row.closed_at) if seldom[1] and row.closed_at else "",
    )


_NO_CLOCK = ("", "", "", "", "")


def _clock(row: QueueRow, teller: Teller, review: str) -> tuple[str, str, str, str, str]:
    """(how the first column looks, strong words, quiet words, the due time by ISO 8601, the due time in full)."""
    if not row.is_open:
        return ("closed", teller.day_and_clock(row.closed_at), "", "", "") if row.closed_at else _NO_CLOCK
    if row.is_paused and row.review_at is not None:
        return "review", review % {"at": teller.day_and_clock(row.review_at)}, "", "", ""
    return due_told(teller, row.due_at) if row.due_at else _NO_CLOCK
