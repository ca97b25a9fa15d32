"""Where two streets cross: by their center lines, or about there by their address points."""

from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.places import rules
from citydesk.city.places.choices import PlaceKind
from citydesk.city.places.models import Address, Street
from citydesk.city.places.queries.streets import StreetMatch, find_street
from citydesk.city.places.rules.found import AddressHit, ResolvedPlace

# Address points of two streets that cross stand at most this far apart at the corner, in meters.
_CORNER_M = 180.0
# A gap between drawn center lines up to this is a drawing error, in meters.
_DRAWN_GAP_M = 25.0
_MOST_STREETS = 4
_MOST_POINTS = 20_000


def resolve_crossing(names: tuple[str, str]) -> ResolvedPlace | None:
    """The crossing of two street texts; None if either street is unknown or they are not known to meet.

    Without directionals and types several pairs may cross; the exactest is taken, the others are offered.
    """
    sides = [find_street(rules.parse_line(name))[:_MOST_STREETS] for name in names]
    if not all(sides):
        return None
    found = crossings_of(sides[0], sides[1])
    if not found:
        return None
    found.sort(key=lambda place: (place.is_approximate, place.label))
    best, others = found[0], found[1:5]
    offered = tuple(
        AddressHit(PlaceKind.INTERSECTION, other.label, other.label, lat=other.lat, lon=other.lon) for other in others
    )
    return ResolvedPlace(**{**best.__dict__, "did_you_mean": offered})


def resolve_between(names: tuple[str, str, str]) -> ResolvedPlace | None:
    """The middle of a stretch: "Oak between 3rd and 4th". None unless both crossings are known."""
    street, first, last = names
    ends = [resolve_crossing((street, first)), resolve_crossing((street, last))]
    if any(end is None or end.lat is None or end.lon is None for end in ends):
        return None
    one, other = ends
    assert one and other and one.lat is not None and one.lon is not None
    assert other.lat is not None and other.lon is not None
    main, first_name = one.label.split(" & ")
    label = _("%(street)s between %(first)s and %(last)s") % {
        "street": main,
        "first": first_name,
        "last": other.label.split(" & ")[1],
    }
    return ResolvedPlace(
        kind=PlaceKind.BLOCK,
        label=label,
        street_id=one.street_id,
        lat=round((one.lat + other.lat) / 2, 6),
        lon=round((one.lon + other.lon) / 2, 6),
        block_label=label,
        is_approximate=True,
        note=_("Placed halfway between the two crossings."),
    )


def crossings_of(first: list[StreetMatch], second: list[StreetMatch]) -> list[ResolvedPlace]:
    """Where any street of the one side meets any of the other, without districts; two statements for any number."""
    ids = {one.id for one in (*first, *second)}
    lines: dict[int, Any] = dict(Street.objects.filter(id__in=ids, lines__isnull=False).values_list("id", "lines"))
    points = _points(ids - set(lines)) if len(lines) < len(ids) else {}
    found = []
    for one in first:
        for other in second:
            if one.id == other.id:
                continue
            if one.id in lines and other.id in lines:
                meets = rules.lines_meet(lines[one.id], lines[other.id], _DRAWN_GAP_M)
                found += [_place(one, other, lat, lon, is_exact=True) for lat, lon, _gap in meets[:1]]
                continue
            pair = [points.get(side.id) or _vertices(lines.get(side.id)) for side in (one, other)]
            about = rules.meeting_point(*pair)
            if about and about[2] <= _CORNER_M:
                found.append(_place(one, other, about[0], about[1], is_exact=False))
    return found


def _points(street_ids: set[int]) -> dict[int, list[tuple[float, float]]]:
    """{street: its address points as (lat, lon)}."""
    found: dict[int, list[tuple[float, float]]] = {}
    rows = Address.objects.filter(street_id__in=street_ids, is_active=True).order_by()
    for street_id, lat, lon in rows.values_list("street_id", "lat", "lon")[:_MOST_POINTS]:
        found.setdefault(street_id, []).append((float(lat), float(lon)))
    return found


def _vertices(lines: Any) -> list[tuple[float, float]]:
    """The corners of center lines as (lat, lon), for a street that meets one without lines."""
    return [(lat, lon) for line in lines or [] for lon, lat in line]


def _place(one: StreetMatch, other: StreetMatch, lat: float, lon: float, *, is_exact: bool) -> ResolvedPlace:
    label = f"{one.name} & {other.name}"
    return ResolvedPlace(
        kind=PlaceKind.INTERSECTION,
        label=label,
        street_id=one.id,
        lat=lat,
        lon=lon,
        block_label=label,
        is_approximate=not is_exact,
        note="" if is_exact else _("Approximate: from the nearest address points of the two streets."),
    )
