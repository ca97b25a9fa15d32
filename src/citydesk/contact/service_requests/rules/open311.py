"""Reading what Open311 clients send, strict and sloppy ones: dates, lists, boxes, the fields of a post. Pure.

Sources: GeoReport v2 (wiki.open311.org), and the habits of the clients that cities meet: FixMyStreet, `three`, the
`georeport` reader.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from citydesk.contact.service_requests.choices import QuestionType
from citydesk.kernel.errors import Invalid

LONGEST_DESCRIPTION = 10_000
WINDOW = timedelta(days=90)
# Beyond these a date is a typing error, and arithmetic with it would overflow.
_YEARS = range(1900, 2200)
_ATTRIBUTE = re.compile(r"^attribute\[([^\]]{1,80})\](\[[^\]]*\])?$")
# A plus sign of a zone, sent without escaping, arrives as a space.
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_PINPOINTED = "#NOTPINPOINTED#"

DATATYPES: Mapping[QuestionType, str] = {
    QuestionType.TEXT: "string",
    QuestionType.LONG_TEXT: "text",
    QuestionType.NUMBER: "number",
    QuestionType.DATE: "datetime",
    QuestionType.YES_NO: "singlevaluelist",
    QuestionType.YES_NO_UNSURE: "singlevaluelist",
    QuestionType.ONE_OF: "singlevaluelist",
    QuestionType.SEVERAL_OF: "multivaluelist",
    QuestionType.NOTE: "string",
}


@dataclass(frozen=True)
class Post:
    """The fields of a posted request, cleaned. Coordinates are still text: the places room checks them."""

    service_code: str = ""
    lat: str = ""
    lon: str = ""
    address_string: str = ""
    address_id: int | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    description: str = ""
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    device_id: str = ""
    account_id: str = ""
    media_urls: tuple[str, ...] = ()
    jurisdiction_id: str = ""

    @property
    def has_point(self) -> bool:
        """Whether both coordinates were sent."""
        return bool(self.lat and self.lon)

    @property
    def has_place(self) -> bool:
        """Whether it says where."""
        return self.has_point or bool(self.address_string) or self.address_id is not None

    @property
    def is_anonymous(self) -> bool:
        """Whether it names nobody."""
        return not (self.email or self.phone or self.first_name or self.last_name)


def clean(text: str) -> str:
    """Text without control characters (line breaks and tabs stay) and without what no database can hold."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8").strip()


def read_post(fields: Iterable[tuple[str, str]]) -> Post:
    """The post in a form's pairs. Unknown fields are ignored; of a repeated single field the first that is not empty
    counts. Raises `Invalid` for a description over 10,000 characters or half a coordinate.
    """
    single: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    media: list[str] = []
    for raw_name, raw_value in fields:
        name, value = raw_name.strip(), clean(raw_value)
        found = _ATTRIBUTE.match(name)
        if found and value:
            attributes.setdefault(found[1], []).append(value)
        elif name in ("media_url", "media_urls", "media_url[]") and value:
            media.append(value[:1000])
        elif value:
            single.setdefault(name, value)
    if len(single.get("description", "")) > LONGEST_DESCRIPTION:
        raise Invalid(f"The description is longer than {LONGEST_DESCRIPTION:,} characters.", field="description")
    return _post(single, attributes, media)


def _post(single: Mapping[str, str], attributes: Mapping[str, Sequence[str]], media: Sequence[str]) -> Post:
    lat = single.get("lat", "")
    lon = single.get("long") or single.get("lon") or single.get("lng") or ""
    if bool(lat) != bool(lon) and not single.get("address_string"):
        raise Invalid("A point needs both lat and long.", field="lat" if lon else "long")
    last_name = single.get("last_name", "")
    return Post(
        service_code=single.get("service_code", "")[:60],
        lat=lat if lon else "",
        lon=lon if lat else "",
        address_string=single.get("address_string", "")[:300],
        address_id=_address_id(single.get("address_id", "")),
        attributes={code: tuple(values) for code, values in attributes.items()},
        description=single.get("description", ""),
        email=single.get("email", "")[:320],
        phone=single.get("phone", "")[:40],
        first_name=single.get("first_name", "")[:80],
        last_name="" if last_name == "-" else last_name[:80],
        device_id=(single.get("device_id") or single.get("deviceid") or "")[:120],
        account_id=single.get("account_id", "")[:120],
        media_urls=tuple(media[:10]),
        jurisdiction_id=single.get("jurisdiction_id", ""),
    )


def _address_id(text: str) -> int | None:
    if not text or text == _NOT_PINPOINTED:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Invalid("The city knows no such address_id.", field="address_id")
    return int(text)


def read_moment(text: str, zone: ZoneInfo, *, name: str, is_end: bool = False) -> datetime | None:
    """A W3C date as UTC; None for an empty one. Without a zone the city's counts; a day alone is its begin or end.

    Raises `Invalid` at the parameter `name`.
    """
    words = _LOST_PLUS.sub(r"+\1", text.strip())
    if not words:
        return None
    try:
        if len(words) == 10:
            moment = datetime.combine(date.fromisoformat(words), time.max if is_end else time.min)
        else:
            moment = datetime.fromisoformat(words)
        if moment.year not in _YEARS:
            raise ValueError
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{name} is not a date of the form 2026-11-24T09:00:00Z.", field=name) from None


def read_window(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """The window of receipt to list: the last 90 days unless said otherwise. A longer span is served, not refused."""
    until = end or now
    return (start or until - WINDOW), until


def read_list(text: str) -> tuple[str, ...]:
    """A comma list without empty parts and repetitions."""
    return tuple(dict.fromkeys(part.strip() for part in clean(text).split(",") if part.strip()))


def read_status(text: str) -> bool | None:
    """The status filter: True open, False closed, None both. Raises `Invalid` for another word."""
    words = {one.lower() for one in read_list(text)}
    if words - {"open", "closed"}:
        raise Invalid("status is open, closed, or both with a comma.", field="status")
    return None if len(words) != 1 else "open" in words


def read_count(text: str, *, name: str, usual: int, most: int) -> int:
    """A number from 1; more than `most` is cut down to it. Raises `Invalid`."""
    words = text.strip()
    if not words:
        return usual
    if not (words.isascii() and words.isdecimal()) or len(words) > 9 or int(words) < 1:
        raise Invalid(f"{name} is a number from 1.", field=name)
    return min(int(words), most)


def read_box(text: str) -> tuple[float, float, float, float] | None:
    """A box as west,south,east,north in degrees; None for an empty one. Raises `Invalid`."""
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("bbox is west,south,east,north in degrees.", field="bbox") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid("bbox is west,south,east,north in degrees.", field="bbox")
    return west, south, east, north


def is_true(text: str) -> bool:
    """A switch as clients write it."""
    return text.strip().lower() in ("true", "1", "yes")
