"""What the contact screen works out by itself: the form's fields, spoken numbers, times and distances. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from citydesk.kernel.numbering import spoken_groups

_CLOCK = re.compile(r"^(\d{1,2})[:.h ]?(\d{2})?$")
_DAY_CLOCK = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})")
_DIGITS = re.compile(r"\D")
# A call that broke off is called back this soon, the desk's hours permitting.
DROPPED_CALL_BACK = timedelta(minutes=30)

SPELLED = {
    "en": dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            [
                "Adam",
                "Boy",
                "Charles",
                "David",
                "Edward",
                "Frank",
                "George",
                "Henry",
                "John",
                "King",
                "Lincoln",
                "Mary",
                "Nora",
                "Paul",
                "Robert",
                "Sam",
                "Tom",
                "Union",
                "Victor",
                "William",
                "X-ray",
                "Young",
                "Zebra",
            ],
            strict=True,
        )
    ),
    "es": dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            [
                "Ana",
                "Barcelona",
                "Carmen",
                "Dolores",
                "Enrique",
                "Francia",
                "Gerona",
                "Historia",
                "José",
                "Kilo",
                "Lorenzo",
                "María",
                "Navarra",
                "París",
                "Ramón",
                "Sábado",
                "Tarragona",
                "Ulises",
                "Valencia",
                "Washington",
                "Xiquena",
                "Yegua",
                "Zaragoza",
            ],
            strict=True,
        )
    ),
}


@dataclass(frozen=True)
class SpokenNumber:
    """A number in groups ("SR 26 038 884 M"), as it is read ("S R, 26, 038, 884"), and its last letter spelled."""

    shown: str
    read: str
    letter: str
    as_in: str


def spoken(number: str, language: str) -> SpokenNumber:
    """The number in groups, and the word its check letter stands in, in the resident's language."""
    groups = spoken_groups(number)
    letter = groups[-1]
    words = SPELLED.get(language.split("-")[0], SPELLED["en"])
    return SpokenNumber(
        " ".join(groups), ", ".join([" ".join(groups[0]), *groups[1:-1]]), letter, words.get(letter, letter)
    )


def digits_of(text: str) -> str:
    """The digits of a text."""
    return _DIGITS.sub("", text)


def looks_like_phone(text: str) -> bool:
    """Whether what was typed under Who is a number (four digits or more and hardly a letter)."""
    return len(digits_of(text)) >= 4 and len(re.sub(r"[\d\s()+.-]", "", text)) <= 1


def parse_time(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A time as a clerk writes it: "18:30" or "1830" (the next one), or "2026-11-24 18:30". None if it is none."""
    text = text.strip()
    day = _DAY_CLOCK.match(text)
    here = now.astimezone(zone)
    try:
        if day:
            date, hour, minute = day.groups()
            return datetime.fromisoformat(date).replace(hour=int(hour), minute=int(minute), tzinfo=zone)
        clock = _CLOCK.match(text)
        if not clock:
            return None
        moment = here.replace(hour=int(clock[1]), minute=int(clock[2] or 0), second=0, microsecond=0)
    except ValueError:
        return None
    return moment if moment > here else moment + timedelta(days=1)


def parse_past_time(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A time that lies behind, as a clerk writes it: "13:40" is the last one, today or yesterday."""
    moment = parse_time(text, now=now, zone=zone)
    if moment is not None and moment > now and len(text.strip()) <= 5:
        moment -= timedelta(days=1)
    return moment


def is_request_wanted(fields: Mapping[str, Any]) -> bool:
    """Whether the request being written is to be recorded: a code is chosen and nothing took its place."""
    return bool(fields.get("code")) and fields.get("no_request") != "1"


def answers_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the code's questions by question code; empty ones are left out."""
    return {name[2:]: value for name, value in fields.items() if name.startswith("q.") and value not in ("", [])}


@dataclass(frozen=True)
class PlaceChoice:
    """What the hidden place field says: an address point, or a text; and for which typed words it was chosen."""

    address_id: int | None
    text: str
    typed: str


def place_value(address_id: int | None, text: str, typed: str) -> str:
    """The place field's value for a choice."""
    return f"{f'a:{address_id}' if address_id else f't:{text}'}|{typed.strip()}"


def place_choice(fields: Mapping[str, Any]) -> PlaceChoice | None:
    """The chosen place, unless the words under Where were changed since it was chosen."""
    value, _, typed = str(fields.get("place", "")).rpartition("|")
    if not value or typed != str(fields.get("where", "")).strip():
        return None
    kind, _, rest = value.partition(":")
    if kind == "a" and rest.isdecimal():
        return PlaceChoice(int(rest), "", typed)
    return PlaceChoice(None, rest, typed) if kind == "t" and rest else None


@dataclass(frozen=True)
class SketchMark:
    x: float
    y: float
    number: int


def sketch(
    lat: float, lon: float, radius_m: float, marks: Iterable[tuple[int, float, float]], *, size: float = 196
) -> tuple[float, list[SketchMark]]:
    """Radius and marks of the small map in its own units, north up, the place in the middle."""
    from math import cos, radians

    scale = (size / 2 - 14) / max(radius_m, 1)
    across = 111_320 * cos(radians(lat))
    return round(radius_m * scale, 1), [
        SketchMark(
            round(size / 2 + (one_lon - lon) * across * scale, 1),
            round(size / 2 - (one_lat - lat) * 110_574 * scale, 1),
            number,
        )
        for number, one_lat, one_lon in marks
    ]
