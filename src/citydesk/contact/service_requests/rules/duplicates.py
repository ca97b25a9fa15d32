"""Is it there already? Requests about the same thing, near enough and recent enough, nearest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from citydesk.city.places.rules import cell_keys, distance_m
from citydesk.contact.service_requests.choices import RequestState

__all__ = ["Candidate", "Near", "Nearby", "cells", "nearest"]


@dataclass(frozen=True)
class Nearby:
    """A code's rule: so many metres, so many days back, about these codes. Zero metres switches it off."""

    radius_m: int = 0
    days: int = 0
    codes: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        return self.radius_m > 0 and self.days > 0

    def since(self, now: datetime) -> datetime:
        """The earliest receipt that still counts."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True)
class Candidate:
    """A request that might be the same thing."""

    id: int
    lat: float
    lon: float
    state: str
    received_at: datetime


@dataclass(frozen=True)
class Near:
    """A candidate within the radius and how far away it is, in metres."""

    id: int
    distance_m: float
    is_open: bool


def cells(rule: Nearby, lat: float, lon: float) -> Sequence[int]:
    """The cells of the map that the radius touches."""
    return cell_keys(lat, lon, rule.radius_m)


def nearest(
    rule: Nearby, lat: float, lon: float, candidates: Iterable[Candidate], *, now: datetime, limit: int = 5
) -> list[Near]:
    """Candidates within radius and days: open ones before closed ones, each nearest first."""
    since = rule.since(now)
    found = []
    for one in candidates:
        away = distance_m(lat, lon, one.lat, one.lon)
        if away <= rule.radius_m and one.received_at >= since:
            found.append(Near(one.id, away, one.state != RequestState.CLOSED))
    return sorted(found, key=lambda near: (not near.is_open, near.distance_m, -near.id))[:limit]
