"""Suggestions while somebody types a place: streets by parts of their names, house numbers on the best of them."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.places import rules
from citydesk.city.places.choices import PlaceKind
from citydesk.city.places.models import Address
from citydesk.city.places.queries.crossings import crossings_of
from citydesk.city.places.queries.streets import StreetMatch, rank_streets
from citydesk.city.places.rules.found import AddressHit

MOST_HITS = 20
_STREETS_TRIED = 12
_COLUMNS = ("id", "line", "key", "number", "number_suffix", "unit", "zip", "lat", "lon", "street_id")


def typeahead(text: str, limit: int = 8) -> list[AddressHit]:
    """Up to `limit` places for what has been typed so far, best first; [] for fewer than two characters.

    Tolerant to typos in the street's name. Two streets with "&", "and" or "y" between them give the crossing.
    """
    limit = max(1, min(limit, MOST_HITS))
    words = rules.fold(text)
    if len(words.replace(" ", "")) < 2:
        return []
    crossing = rules.parse_crossing(words)
    if crossing:
        return _crossing_hits(crossing, limit)
    line = rules.parse_line(words)
    if line.number is None or not line.street:
        return [_street_hit(one) for one in _ranked(words, line, limit)]
    streets = _ranked(line.street, line, _STREETS_TRIED)
    if not streets:
        return []
    if line.is_block:
        return [_block_hit(line.number, one) for one in streets[:limit]]
    return _house_hits(line, streets, limit)


def _ranked(words: str, line: rules.AddressLine, limit: int) -> list[StreetMatch]:
    """Streets for the words; where the list has none so named, for what the line may mean in other words."""
    found = rank_streets(words, limit)
    if found and found[0].score >= 85:
        return found
    for candidate in rules.street_candidates(line)[1:4]:
        other = rank_streets(candidate, limit)
        if other and (not found or other[0].score > found[0].score):
            found = other
    return found


def _house_hits(line: rules.AddressLine, streets: list[StreetMatch], limit: int) -> list[AddressHit]:
    number = line.number or 0
    # Digits typed so far may go on: 12 is 12, 120 to 129, 1200 to 1299.
    wanted = Q(number=number)
    for power in (10, 100):
        if number * power < 100_000:
            wanted |= Q(number__gte=number * power, number__lt=(number + 1) * power)
    rank = {street.id: at for at, street in enumerate(streets)}
    by_id = {street.id: street for street in streets}
    rows = list(
        Address.objects.filter(wanted, is_active=True, street_id__in=list(rank)).order_by().values(*_COLUMNS)[:2000]
    )
    houses = _by_house(rows, line)
    houses.sort(key=lambda row: _house_order(row, line, rank, by_id))
    hits = [_address_hit(row, by_id[row["street_id"]]) for row in houses[:limit]]
    best = streets[0]
    if len(hits) < limit and not any(row["number"] == number and row["street_id"] == best.id for row in houses):
        hits.append(_block_hit(number, best))
    return hits


def _house_order(
    row: dict[str, Any], line: rules.AddressLine, rank: dict[int, int], by_id: dict[int, StreetMatch]
) -> tuple[Any, ...]:
    # The full number on a likely street goes before a longer number on the likeliest.
    is_unlikely = by_id[row["street_id"]].score < 80
    return (
        is_unlikely,
        row["number"] != line.number,
        rank[row["street_id"]],
        row["number"],
        row["number_suffix"] != line.number_suffix,
        row["line"],
        row["id"],
    )


def _by_house(rows: list[dict[str, Any]], line: rules.AddressLine) -> list[dict[str, Any]]:
    """One row a house, with the count of its units; the units themselves once one is being typed."""
    if line.unit:
        wanted = line.unit.split(" ")[-1]
        units = [row for row in rows if row["number"] == line.number and row["unit"].split(" ")[-1].startswith(wanted)]
        if units:
            return [{**row, "units": 0} for row in units]
    houses: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: (one["unit"], one["id"])):
        key = (row["street_id"], row["number"], row["number_suffix"], row["zip"])
        known = houses.setdefault(key, {**row, "units": 0})
        known["units"] += bool(row["unit"])
    return list(houses.values())


def _address_hit(row: dict[str, Any], street: StreetMatch) -> AddressHit:
    is_house_of_units = row["units"] > 1 and row["unit"]
    label = rules.display_line(row["key"]) if is_house_of_units else row["line"]
    units = ngettext("%(count)d unit", "%(count)d units", row["units"]) % {"count": row["units"]}
    detail = " · ".join(filter(None, (row["zip"], units if row["units"] > 1 else "")))
    return AddressHit(
        kind=PlaceKind.ADDRESS,
        label=label,
        value=label,
        detail=detail,
        address_id=None if is_house_of_units else row["id"],
        street_id=row["street_id"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        score=street.score,
    )


def _street_hit(street: StreetMatch) -> AddressHit:
    count = ngettext("street, %(count)d address", "street, %(count)d addresses", street.point_count)
    return AddressHit(
        kind=PlaceKind.STREET,
        label=street.name,
        value=street.name,
        detail=count % {"count": street.point_count},
        street_id=street.id,
        score=street.score,
    )


def _block_hit(number: int, street: StreetMatch) -> AddressHit:
    label = rules.block_label(number, street.name)
    return AddressHit(
        kind=PlaceKind.BLOCK, label=label, value=label, detail=_("block"), street_id=street.id, score=street.score
    )


def _crossing_hits(names: tuple[str, str], limit: int) -> list[AddressHit]:
    first, second = rank_streets(names[0], 2), rank_streets(names[1], 4)
    places = crossings_of(first, second) if first and second else []
    return [
        AddressHit(
            kind=PlaceKind.INTERSECTION,
            label=place.label,
            value=place.label,
            detail=_("crossing, approximate") if place.is_approximate else _("crossing"),
            lat=place.lat,
            lon=place.lon,
        )
        for place in places[:limit]
    ]
