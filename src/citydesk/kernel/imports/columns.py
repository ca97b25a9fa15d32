"""Rows of another system's sheet read by a mapping: which of their columns is ours, their zone, their words. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from citydesk.kernel.errors import Invalid

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FLOAT_WHOLE = re.compile(r"^(\d+)\.0+$")
_YEARS = range(1900, 2200)
_YES = frozenset({"1", "y", "yes", "true", "t", "x", "on", "si", "sí", "ja"})
_NO = frozenset({"", "0", "n", "no", "false", "f", "off", "nein"})


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line in the file (the header is 1), its identifier, the field and why."""

    line: int
    external_id: str
    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Columns:
    """How a sheet is read. `columns` says per field which header (or several, joined)."""

    name: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo
    date_formats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mapped(Columns):
    """A mapping with tables of words: `words["kinds"]` turns their words (folded) into ours."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_columns(
    body: Mapping[str, Any],
    *,
    fields: Iterable[str],
    words: Mapping[str, Iterable[str]] | None = None,
    source: str = "",
    zone: str = "",
    usual_zone: str = "UTC",
    given: Mapping[str, str] | None = None,
) -> Mapped:
    """A mapping from its TOML tables. What the command line says stands above the file: `source`, `zone`, and `given`
    (ours = theirs). A field nobody mapped is looked for under its own name; without a zone anywhere `usual_zone` holds.
    Raises `Invalid` naming what is wrong.
    """
    tables = dict(words or {})
    unknown = sorted(set(body) - {"name", "source", "zone", "date_formats", "columns", *tables})
    if unknown:
        raise Invalid(f"The mapping has an unknown entry: {unknown[0]}.", field=unknown[0])
    known = list(fields)
    columns = {name: several(one) for name, one in (body.get("columns") or {}).items()}
    columns |= {ours: (theirs.strip(),) for ours, theirs in (given or {}).items()}
    strange = sorted(set(columns) - set(known))
    if strange:
        raise Invalid(f"There is no column {strange[0]} of ours. Ours are {', '.join(known)}.", field="columns")
    source = source or str(body.get("source", ""))
    if not source:
        raise Invalid("Say which system the file comes from: source in the mapping, or --source.", field="source")
    return Mapped(
        name=str(body.get("name", source)),
        source=source[:60],
        columns={name: columns.get(name, (name,)) for name in known},
        zone=zone_of(zone or str(body.get("zone", usual_zone))),
        date_formats=tuple(body.get("date_formats") or ()),
        words={name: turned(body.get(name), set(ours), name) for name, ours in tables.items()},
    )


def require_columns(mapping: Columns, headers: Iterable[str], needed: Iterable[str], said: Iterable[str] = ()) -> None:
    """Raise `Invalid` when the file lacks a column of `needed`, or one that was named on purpose (`said`)."""
    there = {one.strip() for one in headers}
    for name in [*needed, *said]:
        if not any(one in there for one in mapping.columns.get(name, ())):
            wanted = (mapping.columns.get(name) or (name,))[0]
            raise Invalid(f"The file has no column {wanted} (for {name}).", field="columns")


def text_of(mapping: Columns, row: Mapping[str, Any], name: str) -> str:
    """A field's words; those of several columns joined, empty ones left out."""
    parts = []
    for one in mapping.columns.get(name, ()):
        value = row.get(one)
        if value:
            text = str(value)
            parts.append((text if text.isprintable() else _CONTROL.sub(" ", text)).strip())
    return parts[0] if len(parts) == 1 else " · ".join(filter(None, parts))


def value_of(mapping: Columns, row: Mapping[str, Any], name: str) -> Any:
    """The first of a field's columns that holds something, as the sheet has it."""
    for one in mapping.columns.get(name, ()):
        value = row.get(one)
        if value not in (None, ""):
            return value
    return ""


def identifier_of(mapping: Columns, row: Mapping[str, Any], name: str) -> str:
    """An identifier as text; a number that a sheet made a decimal of ("11207.0") as it was written."""
    return plain(value_of(mapping, row, name))


def plain(value: Any) -> str:
    text = _CONTROL.sub("", str(value)).strip()
    found = _FLOAT_WHOLE.match(text)
    return found[1] if found else text


def yes_or_no(mapping: Columns, row: Mapping[str, Any], name: str) -> bool | None:
    """Whether a field says yes; None when it is empty. Raises `Invalid` for another word."""
    said = fold(plain(value_of(mapping, row, name)))
    if said in _YES:
        return True
    if said in _NO:
        return False if said else None
    raise Invalid(f"{said[:40]!r} is neither yes nor no.", field=name)


def moment_of(mapping: Columns, row: Mapping[str, Any], name: str) -> datetime | None:
    """A time of the file in UTC, None when the field is empty. Raises `Invalid` for what is no date."""
    found = local_moment(mapping, row, name)
    return None if found is None else to_utc(found, mapping.zone)


def local_moment(mapping: Columns, row: Mapping[str, Any], name: str) -> datetime | None:
    """A time as the file has it; naive when it says no zone."""
    value = value_of(mapping, row, name)
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


def to_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A clock time of the zone as UTC. In the hour that comes twice the first is meant; one that never was is moved
    forward, as clocks are.
    """
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


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


def fold(text: str) -> str:
    """A word as it is compared: lower case, one space."""
    return " ".join(text.casefold().split())


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name. Raises `Invalid`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name} is no time zone.", field="zone") from None


def several(value: Any) -> tuple[str, ...]:
    """One text or a list of them."""
    return tuple(str(one).strip() for one in value) if isinstance(value, list | tuple) else (str(value).strip(),)


def turned(table: Mapping[str, Any] | None, known: set[Any], name: str) -> dict[str, str]:
    """{ours: [theirs, ...]} as {theirs folded: ours}. Raises `Invalid` for a word of ours that there is not."""
    found = {}
    for ours, theirs in (table or {}).items():
        if ours not in known:
            raise Invalid(f"The mapping's {name} names {ours}, which there is not.", field=name)
        found.update({fold(str(one)): ours for one in several(theirs)})
    return found
