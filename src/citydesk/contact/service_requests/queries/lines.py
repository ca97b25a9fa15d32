"""Rows of the queue as the page writes them: every word ready, so that the template only sets and escapes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.queries.queue import QueueRow
from citydesk.kernel.texts import Teller
from citydesk.kernel.ui import DueWords, due_told


class QueueLine(NamedTuple):
    """One line. Of `due`, `when` and `review` at most one is there: the clock runs, has ended, or stands still."""

    id: int
    number: str
    href: str
    peek: str
    select: str
    due: DueWords | None
    when: str
    review: str
    badge: str
    status: str
    service: str
    is_confidential: bool
    place: str
    district: str
    owner: str
    is_unassigned: bool
    channel: str
    age: str
    followers: int | str
    marks: tuple[str, ...]
    has_photo: bool


def lines_of(
    rows: Iterable[QueueRow], now: datetime, *, detail: tuple[str, str], peek: tuple[str, str], query: str
) -> list[QueueLine]:
    """The lines of a page as of `now`, in the reader's language and the city's zone. No statement.

    `detail` and `peek` are the two ends of a row's addresses, `query` is the list's own, so that "next" knows the list.
    """
    teller = Teller(now)
    select, review = _("Select %(number)s"), _("review %(at)s")
    after = f"{detail[1]}?in={quote(query)}"
    return [
        _line(row, teller, select, review, f"{detail[0]}{row.number}{after}", f"{peek[0]}{row.number}{peek[1]}")
        for row in rows
    ]


def _line(row: QueueRow, teller: Teller, select: str, review: str, href: str, peek: str) -> QueueLine:
    is_resting = row.is_open and row.is_paused and row.review_at is not None
    return QueueLine(
        row.id,
        row.number,
        href,
        peek,
        select % {"number": row.number},
        due_told(teller, row.due_at) if row.is_open and row.due_at and not is_resting else None,
        teller.day_and_clock(row.closed_at) if row.closed_at and not row.is_open else "",
        review % {"at": teller.day_and_clock(row.review_at)} if is_resting and row.review_at else "",
        row.badge,
        row.status,
        row.service,
        row.is_confidential,
        row.place,
        row.district,
        row.owner,
        row.is_open and not row.owner,
        row.channel,
        teller.span(teller.now - row.received_at),
        row.followers or "",
        row.marks,
        row.has_photo,
    )
