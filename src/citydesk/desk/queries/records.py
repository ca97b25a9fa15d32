"""Service requests as the contact screen shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests.queries import beside, policy
from citydesk.kernel.actors import Access

# Lines of a person's panel; the count says how many there are in all.
MOST_LINES = 4


@dataclass(frozen=True)
class RequestLine:
    """A request beside the contact form. `distance_m` only for those near the place."""

    id: int
    number: str
    name: str
    state_text: str
    badge: str
    place: str
    received_at: datetime
    due_at: datetime | None
    is_open: bool
    followers: int = 0
    distance_m: float = 0.0
    lat: float = 0.0
    lon: float = 0.0


@dataclass(frozen=True)
class RequestsOf:
    """A person's requests: the open ones as lines, and how many there are in all."""

    count: int = 0
    lines: list[RequestLine] = field(default_factory=list)


def state_text(state: str, close_reason: str) -> str:
    """Where a request stands, in words."""
    if close_reason:
        return _("Closed, done") if close_reason == "done" else _("Closed, no action")
    words = {
        "open": pgettext("status", "Open"),
        "in_progress": _("In progress"),
        "on_hold": _("On hold"),
        "waiting": _("Waiting for resident"),
        "referred": _("Referred"),
    }
    return words.get(state, state)


def _badge(state: str, close_reason: str) -> str:
    return ("closed_done" if close_reason == "done" else "closed_no_action") if close_reason else state


def find_nearby(access: Access, code: str, lat: float | None, lon: float | None, now: datetime) -> list[RequestLine]:
    """Requests that may be the same thing: open ones first, each nearest first, at most three."""
    if lat is None or lon is None:
        return []
    return [
        RequestLine(
            id=one.id,
            number=one.number,
            name=one.service,
            state_text=state_text(one.state, one.close_reason),
            badge=_badge(one.state, one.close_reason),
            place=one.place,
            received_at=one.received_at,
            due_at=one.due_at,
            is_open=one.is_open,
            followers=one.followers,
            distance_m=one.distance_m,
            lat=one.lat,
            lon=one.lon,
        )
        for one in beside.find_nearby(access, service_code=code, lat=lat, lon=lon, now=now, limit=3)
    ]


def find_pinned(access: Access, numbers: list[str]) -> list[RequestLine]:
    """Open requests that bulletins pin, as far as the reader sees them, in the order of the numbers."""
    if not numbers:
        return []
    rows = requests.list_queue(access).filter(number__in=numbers, is_open=True)
    found = {one.number: one for one in _lines(rows)}
    return [found[number] for number in numbers if number in found]


def requests_of_customer(access: Access, customer_ids: list[int]) -> RequestsOf:
    """What a person (all their merged ids) asked for, as far as the reader sees it; two statements."""
    rows = requests.list_queue(access).filter(customer_id__in=customer_ids)
    count = rows.aggregate(n=Count("id"))["n"]
    if not count:
        return RequestsOf()
    return RequestsOf(count, _lines(rows.filter(is_open=True).order_by("due_at", "id")[:MOST_LINES]))


_COLUMNS = (
    *("id", "number", "service_id", "state", "close_reason", "place_label", "received_at", "due_at", "is_open"),
    *("lat", "lon"),
)


def _lines(rows: Any) -> list[RequestLine]:
    language = (get_language() or "en").split("-")[0]
    names = {row.pk: row.name_in(language) for row in policy.code_rows().values()}
    return [
        RequestLine(
            id=row["id"],
            number=row["number"],
            name=names.get(row["service_id"], ""),
            state_text=state_text(row["state"], row["close_reason"]),
            badge=_badge(row["state"], row["close_reason"]),
            place=row["place_label"],
            received_at=row["received_at"],
            due_at=row["due_at"],
            is_open=row["is_open"],
            lat=row["lat"] or 0.0,
            lon=row["lon"] or 0.0,
        )
        for row in rows.values(*_COLUMNS)
    ]
