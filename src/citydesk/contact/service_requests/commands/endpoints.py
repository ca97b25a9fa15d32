"""Requests from another city's Open311 server."""

import time
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from citydesk.contact.service_requests.commands.files import codes_of
from citydesk.contact.service_requests.services import importing
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import zone_of
from citydesk.kernel.imports.telling import add_usual, add_verb, exit_of, starter, words_of
from citydesk.kernel.outward import Heard, call, target_of

# A thousand requests with long texts are a few megabytes, and old servers think for a while.
_SECONDS = 60.0
_MOST_BYTES = 30_000_000


def register(kinds: Any) -> None:
    """Add `import open311`."""
    words = "import requests from an Open311 server; goes on where it broke off, follows changed statuses"
    verb = add_verb(kinds, "open311", words)
    verb.add_argument("url", help="the endpoint, e.g. https://city.example.gov/open311/v2")
    verb.add_argument("--jurisdiction", default="", help="jurisdiction_id, where the server asks for one")
    verb.add_argument("--from", dest="since", required=True, help="first day, e.g. 2019-01-01")
    verb.add_argument("--to", dest="until", default="", help="last day (default: now)")
    verb.add_argument("--services", type=Path, help="a TOML file with [codes], and whatever else a mapping has")
    verb.add_argument("--source", default="", help="short name of the other system (default: the endpoint's host)")
    verb.add_argument("--zone", default="", help="time zone of times without one, and of --from and --to")
    verb.add_argument("--create-codes", action="store_true", help="make codes that the catalog does not have")
    verb.add_argument("--no-media", action="store_true", help="leave pictures where they are")
    verb.add_argument("--every", type=float, default=1.0, metavar="SECONDS", help="between two calls (default 1)")
    verb.add_argument("--allow-private", action="store_true", help="the endpoint lies in a private network")
    add_usual(verb)
    verb.set_defaults(run=run_open311)


def run_open311(given: Namespace, console: Console) -> int:
    """Read an endpoint and say what became of its requests."""
    now, trusted = utc_now(), _trusted(given.url) if given.allow_private else frozenset[str]()
    target_of(given.url, trusted)
    host = urlsplit(given.url).hostname or ""
    mapping = importing.open311_mapping(file=given.services, source=given.source or host, zone=given.zone)
    asked = importing.Asked(
        start=_day(given.since, "from", str(mapping.zone), now, is_end=False),
        end=_day(given.until, "to", str(mapping.zone), now, is_end=True),
        with_media=not given.no_media,
        create_codes=given.create_codes,
        said=f"{given.since} to {given.until or 'now'}",
    )
    client = importing.Open311Client(
        given.url, given.jurisdiction, partial(_fetch, trusted=trusted), time.sleep, max(given.every, 0.0)
    )
    seconds = max(int((asked.end - asked.start).total_seconds()), 0)
    with console.progress(f"Reading {host}", seconds) as step:
        result = importing.import_open311(
            client=client, mapping=mapping, asked=asked, is_dry=given.dry_run, actor=starter(), now=now,
            advance=step.advance,
        )  # fmt: skip
    data = {"url": given.url, "source": mapping.source, **asdict(result)}
    console.report(data, words_of(result, mapping.source, _more(result)))
    return exit_of(result)


def _more(result: importing.Open311Result) -> str:
    lines = [f"{result.windows:,} windows in {result.calls:,} calls, {result.files:,} pictures."]
    if result.resumed_at:
        lines.append(f"Went on at {result.resumed_at}, where the last reading broke off.")
    if result.kept:
        lines.append(
            f"{len(result.kept):,} changed there and here, left as they are here: {', '.join(result.kept[:20])}."
        )
    if result.waiting:
        lines.append(f"{len(result.waiting):,} have a token but no number yet: read them again later.")
    if result.lost_points:
        lines.append(f"{result.lost_points:,} impossible coordinates were left out.")
    return "\n".join([*lines, *filter(None, [codes_of(result)])])


def _fetch(url: str, *, trusted: frozenset[str]) -> Heard:
    most = max(_MOST_BYTES, settings.UPLOAD_MAX_BYTES + 1)
    return call("GET", url, trusted=trusted, seconds=_SECONDS, most_bytes=most)


def _trusted(url: str) -> frozenset[str]:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Invalid("This is not an address of a program.", field="url") from error
    return frozenset({f"{parts.hostname}:{port}"})


def _day(said: str, name: str, zone: str, now: datetime, *, is_end: bool) -> datetime:
    """The beginning of the first day, or the end of the last, in the zone; without an end, now."""
    if not said:
        return now
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise Invalid(f"{said} is no day. Write 2019-01-31.", field=name) from error
    if is_end and len(said) == 10:
        found = found.replace(hour=23, minute=59, second=59)
    local = found if found.tzinfo else found.replace(tzinfo=zone_of(zone))
    return min(local.astimezone(UTC), now)
