"""Reading requests out of another system's export by a mapping: columns, words, zone and grid. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from citydesk.city.places.rules import check_point, project_to_wgs84
from citydesk.contact.service_requests.choices import Channel, CloseReason, RequestState
from citydesk.kernel.errors import Invalid

FIELDS = frozenset(
    {
        "external_id", "received_at", "closed_at", "updated_at", "due_at", "code", "description", "status",
        "status_text", "channel", "address", "place_detail", "street", "zip", "lat", "lon", "x", "y", "department",
    }
)  # fmt: skip
NEEDED = ("external_id", "received_at", "code")
_TABLES = ("columns", "status", "channels", "codes", "departments")
_WORDS = ("name", "source", "detect", "zone", "date_formats", "epsg", "close_reason", "team")
_SLUG = re.compile(r"[^a-z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FLOAT_WHOLE = re.compile(r"^(\d+)\.0+$")
_YEARS = range(1900, 2200)


@dataclass(frozen=True)
class ImportMapping:
    """How to read an export. `columns` says per field which header (or several, joined); `status`, `channels`, `codes`
    and `departments` turn the file's words (folded) into ours.
    """

    name: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo
    detect: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    epsg: int | None = None
    close_reason: str = CloseReason.DONE
    team: str = ""
    status: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportedRow:
    """A request as a row of the file tells it, in our words. Times are UTC; `code` is still the file's."""

    external_id: str
    code: str
    state: str
    received_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    due_at: datetime | None
    description: str
    status_text: str
    channel: str
    place_label: str
    place_detail: str
    block_label: str
    zip: str
    lat: float | None
    lon: float | None
    department: str


def fold(text: str) -> str:
    """A word as it is compared: lower case, one space."""
    return " ".join(text.casefold().split())


def slug(text: str) -> str:
    """A code from a name: "Animal in a Park" becomes "animal_in_a_park"."""
    return _SLUG.sub("_", text.casefold()).strip("_")[:60]


def read_mapping(body: Mapping[str, Any], *, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """A mapping from its TOML tables; `zone` and `epsg` override the file's. Raises `Invalid` naming what is wrong."""
    unknown = sorted(set(body) - set(_TABLES) - set(_WORDS))
    if unknown:
        raise Invalid(f"The mapping has an unknown entry: {unknown[0]}.", field=unknown[0])
    columns = {name: _several(one) for name, one in (body.get("columns") or {}).items()}
    strange = sorted(set(columns) - FIELDS)
    if strange:
        raise Invalid(f"The mapping names an unknown field: {strange[0]}.", field=strange[0])
    missing = [name for name in NEEDED if name not in columns]
    if missing or not body.get("source"):
        raise Invalid(f"The mapping lacks {(missing or ['source'])[0]}.", field=(missing or ["source"])[0])
    return ImportMapping(
        name=str(body.get("name", body["source"])),
        source=str(body["source"])[:60],
        columns=columns,
        zone=_zone(zone or str(body.get("zone", "UTC"))),
        detect=tuple(body.get("detect") or ()),
        date_formats=tuple(body.get("date_formats") or ()),
        epsg=epsg or (int(body["epsg"]) if body.get("epsg") else None),
        close_reason=CloseReason(body.get("close_reason", CloseReason.DONE)),
        team=str(body.get("team", "")),
        status=_turned(body.get("status"), set(RequestState), "status"),
        channels=_turned(body.get("channels"), set(Channel), "channels"),
        codes={fold(name): str(code) for name, code in (body.get("codes") or {}).items()},
        departments={fold(name): str(code) for name, code in (body.get("departments") or {}).items()},
    )


def detects(mapping: ImportMapping, headers: Iterable[str]) -> bool:
    """Whether a file with these headers is of the mapping's kind."""
    return bool(mapping.detect) and set(mapping.detect) <= {one.strip() for one in headers}


def require_columns(mapping: ImportMapping, headers: Iterable[str]) -> ImportMapping:
    """The mapping without columns the file does not have. Raises `Invalid` when one of the needed is not there."""
    there = {one.strip() for one in headers}
    for name in NEEDED:
        if not any(one in there for one in mapping.columns[name]):
            raise Invalid(f"The file has no column {mapping.columns[name][0]} (for {name}).", field=name)
    kept = {name: tuple(one for one in several if one in there) for name, several in mapping.columns.items()}
    return replace(mapping, columns={name: several for name, several in kept.items() if several})


def read_row(mapping: ImportMapping, row: Mapping[str, Any]) -> ImportedRow:
    """One request. Raises `Invalid` with the field and the reason."""
    external_id = _plain(_first(mapping, row, "external_id"))[:80]
    code = text_of(mapping, row, "code")
    if not external_id:
        raise Invalid("There is no identifier.", field="external_id")
    if not code:
        raise Invalid("There is no code.", field="code")
    received = _moment(mapping, row, "received_at")
    if received is None:
        raise Invalid("There is no date of receipt.", field="received_at")
    closed = _moment(mapping, row, "closed_at")
    state = _state(mapping, row, has_closing=closed is not None)
    if state == RequestState.CLOSED and closed is None:
        raise Invalid("It is closed but has no closing time.", field="closed_at")
    closed = closed if state == RequestState.CLOSED else None
    begin = _utc(received, mapping.zone)
    end = _utc(closed, mapping.zone) if closed else None
    if end is not None and end < begin:
        raise Invalid("It was closed before it was received.", field="closed_at")
    touched = _moment(mapping, row, "updated_at")
    lat, lon = _point(mapping, row)
    address = text_of(mapping, row, "address")
    return ImportedRow(
        external_id=external_id,
        code=code,
        state=state,
        received_at=begin,
        closed_at=end,
        updated_at=max(one for one in (begin, end, _utc(touched, mapping.zone) if touched else None) if one),
        due_at=_utc(due, mapping.zone) if (due := _moment(mapping, row, "due_at")) else None,
        description=text_of(mapping, row, "description")[:10_000],
        status_text=text_of(mapping, row, "status_text") if end else "",
        channel=mapping.channels.get(fold(text_of(mapping, row, "channel")), Channel.IMPORT),
        place_label=address[:200],
        place_detail=text_of(mapping, row, "place_detail")[:300],
        block_label=_block(address, text_of(mapping, row, "street")),
        zip=_plain(_first(mapping, row, "zip"))[:10],
        lat=lat,
        lon=lon,
        department=mapping.departments.get(fold(text_of(mapping, row, "department")), ""),
    )


def text_of(mapping: ImportMapping, row: Mapping[str, Any], name: str) -> str:
    """A field's words; those of several columns joined, empty ones left out."""
    parts = []
    for one in mapping.columns.get(name, ()):
        value = row.get(one)
        if value:
            text = str(value)
            parts.append((text if text.isprintable() else _CONTROL.sub(" ", text)).strip())
    return parts[0] if len(parts) == 1 else " · ".join(filter(None, parts))


def _first(mapping: ImportMapping, row: Mapping[str, Any], name: str) -> Any:
    for one in mapping.columns.get(name, ()):
        value = row.get(one)
        if value not in (None, ""):
            return value
    return ""


def _plain(value: Any) -> str:
    """A number that a sheet made a decimal of ("11207.0") as it was written."""
    text = _CONTROL.sub("", str(value)).strip()
    found = _FLOAT_WHOLE.match(text)
    return found[1] if found else text


def _state(mapping: ImportMapping, row: Mapping[str, Any], *, has_closing: bool) -> str:
    said = fold(text_of(mapping, row, "status"))
    if not said:
        return RequestState.CLOSED if has_closing else RequestState.OPEN
    known = mapping.status.get(said)
    if known is None and slug(said) in set(RequestState):
        known = RequestState(slug(said))
    if known is None:
        raise Invalid(f"The status {said!r} is not in the mapping.", field="status")
    # A request may stand still here only with a reason that the file does not give.
    return known if known in (RequestState.CLOSED, RequestState.IN_PROGRESS) else RequestState.OPEN


def _moment(mapping: ImportMapping, row: Mapping[str, Any], name: str) -> datetime | None:
    """A time as the file has it; naive when it says no zone."""
    value = _first(mapping, row, name)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    text = str(value).strip()
    if not text:
        return None
    for pattern in mapping.date_formats:
        try:
            return _sane(_by_pattern(text, pattern), name)
        except ValueError:
            continue
    try:
        return _sane(datetime.fromisoformat(text), name)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is not a date.", field=name) from None


# What usual date formats consist of. `strptime` looks its locale up at every call and takes five times as long.
_PARTS = {
    "%Y": r"(?P<year>\d{4})", "%m": r"(?P<month>\d{1,2})", "%d": r"(?P<day>\d{1,2})",
    "%H": r"(?P<hour>\d{1,2})", "%I": r"(?P<half>\d{1,2})", "%M": r"(?P<minute>\d{1,2})",
    "%S": r"(?P<second>\d{1,2})", "%p": r"(?P<noon>[AaPp][Mm])",
}  # fmt: skip


@cache
def _pattern(pattern: str) -> re.Pattern[str] | None:
    """A date format as a regular expression; None when it has a part that only `strptime` knows."""
    pieces = re.split(r"(%.)", pattern)
    if any(one.startswith("%") and one not in _PARTS for one in pieces):
        return None
    return re.compile("".join(_PARTS.get(one) or re.escape(one).replace("\\ ", r"\s+") for one in pieces), re.ASCII)


def _by_pattern(text: str, pattern: str) -> datetime:
    """As `datetime.strptime`, naive; the file's zone is added later. Raises `ValueError`."""
    compiled = _pattern(pattern)
    if compiled is None:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the file's wall clock; its zone comes after
    found = compiled.fullmatch(text)
    if found is None:
        raise ValueError(text)
    said = found.groupdict()
    hour = int(said.get("hour") or 0)
    if said.get("half"):
        hour = int(said["half"])
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if (said.get("noon") or "").lower() == "pm" else 0)
    day = int(said.get("year") or 1900), int(said.get("month") or 1), int(said.get("day") or 1)
    return datetime(*day, hour, int(said.get("minute") or 0), int(said.get("second") or 0))  # noqa: DTZ001 - as above


def _sane(moment: datetime, name: str) -> datetime:
    if moment.year not in _YEARS:
        raise Invalid(f"The year {moment.year} is not possible.", field=name)
    return moment


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A clock time of the zone as UTC. In the hour that comes twice the first is meant; one that never was is moved
    forward, as clocks are.
    """
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _point(mapping: ImportMapping, row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    lat, lon = _first(mapping, row, "lat"), _first(mapping, row, "lon")
    if lat not in (None, "") and lon not in (None, ""):
        return check_point(lat, lon)
    x, y = _first(mapping, row, "x"), _first(mapping, row, "y")
    if mapping.epsg is None or x in (None, "") or y in (None, ""):
        return None, None
    try:
        return project_to_wgs84(float(x), float(y), mapping.epsg)
    except (TypeError, ValueError):
        raise Invalid("The coordinates are not numbers.", field="x") from None


def _block(address: str, street: str) -> str:
    """The block for the public: the house number rounded down to its hundred, never the number itself."""
    number, _, rest = address.partition(" ")
    name = street or (rest if number[:1].isdecimal() else address)
    digits = re.match(r"\d+", number)
    if not digits or not name or not number[:1].isdecimal():
        return name[:200]
    return f"{int(digits[0]) // 100 * 100} block of {name}"[:200]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name} is no time zone.", field="zone") from None


def _several(value: Any) -> tuple[str, ...]:
    return tuple(str(one).strip() for one in value) if isinstance(value, list | tuple) else (str(value).strip(),)


def _turned(table: Mapping[str, Sequence[str]] | None, known: set[Any], name: str) -> dict[str, str]:
    """{ours: [theirs, ...]} as {theirs folded: ours}."""
    turned = {}
    for ours, theirs in (table or {}).items():
        if ours not in known:
            raise Invalid(f"The mapping's {name} names {ours}, which there is not.", field=name)
        turned.update({fold(str(one)): ours for one in _several(theirs)})
    return turned
