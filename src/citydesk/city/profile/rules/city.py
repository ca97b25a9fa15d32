"""The city's own facts."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from citydesk.city.profile.rules.fields import Fields
from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading


@dataclass(frozen=True)
class City:
    """What pages, letters and rules need to know of the city. Phone numbers in E.164 or short form."""

    code: str
    name: str
    state: str
    timezone: str
    languages: tuple[str, ...]
    units: str = "imperial"
    phone: str = ""
    phone_short: str = ""
    text_number: str = ""
    former_phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    office_address: str = ""
    emergency_phone: str = "911"
    default_calendar: str = ""
    map_center: tuple[float, float] | None = None  # latitude, longitude
    map_bounds: tuple[float, float, float, float] | None = None  # south, west, north, east
    fiscal_year_starts: int = 1  # month
    reopen_days: int = 14
    # Counts under this are not shown to who may not read all that is counted.
    small_cell: int = 5
    population: int | None = None
    texts: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)
    is_sample: bool = False
    is_loaded: bool = True

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def language(self) -> str:
        """The default language."""
        return self.languages[0]

    def text(self, name: str, language: str) -> str:
        """A text of the city by name (see `TEXTS`), in the default language if need be."""
        texts = self.texts.get(name, {})
        return texts.get(language) or texts.get(self.language, "")

    def desk_name(self, language: str) -> str:
        """What the office calls itself after the city's name: its own word, else its short number, else nothing."""
        return self.text("desk", language) or self.phone_short


NO_CITY = City("none", "Citydesk", "", "UTC", ("en", "es"), is_loaded=False)
TEXTS = ("desk", "slogan", "confidentiality", "privacy", "hours", "emergency")


def parse_city(reading: Reading) -> list[Item]:
    """`[city]`: one entry, code "city"."""
    entry = reading.table("city")
    if entry is None:
        reading.problem("city.toml", 1, "[city] is missing")
        return []
    texts = entry.optional.table("texts")
    texts.is_required = False
    body = {
        "code": entry.text("code"),
        "name": entry.text("name"),
        "state": entry.text("state"),
        "timezone": _timezone(entry),
        "languages": entry.words("languages"),
        "units": entry.choice("units", ("imperial", "metric")),
        "phone": entry.phone("phone"),
        "emergency_phone": entry.phone("emergency_phone"),
        "default_calendar": entry.code("default_calendar", of="calendars"),
        "map_center": entry.numbers("map_center", 2),
        "map_bounds": entry.numbers("map_bounds", 4),
        "fiscal_year_starts": entry.whole("fiscal_year_starts", at_least=1, at_most=12),
        "reopen_days": entry.whole("reopen_days", at_least=0),
        "is_sample": entry.optional.boolean("sample"),
        "texts": {name: texts.translated(name) for name in TEXTS if texts.has(name)},
        **_optional(entry.optional),
    }
    _check_bounds(entry, body)
    return [entry.item(body)]


def _optional(entry: Fields) -> dict[str, Any]:
    return {
        "phone_short": entry.phone("phone_short"),
        "text_number": entry.phone("text_number"),
        "former_phones": entry.words("former_phones"),
        "email": entry.text("email"),
        "website": entry.text("website"),
        "office_address": entry.text("office_address"),
        "population": entry.whole("population", at_least=0),
        "small_cell": entry.whole("small_cell", 5, at_least=2, at_most=50),
    }


def _timezone(entry: Fields) -> str:
    name = entry.text("timezone")
    if name and name not in available_timezones():
        entry.problem(f"is no time zone: {name}", "timezone")
    return name


def _check_bounds(entry: Fields, body: dict[str, Any]) -> None:
    if not body["map_bounds"] or not body["map_center"]:
        return
    south, west, north, east = body["map_bounds"]
    latitude, longitude = body["map_center"]
    if not (south < north and west < east):
        entry.problem("must be south, west, north, east", "map_bounds")
    elif not (south <= latitude <= north and west <= longitude <= east):
        entry.problem("lies outside map_bounds", "map_center")


def city_from(body: dict[str, Any]) -> City:
    """The dataclass of a stored entry."""
    return _city(_Hashable(body))


class _Hashable:
    """A stored body as a cache key: the same object is the same city."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def __hash__(self) -> int:
        return id(self.body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashable) and other.body is self.body


@lru_cache(maxsize=16)
def _city(key: _Hashable) -> City:
    body = key.body
    plain = {name: body[name] for name in City.__dataclass_fields__ if name in body}
    plain["languages"] = tuple(body["languages"])
    plain["former_phones"] = tuple(body.get("former_phones", ()))
    plain["map_center"] = tuple(float(one) for one in body["map_center"]) if body.get("map_center") else None
    plain["map_bounds"] = tuple(float(one) for one in body["map_bounds"]) if body.get("map_bounds") else None
    return City(**plain)
