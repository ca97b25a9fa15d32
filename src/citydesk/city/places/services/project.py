"""Mirror what the city profile says of places into the room's tables. Idempotent; runs inside the load."""

from datetime import datetime
from typing import Any

from shapely.geometry import mapping, shape
from shapely.ops import unary_union

from citydesk.city.places.choices import DistrictKind
from citydesk.city.places.rules.profile import CITY_LIMITS
from citydesk.city.places.services.addresses import AddressRow, load_addresses
from citydesk.city.places.services.districts import DistrictRow, load_districts
from citydesk.city.places.services.streets import StreetRow, load_streets
from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Actor

Entries = dict[str, dict[str, Any]]


def project_districts(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Bring the borders to the profile's shapes, the city's own border last. A changed border holds from today."""
    if any("bulk" not in body for body in entries.values()):
        return  # a new day without a load brings no shapes
    rows: list[DistrictRow] = []
    for kind, body in entries.items():
        if kind != CITY_LIMITS:
            rows += [_row(kind, one.code, one.names, one.geometry, body) for one in body["bulk"]]
    limits = entries.get(CITY_LIMITS)
    if limits is not None:
        rows += _limits(limits, entries)
    load_districts(rows=rows, on=profile.city_today(now), actor=actor, now=now, source="profile", is_all=True)


def project_streets(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Bring the streets to the profile's list; without a list nothing is touched."""
    for body in entries.values():
        if "bulk" in body:
            is_sample = _is_sample()
            rows = [
                StreetRow(one.name, one.aliases, one.lines, is_sample=is_sample or one.is_sample)
                for one in body["bulk"]
            ]
            load_streets(rows=rows, actor=actor, now=now, source="profile")


def project_addresses(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Bring the address points to the profile's list; without a list nothing is touched."""
    for body in entries.values():
        if "bulk" in body:
            is_sample = _is_sample()
            rows = (
                AddressRow(one.id, one.line, one.lat, one.lon, one.zip, one.unit, is_sample=is_sample or one.is_sample)
                for one in body["bulk"]
            )
            load_addresses(rows=rows, actor=actor, now=now, source="profile")


def _row(kind: str, code: str, names: dict[str, str], geometry: dict[str, Any], body: dict[str, Any]) -> DistrictRow:
    origin = body.get("provenance", {}).get("*", {})
    return DistrictRow(
        kind=kind,
        code=code,
        name=next(iter(names.values()), code),
        geometry=geometry,
        facts={"names": names},
        source=str(origin.get("source", "")),
        is_sample=bool(origin.get("sample")),
    )


def _limits(limits: dict[str, Any], entries: Entries) -> list[DistrictRow]:
    """The city's border: its own file, or all districts of one kind together."""
    shapes = limits["bulk"] or entries.get(limits["from_kind"], {}).get("bulk", [])
    if not shapes:
        return []
    whole = unary_union([shape(one.geometry).buffer(0) for one in shapes])
    city = profile.city()
    name = city.name or next(iter(shapes[0].names.values()))
    return [_row(DistrictKind.CITY, "city", {"en": name}, mapping(whole), limits)]


def _is_sample() -> bool:
    return bool(profile.city().is_sample)
