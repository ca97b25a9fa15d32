"""Service requests as the contact screen shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class RequestsOf:
    """A person's requests: the open ones as lines, and how many there are."""

    count: int = 0
    lines: list[Any] = field(default_factory=list)


def find_nearby(access: Access, code: str, lat: float | None, lon: float | None, now: datetime) -> list[Any]:
    """Requests that may be the same thing, open and near ones first."""
    ask = getattr(requests, "find_nearby", None)
    return ask(access=access, code=code, lat=lat, lon=lon, now=now) if ask else []


def requests_of_customer(access: Access, customer_ids: list[int], now: datetime) -> RequestsOf:
    """What a person asked for."""
    return RequestsOf()
