"""What residents may report, and what is known near the place they say."""

from dataclasses import dataclass
from datetime import datetime

from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests.queries.public import PublicFilter, list_public
from citydesk.contact.service_requests.queries.reportable import get_reportable, list_reportable
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.portal.rules import Draft

_MOST_NEAR = 3
_FEET_IN_METER = 3.28084


@dataclass(frozen=True)
class Offer:
    """A kind of report as the page lists it."""

    code: str
    name: str
    detail: str


@dataclass(frozen=True)
class OfferGroup:
    name: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Near:
    """An open report near the place, as the public may read it. `distance` is in feet or meters, rounded."""

    number: str
    service: str
    description: str
    status: str
    address: str
    distance: int
    is_feet: bool
    expected_at: datetime | None


def offered_service(code: str, now: datetime) -> Service:
    """A service residents may report. Raises `NotFound`."""
    return get_reportable(code, profile.city_today(now))


def suggest_offers(words: str, language: str, now: datetime, limit: int = 4) -> list[Offer]:
    """The kinds that fit the words, best first."""
    known = {one.code: one for one in list_reportable(profile.city_today(now))}
    found = requests.suggest_codes(words, language=language, now=now, limit=limit * 2, with_internal=False)
    return [_offer(known[one.code], language) for one in found if one.code in known][:limit]


def list_offers(language: str, now: datetime) -> list[OfferGroup]:
    """Every kind in the city's groups."""
    on = profile.city_today(now)
    known = {one.code for one in list_reportable(on)}
    groups = requests.list_catalog(on, language=language, with_internal=False)
    listed = [
        OfferGroup(one.name, tuple(_offer(service, language) for service in one.services if service.code in known))
        for one in groups
    ]
    return [one for one in listed if one.offers]


def _offer(service: Service, language: str) -> Offer:
    return Offer(service.code, service.name_in(language), service.descriptions.get(language, ""))


def place_of(draft: Draft) -> ResolvedPlace | None:
    """The place a draft says; None when it says none. Raises `Invalid`, `OutsideCity`."""
    if not (draft.place or draft.choice or draft.lat):
        return None
    return places.resolve_choice(draft.place, draft.choice, lat=draft.lat or None, lon=draft.lon or None)


def find_known(code: str, place: ResolvedPlace | None, language: str, now: datetime) -> list[Near]:
    """Open reports near the place that may be the same thing; only what is public of them, the nearest first."""
    if place is None or place.lat is None or place.lon is None:
        return []
    near = requests.find_nearby(SYSTEM_ACCESS, service_code=code, lat=place.lat, lon=place.lon, now=now, limit=8)
    distances = {one.number: one.distance_m for one in near if one.is_open}
    if not distances:
        return []
    shown = list_public(PublicFilter(numbers=tuple(distances), is_open=True), language=language)
    is_feet = profile.city().units == "imperial"
    found = [
        Near(
            number=one.number,
            service=one.service_name,
            description=one.description,
            status=one.status_text,
            address=one.address,
            distance=_rounded(distances[one.number], is_feet=is_feet),
            is_feet=is_feet,
            expected_at=one.expected_at,
        )
        for one in shown
        if one.is_open
    ]
    return sorted(found, key=lambda one: distances[one.number])[:_MOST_NEAR]


def _rounded(meters: float, *, is_feet: bool) -> int:
    """To 50: a finer distance would tell more of a reduced place than its block."""
    length = meters * _FEET_IN_METER if is_feet else meters
    return max(50, round(length / 50) * 50)
