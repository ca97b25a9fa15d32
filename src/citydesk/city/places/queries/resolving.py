"""From words, a pin or an address point to one place with its districts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.places import rules
from citydesk.city.places.choices import PlaceKind
from citydesk.city.places.models import Address
from citydesk.city.places.queries.crossings import resolve_between, resolve_crossing
from citydesk.city.places.queries.districts import place_in_city, place_on_map
from citydesk.city.places.queries.near import around
from citydesk.city.places.queries.streets import StreetMatch, find_street
from citydesk.city.places.queries.typing import typeahead
from citydesk.city.places.rules.found import AddressHit, ResolvedPlace
from citydesk.kernel.errors import Invalid, NotFound

_LONGEST_LABEL = 200
# A pin this near to an address point (meters) is called by it.
_PIN_NEAR_M = 60.0
# House numbers this far from the one asked for still say where it lies on the street.
_NUMBERS_NEAR = 120

_COLUMNS = ("id", "line", "number", "unit", "zip", "lat", "lon", "street_id", "street__name")


def resolve(
    text: str = "",
    *,
    lat: Any = None,
    lon: Any = None,
    address_id: int | None = None,
    on: date | None = None,
) -> ResolvedPlace:
    """One place from a text, from coordinates (the text is then how the caller described them), or from an address
    point of the city.

    Never guesses: a text it does not know stays as described, without a district and with `did_you_mean`. Districts
    are those in force on the day, today's without one. Raises `OutsideCity` (an `Invalid`) for a point outside the
    city, `Invalid` for coordinates that are none or for nothing at all, `NotFound` for an unknown address point.
    """
    words = " ".join(str(text).split())[:_LONGEST_LABEL]
    if address_id is not None:
        return _from_address_id(address_id, on)
    if lat not in (None, "") or lon not in (None, ""):
        return _from_pin(*rules.check_point(lat, lon), words, on)
    if not words:
        raise Invalid(_("Say where it is: an address, a crossing, or a description."), field="place")
    point = rules.parse_point(words)
    if point:
        return _from_pin(*point, "", on)
    return _from_words(words, on)


def resolve_choice(
    text: str, choice: str = "", *, lat: Any = None, lon: Any = None, on: date | None = None
) -> ResolvedPlace:
    """The place a form means: the suggestion taken (`AddressHit.choice`) unless the text was changed afterwards, else
    the text with a pin if there is one. Raises as `resolve`."""
    kind, _colon, number = choice.partition(":")
    if kind == "address" and number.isdecimal() and len(number) < 18:
        place = resolve(address_id=int(number), on=on)
        if not text.strip() or rules.normalize_line(text) in _writings(place):
            return place
    return resolve(text or choice, lat=lat, lon=lon, on=on)


def _writings(place: ResolvedPlace) -> set[str]:
    return {rules.normalize_line(place.label), rules.normalize_line(f"{place.label} {place.zip}")}


def _from_words(words: str, on: date | None) -> ResolvedPlace:
    between = rules.parse_between(words)
    crossing = rules.parse_crossing(words)
    place = None
    if between:
        place = resolve_between(between)
    elif crossing:
        place = resolve_crossing(crossing)
    if place is None:
        place = _from_line(words)
    if place is None:
        return _described(words)
    return _with_districts(place, on)


def _described(words: str, note: str = "", *, likely: Sequence[AddressHit] | None = None) -> ResolvedPlace:
    hits = typeahead(words, limit=5) if likely is None else list(likely)
    return ResolvedPlace(kind=PlaceKind.DESCRIBED, label=words, note=note, did_you_mean=tuple(hits))


def _with_districts(place: ResolvedPlace, on: date | None) -> ResolvedPlace:
    if place.lat is None or place.lon is None:
        return place
    inside, districts = place_in_city(place.lat, place.lon, on)
    return replace(place, in_city=inside, districts=districts)


def _from_address_id(address_id: int, on: date | None) -> ResolvedPlace:
    row = Address.objects.filter(id=address_id).values(*_COLUMNS).first()
    if row is None:
        raise NotFound(_("The city has no such address point."))
    return _with_districts(_place_of(row), on)


def _place_of(row: dict[str, Any], unit: str = "") -> ResolvedPlace:
    label = row["line"]
    if unit and not row["unit"]:
        label = f"{label} {rules.display_line(unit)}"
    return ResolvedPlace(
        kind=PlaceKind.ADDRESS,
        label=label,
        address_id=row["id"],
        street_id=row["street_id"],
        unit=row["unit"] or unit,
        zip=row["zip"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        block_label=rules.block_label(row["number"], row["street__name"]),
    )


def _from_pin(lat: float, lon: float, words: str, on: date | None) -> ResolvedPlace:
    token, near = around(lat, lon, radius_m=2 * _PIN_NEAR_M, limit=1)
    inside, districts = place_on_map(token, lat, lon, on)
    here = near[0] if near else None
    label = words
    if not label and here and here.distance_m <= _PIN_NEAR_M:
        label = _("Near %(address)s") % {"address": here.line}
    return ResolvedPlace(
        kind=PlaceKind.POINT,
        label=label or f"{lat:.5f}, {lon:.5f}",
        street_id=here.street_id if here else None,
        zip=here.zip if here else "",
        lat=lat,
        lon=lon,
        districts=districts,
        in_city=inside,
        block_label=rules.block_label(here.number, here.street) if here else "",
    )


def _from_line(words: str) -> ResolvedPlace | None:
    line = rules.parse_line(words)
    if not line.name:
        return None
    streets = find_street(line)
    if not streets:
        return None
    if line.is_block and line.number is not None:
        return _from_block(line.number, streets)
    if line.number is None:
        return _street_alone(words, streets)
    return _from_house(words, line, streets)


def _street_alone(words: str, streets: list[StreetMatch]) -> ResolvedPlace:
    if len(streets) > 1:
        return _described(words, _("Several streets have this name."), likely=[_street_hit(one) for one in streets[:5]])
    street = streets[0]
    return ResolvedPlace(
        kind=PlaceKind.STREET,
        label=street.name,
        street_id=street.id,
        block_label=street.name,
        note=_("A whole street: add a house number, a block or a crossing to place it."),
    )


def _street_hit(street: StreetMatch) -> AddressHit:
    return AddressHit(PlaceKind.STREET, street.name, street.name, street_id=street.id, score=street.score)


def _from_house(words: str, line: rules.AddressLine, streets: list[StreetMatch]) -> ResolvedPlace:
    rows = list(
        Address.objects.filter(is_active=True, street_id__in=[one.id for one in streets], number=line.number)
        .order_by("unit", "id")
        .values(*_COLUMNS, "number_suffix")[:200]
    )
    exact = [row for row in rows if row["number_suffix"] == line.number_suffix] or rows
    if line.zip:
        exact = [row for row in exact if row["zip"] == line.zip] or exact
    houses = {(row["street_id"], row["zip"]) for row in exact}
    if len(houses) > 1:
        return _described(words, _("Several addresses read like this."), likely=_address_hits(exact))
    if exact:
        return _place_of(_with_unit(exact, line.unit), line.unit)
    if len(streets) == 1 and line.number is not None:
        return _between_neighbors(words, line, line.number, streets[0])
    return _described(words)


def _with_unit(rows: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    """The row of the unit; the building itself if the unit has no point of its own."""
    bare = unit.replace("# ", "").split(" ")[-1]
    for row in rows:
        if unit and (row["unit"] == unit or row["unit"].split(" ")[-1] == bare):
            return row
    return next((row for row in rows if not row["unit"]), {**rows[0], "unit": ""})


def _address_hits(rows: list[dict[str, Any]]) -> list[AddressHit]:
    seen: dict[tuple[int, str], AddressHit] = {}
    for row in rows:
        hit = AddressHit(
            PlaceKind.ADDRESS,
            row["line"],
            row["line"],
            row["zip"],
            row["id"],
            row["street_id"],
            float(row["lat"]),
            float(row["lon"]),
            90,
        )
        seen.setdefault((row["street_id"], row["zip"]), hit)
    return list(seen.values())[:5]


def _from_block(number: int, streets: list[StreetMatch]) -> ResolvedPlace | None:
    low = number // 100 * 100
    for street in streets:
        points = list(
            Address.objects.filter(is_active=True, street_id=street.id, number__gte=low, number__lt=low + 100)
            .order_by("number", "id")
            .values_list("lat", "lon", "zip")
        )
        if points:
            lat, lon, zip_code = points[len(points) // 2]
            label = rules.block_label(number, street.name)
            return ResolvedPlace(
                kind=PlaceKind.BLOCK,
                label=label,
                street_id=street.id,
                zip=zip_code,
                lat=float(lat),
                lon=float(lon),
                block_label=label,
            )
    return None


def _between_neighbors(words: str, line: rules.AddressLine, number: int, street: StreetMatch) -> ResolvedPlace:
    near = Address.objects.filter(is_active=True, street_id=street.id)
    low = near.filter(number__lt=number, number__gte=number - _NUMBERS_NEAR).order_by("-number", "id")
    high = near.filter(number__gt=number, number__lte=number + _NUMBERS_NEAR).order_by("number", "id")
    columns = ("number", "lat", "lon", "zip")
    ends = [row for row in (low.values(*columns).first(), high.values(*columns).first()) if row]
    label = rules.display_line(f"{line.house} {street.key}") + (
        f" {rules.display_line(line.unit)}" if line.unit else ""
    )
    if not ends:
        return _described(words, _("No house number near this one is known on %(street)s.") % {"street": street.name})
    first, last = ends[0], ends[-1]
    share = (number - first["number"]) / (last["number"] - first["number"]) if first is not last else 0.0
    lat = float(first["lat"]) + share * (float(last["lat"]) - float(first["lat"]))
    lon = float(first["lon"]) + share * (float(last["lon"]) - float(first["lon"]))
    return ResolvedPlace(
        kind=PlaceKind.ADDRESS,
        label=label,
        street_id=street.id,
        unit=line.unit,
        zip=first["zip"],
        lat=round(lat, 6),
        lon=round(lon, 6),
        block_label=rules.block_label(number, street.name),
        is_approximate=True,
        note=_("Not among the city's address points; placed by its neighbors on the street."),
    )
