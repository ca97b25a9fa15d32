"""Reading requests out of another system's export by a mapping: columns, words, zone and grid. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from citydesk.city.places.rules import check_point, project_to_wgs84
from citydesk.contact.service_requests.choices import Channel, CloseReason, RequestState
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import (
    Columns,
    fold,
    identifier_of,
    local_moment,
    several,
    text_of,
    to_utc,
    turned,
    value_of,
    zone_of,
)

FIELDS = frozenset(
    {
        "external_id", "received_at", "closed_at", "updated_at", "due_at", "code", "description", "status",
        "status_text", "channel", "address", "place_detail", "street", "zip", "lat", "lon", "x", "y", "department",
        "close_reason", "customer",
    }
)  # fmt: skip
NEEDED = ("external_id", "received_at", "code")
_TABLES = ("columns", "status", "channels", "codes", "departments", "close_reasons")
_WORDS = ("name", "source", "detect", "zone", "date_formats", "epsg", "close_reason", "team", "customers")
# A duplicate names the request it doubles, which no row of a file can.
_REASONS = frozenset(CloseReason) - {CloseReason.DUPLICATE}
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class ImportMapping(Columns):
    """How to read an export. `columns` says per field which header (or several, joined); `status`, `channels`, `codes`,
    `close_reasons` and `departments` turn the file's words (folded) into ours. `customers` is the source under which
    the people in the column `customer` were imported.
    """

    detect: tuple[str, ...] = ()
    epsg: int | None = None
    close_reason: str = CloseReason.DONE
    team: str = ""
    status: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    close_reasons: Mapping[str, str] = field(default_factory=dict)
    customers: str = ""


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
    close_reason: str = ""
    customer: str = ""


def slug(text: str) -> str:
    """A code from a name: "Animal in a Park" becomes "animal_in_a_park"."""
    return _SLUG.sub("_", text.casefold()).strip("_")[:60]


def read_mapping(body: Mapping[str, Any], *, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """A mapping from its TOML tables; `zone` and `epsg` override the file's. Raises `Invalid` naming what is wrong."""
    unknown = sorted(set(body) - set(_TABLES) - set(_WORDS))
    if unknown:
        raise Invalid(f"The mapping has an unknown entry: {unknown[0]}.", field=unknown[0])
    columns = {name: several(one) for name, one in (body.get("columns") or {}).items()}
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
        zone=zone_of(zone or str(body.get("zone", "UTC"))),
        detect=tuple(body.get("detect") or ()),
        date_formats=tuple(body.get("date_formats") or ()),
        epsg=epsg or (int(body["epsg"]) if body.get("epsg") else None),
        close_reason=_reason(body.get("close_reason", CloseReason.DONE)),
        team=str(body.get("team", "")),
        status=turned(body.get("status"), set(RequestState), "status"),
        channels=turned(body.get("channels"), set(Channel), "channels"),
        codes={fold(name): str(code) for name, code in (body.get("codes") or {}).items()},
        departments={fold(name): str(code) for name, code in (body.get("departments") or {}).items()},
        close_reasons=turned(body.get("close_reasons"), set(_REASONS), "close_reasons"),
        customers=str(body.get("customers", body["source"]))[:60],
    )


def _reason(said: Any) -> str:
    if said not in _REASONS:
        raise Invalid(f"close_reason is one of {', '.join(sorted(_REASONS))}.", field="close_reason")
    return str(said)


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
    external_id = identifier_of(mapping, row, "external_id")[:80]
    code = text_of(mapping, row, "code")
    if not external_id:
        raise Invalid("There is no identifier.", field="external_id")
    if not code:
        raise Invalid("There is no code.", field="code")
    received = local_moment(mapping, row, "received_at")
    if received is None:
        raise Invalid("There is no date of receipt.", field="received_at")
    closed = local_moment(mapping, row, "closed_at")
    state = _state(mapping, row, has_closing=closed is not None)
    if state == RequestState.CLOSED and closed is None:
        raise Invalid("It is closed but has no closing time.", field="closed_at")
    closed = closed if state == RequestState.CLOSED else None
    begin = to_utc(received, mapping.zone)
    end = to_utc(closed, mapping.zone) if closed else None
    if end is not None and end < begin:
        raise Invalid("It was closed before it was received.", field="closed_at")
    touched = local_moment(mapping, row, "updated_at")
    lat, lon = _point(mapping, row)
    address = text_of(mapping, row, "address")
    return ImportedRow(
        external_id=external_id,
        code=code,
        state=state,
        received_at=begin,
        closed_at=end,
        updated_at=max(one for one in (begin, end, to_utc(touched, mapping.zone) if touched else None) if one),
        due_at=to_utc(due, mapping.zone) if (due := local_moment(mapping, row, "due_at")) else None,
        description=text_of(mapping, row, "description")[:10_000],
        status_text=text_of(mapping, row, "status_text") if end else "",
        channel=mapping.channels.get(fold(text_of(mapping, row, "channel")), Channel.IMPORT),
        place_label=address[:200],
        place_detail=text_of(mapping, row, "place_detail")[:300],
        block_label=_block(address, text_of(mapping, row, "street")),
        zip=identifier_of(mapping, row, "zip")[:10],
        lat=lat,
        lon=lon,
        department=mapping.departments.get(fold(text_of(mapping, row, "department")), ""),
        close_reason=_closed_because(mapping, row) if end else "",
        customer=identifier_of(mapping, row, "customer")[:80],
    )


def _closed_because(mapping: ImportMapping, row: Mapping[str, Any]) -> str:
    """By the file's reason if the mapping knows the word, else by its status ("cancelled"), else the mapping's own."""
    for name in ("close_reason", "status"):
        known = mapping.close_reasons.get(fold(text_of(mapping, row, name)))
        if known:
            return known
    return mapping.close_reason


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


def _point(mapping: ImportMapping, row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    lat, lon = value_of(mapping, row, "lat"), value_of(mapping, row, "lon")
    if lat not in (None, "") and lon not in (None, ""):
        return check_point(lat, lon)
    x, y = value_of(mapping, row, "x"), value_of(mapping, row, "y")
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
