"""Answers of other cities' GeoReport v2 servers, read as they come: JSON or XML, with or without wrapper, sloppy. Pure.

What servers do that the contract does not say is listed in docs/howto/import.md.
"""

import json
import math
import xml.etree.ElementTree as Tree
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from citydesk.contact.service_requests.rules import importing
from citydesk.contact.service_requests.rules.importing import ImportMapping
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import fold, several

# The contract: a query may span 90 days, and a server may cut it at 1,000 rows.
LONGEST_SPAN, SHORTEST_SPAN, FIRST_SPAN = timedelta(days=90), timedelta(minutes=1), timedelta(days=30)
MOST_ROWS = 1_000
FEW_ROWS = 200
# Page sizes of servers that cut earlier than the contract says; an answer of exactly so many may have been cut.
_CUTS = frozenset({20, 25, 50, 100, 200, 250, 500})
_WRAPPERS = ("service_requests", "services", "requests", "service_request", "request", "errors")
_NOTHING = frozenset({"", "null", "none", "nil", "n/a"})
_ALSO = {
    "service_request_id": ("id", "servicerequestid"),
    "requested_datetime": ("requested_date", "created_at", "requested"),
    "updated_datetime": ("updated_date", "updated_at"),
    "closed_datetime": ("closed_date", "closed_at"),
    "lat": ("latitude",),
    "long": ("lng", "lon", "longitude"),
    "media_url": ("media_urls", "image_url"),
    "service_code": ("code",),
    "service_name": ("service", "category"),
    "zipcode": ("zip", "postcode"),
    "address": ("address_string",),
}
_COLUMNS = {
    "external_id": "service_request_id",
    "received_at": "requested_datetime",
    "closed_at": ["closed_datetime", "updated_datetime"],
    "updated_at": "updated_datetime",
    "due_at": "expected_datetime",
    "code": "service_code",
    "description": "description",
    "status": "status",
    "status_text": "status_notes",
    "address": "address",
    "zip": "zipcode",
    "lat": "lat",
    "lon": "long",
    "department": "agency_responsible",
}
# Words of extended statuses; a mapping's own words stand above them.
_STATUS = {
    "closed": ["closed", "fixed", "resolved", "completed", "complete", "done", "archived", "duplicate", "cancelled",
               "canceled", "rejected", "no further action", "unable to fix", "not councils responsibility", "not ours",
               "internal referral"],
    "in_progress": ["in progress", "started", "assigned", "acknowledged", "investigating", "planned",
                    "action scheduled", "for review", "under review", "work in progress"],
    "open": ["open", "new", "received", "submitted", "pending", "reopened"],
}  # fmt: skip
_REASONS = {
    "no_action": ["duplicate", "no further action", "unable to fix", "rejected"],
    "withdrawn": ["cancelled", "canceled"],
    "not_ours": ["not councils responsibility", "not ours", "internal referral"],
}
_FORMATS = ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
            "%Y-%m-%d %H:%M:%S %z", "%Y/%m/%d %H:%M:%S %z", "%Y/%m/%d %H:%M:%S"]  # fmt: skip


class NotReadable(Invalid):
    """The answer is neither JSON nor XML of the contract, or says that there was a mistake."""

    code = "not_readable"


@dataclass(frozen=True)
class ForeignRequest:
    """A request as the other server tells it, under the contract's names, as text; `token` where it has no number."""

    row: Mapping[str, str]
    token: str
    media: tuple[str, ...]
    lost_point: bool

    @property
    def id(self) -> str:
        return self.row["service_request_id"]


def open311_mapping(body: Mapping[str, Any], *, source: str, zone: str) -> ImportMapping:
    """The mapping of an endpoint: the contract's columns, usual words of statuses, and what the city's file says."""
    theirs = dict(body)
    merged: dict[str, Any] = {
        "source": theirs.pop("source", "") or source,
        "columns": {**_COLUMNS, **theirs.pop("columns", {})},
        "status": _joined(_STATUS, theirs.pop("status", {})),
        "close_reasons": _joined(_REASONS, theirs.pop("close_reasons", {})),
        "date_formats": [*theirs.pop("date_formats", []), *_FORMATS],
        **theirs,
    }
    return importing.read_mapping({**merged, "source": source or merged["source"]}, zone=zone)


def _joined(usual: Mapping[str, list[str]], said: Mapping[str, Any]) -> dict[str, list[str]]:
    """The usual words without those that the city's file gives another meaning, then the file's."""
    own = {ours: [str(one) for one in several(theirs)] for ours, theirs in said.items()}
    taken = {fold(one) for words in own.values() for one in words}
    kept = {ours: [one for one in words if one not in taken] for ours, words in usual.items()}
    return {ours: [*kept.get(ours, []), *own.get(ours, [])] for ours in {**kept, **own}}


def read_list(body: bytes) -> list[dict[str, Any]]:
    """The rows of an answer, in JSON or XML, whatever its header says. Raises `NotReadable`."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise NotReadable("The answer is empty.", field="url")
    rows = _xml_rows(text) if text.startswith(b"<") else _json_rows(text)
    if rows and all("description" in one and set(one) <= {"code", "description"} for one in rows):
        said = "; ".join(f"{one.get('code', '')} {one.get('description', '')}".strip() for one in rows)
        raise NotReadable(f"The server says: {said[:200]}", field="url")
    return rows


def _json_rows(text: bytes) -> list[dict[str, Any]]:
    try:
        told = json.loads(_decoded(text))
    except ValueError as error:
        raise NotReadable("The answer is neither JSON nor XML.", field="url") from error
    while isinstance(told, dict):
        inner = next((told[name] for name in _WRAPPERS if isinstance(told.get(name), dict | list)), None)
        if inner is None:
            told = [told]
            break
        told = inner
    if not isinstance(told, list):
        raise NotReadable("The answer is no list.", field="url")
    return [one for one in told if isinstance(one, dict)]


def _xml_rows(text: bytes) -> list[dict[str, Any]]:
    # Nobody needs a DOCTYPE here, and entities can blow an answer up.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise NotReadable("The answer's XML declares a document type.", field="url")
    try:
        root = Tree.fromstring(text)  # noqa: S314 - no document type, so no entities
    except (Tree.ParseError, ValueError, LookupError) as error:
        raise NotReadable("The answer is no XML.", field="url") from error
    if _name(root) == "html":
        raise NotReadable("The answer is a web page.", field="url")
    if _name(root) not in ("service_requests", "services", "errors", "requests"):
        inner = next((one for one in root.iter() if _name(one) in ("service_requests", "services", "errors")), None)
        root = root if inner is None else inner
    return [{_name(cell): _words_of(cell) for cell in one} for one in root if len(one)]


def _name(element: Tree.Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _words_of(element: Tree.Element) -> Any:
    if not len(element):
        return (element.text or "").strip()
    return [text for one in element.iter() if (text := (one.text or "").strip())]


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def foreign_request(raw: Mapping[str, Any]) -> ForeignRequest:
    """One row under the contract's names: numbers as text, "null" as nothing, a place at 0,0 or off the globe as none.

    Where a field is missing, the names that servers give it instead are tried.
    """
    low = {str(name).lower().strip(): value for name, value in raw.items()}
    row = {name: _text(low.get(name)) or next(filter(None, (_text(low.get(one)) for one in also)), "")
           for name, also in _ALSO.items()}  # fmt: skip
    row |= {name: _text(value) for name, value in low.items() if name not in row}
    row["status"] = row.get("status", "").replace("_", " ").casefold() or "open"
    lost = not _is_place(row["lat"], row["long"])
    if lost:
        row["lat"] = row["long"] = ""
    media = tuple(dict.fromkeys(filter(None, map(_text, _several(low.get("media_url") or low.get("media_urls"))))))
    had_place = any(_text(low.get(name)) not in ("", "0", "0.0") for name in ("lat", "latitude"))
    return ForeignRequest(row, _text(low.get("token")), media, lost and had_place)


def service_names(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Code -> name of a services list."""
    found = [foreign_request(one).row for one in rows]
    return {one["service_code"]: one["service_name"] for one in found if one["service_code"]}


def is_full(count: int) -> bool:
    """Whether an answer of so many rows may have been cut."""
    return count >= MOST_ROWS or count in _CUTS


def next_span(span: timedelta, count: int) -> timedelta:
    """The length of the next window: longer after few rows, never beyond the contract's 90 days."""
    return min(span * 2, LONGEST_SPAN) if count < FEW_ROWS else span


def _several(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [one.get("url") if isinstance(one, dict) else one for one in value]
    return [value]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[name] for name in ("name", "value", "url", "recipient") if name in value), "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    text = str(value).strip()
    return "" if text.casefold() in _NOTHING else text


def _is_place(lat: str, lon: str) -> bool:
    try:
        north, east = float(lat), float(lon)
    except ValueError:
        return False
    is_real = math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180
    return is_real and not (north == 0 and east == 0)
