"""Requests read from another city's GeoReport v2 server, window by window; what was read stands in the run's cursor.

Rows become requests as those of a file do. What the other system changed since is followed, unless somebody changed the
request here: then it stays as it is and is counted as kept.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import transaction

from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries.imported import requests_from
from citydesk.contact.service_requests.rules import foreign_open311 as foreign
from citydesk.contact.service_requests.rules.foreign_open311 import ForeignRequest
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping
from citydesk.contact.service_requests.services.acts import act_on, keep
from citydesk.contact.service_requests.services.facts import refresh_request_facts
from citydesk.contact.service_requests.services.importing.attachments import Attached, attach_once
from citydesk.contact.service_requests.services.importing.loading import ImportResult, RequestLoader
from citydesk.contact.service_requests.services.importing.open311_client import Open311Client, Window, window_from
from citydesk.contact.service_requests.services.importing.reading import read_one
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.files.inspection import TYPES
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.runs import Running, last_cursor, running
from citydesk.kernel.models import AuditEntry

KIND = "open311"
_BY_IMPORT = ("imported", "import_changed", "note_imported", "file_imported")
_FOLLOWED = ("state", "is_open", "closed_at", "close_reason", "status_text")
Numbered = tuple[int, ImportedRow | BadRow]


@dataclass
class Open311Result(ImportResult):
    """What a reading did. `kept` were changed here and are left; `waiting` have a token but no number yet."""

    kept: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    windows: int = 0
    calls: int = 0
    files: int = 0
    outside: int = 0
    lost_points: int = 0
    resumed_at: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked of an endpoint: from when to when, whether pictures are fetched and unknown codes made.

    `said` is the time asked for in words that stay ("2019-01-01 to now"), so that a reading finds its cursor again.
    """

    start: datetime
    end: datetime
    with_media: bool = True
    create_codes: bool = False
    said: str = ""


def import_open311(
    *,
    client: Open311Client,
    mapping: ImportMapping,
    asked: Asked,
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Open311Result:
    """Read an endpoint between two moments. A reading that broke off goes on where it stopped when asked the same.

    Each window commits by itself with the cursor. Raises `EndpointUnreachable` when the server does not answer,
    `Invalid` when it answers nothing readable.
    """
    if asked.end <= asked.start:
        raise Invalid("The end lies before the beginning.", field="to")
    said = asked.said or f"{asked.start} to {asked.end}"
    options = {"url": client.url, "jurisdiction": client.jurisdiction, "time": said}
    cursor = {} if is_dry else last_cursor(KIND, mapping.source, options)
    result = Open311Result(resumed_at=cursor.get("done_until", ""))
    record: dict[str, Any] = {
        "kind": KIND,
        "source": mapping.source,
        "file": client.url,
        "options": options,
        "cursor": cursor,
    }
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        _Reading(client, mapping, asked, run, result, actor, now).read(advance)
    if not is_dry:
        refresh_request_facts(now=now)
    return result


class _Reading:
    """One reading of an endpoint."""

    def __init__(
        self,
        client: Open311Client,
        mapping: ImportMapping,
        asked: Asked,
        run: Running,
        result: Open311Result,
        actor: Actor,
        now: datetime,
    ) -> None:
        self.client, self.mapping, self.asked = client, mapping, asked
        self.run, self.result, self.actor, self.now = run, result, actor, now
        self.loader = RequestLoader(mapping, actor, now, run, result, create_codes=asked.create_codes)
        self.names = client.services()

    def read(self, advance: Callable[[int], Any]) -> None:
        """All windows from the cursor on."""
        cursor = self.run.cursor
        start = datetime.fromisoformat(cursor["done_until"]) if cursor.get("done_until") else self.asked.start
        span = timedelta(seconds=cursor["span"]) if cursor.get("span") else foreign.FIRST_SPAN
        while start < self.asked.end:
            window = window_from(start, self.asked.end, span)
            rows, is_whole = self.client.requests_between(window.start, window.end)
            if not is_whole and window.span > foreign.SHORTEST_SPAN:
                span = max((window.end - window.start) / 2, foreign.SHORTEST_SPAN)
                continue
            start, span = window.end, foreign.next_span(window.span, len(rows))
            self._take(rows, is_whole, window, span)
            advance(int((window.end - window.start).total_seconds()))

    def _take(self, rows: Sequence[Mapping[str, Any]], is_whole: bool, window: Window, span: timedelta) -> None:
        """One window: rows in a transaction with the cursor, then their pictures."""
        found = [foreign.foreign_request(one) for one in rows]
        self.result.windows += 1
        if not is_whole:
            words = f"The server cuts its answers after {len(rows)}: from {window.start} not all could be read."
            self.run.refuse(BadRow(0, "", "url", words))
        numbered = list(self._numbered(found))
        with transaction.atomic():
            self.loader.load(numbered)
            self._follow([one for _line, one in numbered if isinstance(one, ImportedRow)])
            self.run.cursor = {"done_until": window.end.isoformat(), "span": span.total_seconds()}
            self.result.calls = self.client.calls
            self.run.flush()
        if self.asked.with_media and not self.run.is_dry:
            self._fetch_media(found)

    def _numbered(self, found: Sequence[ForeignRequest]) -> Iterator[Numbered]:
        """Rows as requests, with a number where only a token was; those of another time are left out."""
        before = self.result.read + len(self.result.waiting) + self.result.outside
        for place, one in enumerate(found, start=before + 1):
            row = dict(one.row)
            if not one.id and one.token:
                row["service_request_id"] = self.client.number_of(one.token)
                if not row["service_request_id"]:
                    self.result.waiting.append(one.token)
                    self.run.refuse(BadRow(place, one.token[:80], "external_id", "It has a token but no number yet."))
                    continue
            row["service_code"] = self._code(row)
            self.result.lost_points += one.lost_point
            read = read_one(self.mapping, row, place)
            if isinstance(read, ImportedRow) and not self.asked.start <= read.received_at <= self.asked.end:
                self.result.outside += 1
                continue
            yield place, read

    def _code(self, row: Mapping[str, str]) -> str:
        """The word by which the catalog or the mapping knows the code: theirs, or its name; else the name to make."""
        code, name = row["service_code"], row["service_name"] or self.names.get(row["service_code"], "")
        return next((one for one in (code, name) if one and self.loader.knows(one)), name or code)

    def _follow(self, rows: Sequence[ImportedRow]) -> None:
        """Change what the other system changed since it came."""
        wanted = {row.external_id: row for row in rows}
        here = ServiceRequest.objects.filter(source=self.mapping.source, external_id__in=list(wanted))
        if not self.run.is_dry:
            here = here.select_for_update(of=("self",))
        differing = [one for one in here.defer("search") if _news(one, wanted[one.external_id])]
        worked = _worked_on([one.pk for one in differing])
        for one in differing:
            if one.pk in worked:
                self.result.kept.append(one.number)
                continue
            self.result.changed += 1
            self.result.known -= 1
            if not self.run.is_dry:
                self._change(one, wanted[one.external_id])

    def _change(self, one: ServiceRequest, row: ImportedRow) -> None:
        before = {"state": one.state}
        for name, value in _news(one, row).items():
            setattr(one, name, value)
        after = {"was": before["state"], "state": one.state, "source": self.mapping.source, "run": self.run.id}
        acts = [act_on(one, "import_changed", before=before, after=after)]
        keep(one, _FOLLOWED, acts, actor=self.actor, now=self.now)

    def _fetch_media(self, found: Sequence[ForeignRequest]) -> None:
        """Pictures of requests that are here now, each once; what cannot be had is named and tried again next time."""
        wanted = {f"{one.id}:{_digest(url)}": (one, url) for one in found if one.id for url in one.media}
        known = self.run.known(list(wanted))
        requests = requests_from(self.mapping.source, {one.id for one, _url in wanted.values()})
        for key, (one, url) in wanted.items():
            if key in known or one.id not in requests:
                continue
            tally = self.result.added, self.result.known
            try:
                heard = self.client.media(url)
                given = Attached(key, heard.body, media_name(url), None, "", "", None, is_from_resident=True)
                attach_once(given, requests[one.id], self.run, self.actor, self.now)
                self.result.files += 1
            except CitydeskError as error:
                self.run.refuse(BadRow(0, one.id[:80], "media_url", f"{error.message} ({url[:160]})"))
            self.result.added, self.result.known = tally
        self.run.flush()


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:40]


def media_name(url: str) -> str:
    """The file's name in an address, without an ending that is no file's (".aspx")."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name[:120]
    stem, _dot, ending = name.rpartition(".")
    return name if stem and ending.lower() in TYPES else stem or name or "photo"


def _news(one: ServiceRequest, row: ImportedRow) -> dict[str, Any]:
    """What the other system says otherwise."""
    said = {
        "state": row.state,
        "is_open": row.closed_at is None,
        "closed_at": row.closed_at,
        "close_reason": row.close_reason,
        "status_text": row.status_text,
    }
    return {name: value for name, value in said.items() if getattr(one, name) != value}


def _worked_on(ids: Sequence[int]) -> set[int]:
    """Those that somebody here did something to."""
    if not ids:
        return set()
    ours = [f"service_requests.{code}" for code in _BY_IMPORT]
    acts = AuditEntry.objects.filter(object_type=OBJECT_TYPE, object_id__in=list(ids)).exclude(code__in=ours)
    return set(acts.values_list("object_id", flat=True))
