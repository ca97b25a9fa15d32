"""A calendar of shifts as RFC 5545 writes it: moments in UTC, lines of at most 75 octets, text escaped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = 75
_PRODUCT = "-//Citydesk//Shifts//EN"
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True)
class Event:
    """One shift. The same `uid` told again with a later `stamp` replaces what a calendar has."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    summary: str


def calendar(name: str, events: Iterable[Event]) -> str:
    """The calendar as text, lines ended by CR LF as the format asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(event.uid)}",
            f"DTSTAMP:{_moment(event.stamp)}",
            f"DTSTART:{_moment(event.starts_at)}",
            f"DTEND:{_moment(event.ends_at)}",
            f"SUMMARY:{_text(event.summary)}",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    kept = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_ESCAPED.get(one, one) for one in kept if one == "\n" or one >= " ")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, cut between characters; each but the first begins with a space."""
    part, size = "", 0
    for one in line:
        length = len(one.encode())
        if size + length > _LINE:
            yield part
            part, size = " ", 1
        part, size = part + one, size + length
    yield part
