"""A polite client of another city's GeoReport v2 server: waits between calls, waits longer when asked to, gives up
whole. It reads; it never writes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from citydesk.contact.service_requests.rules import foreign_open311 as foreign
from citydesk.kernel.errors import Invalid
from citydesk.kernel.outward import Heard, OutwardFailed

Fetch = Callable[[str], Heard]
MOST_TRIES = 6
LONGEST_WAIT = 120.0
MOST_PAGES = 500
_REDIRECTS = 3
_MEDIA_TRIES = 2
_FORMATS = ("json", "xml")


class EndpointUnreachable(ConnectionError):
    """The server could not be read after several tries. What was read is kept; start again to go on there."""


@dataclass
class Open311Client:
    """Reads one endpoint. `fetch` gets an address, `pause` waits for seconds; `every` is the time between two calls."""

    url: str
    jurisdiction: str
    fetch: Fetch
    pause: Callable[[float], Any]
    every: float = 1.0
    calls: int = 0
    _format: str = ""

    def services(self) -> dict[str, str]:
        """Code -> name; empty where the server has no readable list."""
        try:
            return foreign.service_names(self._read("services", {}))
        except foreign.NotReadable:
            return {}

    def number_of(self, token: str) -> str:
        """The number that a token has become; empty while there is none."""
        try:
            rows = self._read(f"tokens/{quote(token, safe='')}", {})
        except foreign.NotReadable:
            return ""
        return next((foreign.foreign_request(one).row["service_request_id"] for one in rows), "")

    def requests_between(self, start: datetime, end: datetime) -> tuple[list[dict[str, Any]], bool]:
        """The requests of a window and whether they are all: False where the server cut and has no pages."""
        asked = {"start_date": stamp(start), "end_date": stamp(end)}
        rows = self._read("requests", asked)
        size = len(rows)
        if not foreign.is_full(size):
            return rows, True
        seen = {_known_by(one) for one in rows}
        for page in range(2, MOST_PAGES):
            more = self._read("requests", {**asked, "page": str(page), "page_size": str(size)})
            fresh = [one for one in more if _known_by(one) not in seen]
            if more and not fresh and page == 2:
                return rows, False  # the same rows again: it does not know pages
            rows += fresh
            seen |= {_known_by(one) for one in fresh}
            if len(more) < size or not fresh:
                return rows, True
        return rows, False

    def media(self, url: str) -> Heard:
        """A picture or paper. Redirects are followed, each checked like the first. Raises `Invalid`."""
        for _hop in range(_REDIRECTS):
            try:
                heard = self._call(url, tries=_MEDIA_TRIES)
            except EndpointUnreachable as error:  # one lost picture does not end a migration
                raise Invalid("It cannot be reached.", field="media_url") from error
            if heard.status in (301, 302, 303, 307, 308) and heard.location:
                url = urljoin(url, heard.location)
                continue
            if not heard.is_fine:
                raise Invalid(f"It answers with status {heard.status}.", field="media_url")
            return heard
        raise Invalid("It redirects too often.", field="media_url")

    def _read(self, what: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        """A list in the format that the server has: JSON, else XML. Raises `NotReadable`, `EndpointUnreachable`."""
        problem: Invalid = foreign.NotReadable("The server answers in no known format.", field="url")
        for form in (self._format,) if self._format else _FORMATS:
            try:
                rows = self._rows(what, form, asked)
            except foreign.NotReadable as error:
                problem = error
                continue
            if what == "requests":
                self._format = form
            return rows
        raise problem

    def _rows(self, what: str, form: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        words = {**asked, **({"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {})}
        heard = self._call(f"{self.url.rstrip('/')}/{what}.{form}{'?' if words else ''}{urlencode(words)}")
        if not heard.is_fine:
            said = ""
            try:
                foreign.read_list(heard.body)
            except foreign.NotReadable as error:
                said = f" {error.message}" if str(error.message).startswith("The server says") else ""
            raise foreign.NotReadable(f"{what}.{form} answers with status {heard.status}.{said}", field="url")
        return foreign.read_list(heard.body)

    def _call(self, url: str, tries: int = MOST_TRIES) -> Heard:
        """One call, tried again after 429, 5xx and lost connections. Raises `EndpointUnreachable`, `Invalid`."""
        why = ""
        for attempt in range(tries):
            if self.calls:
                self.pause(self.every)
            self.calls += 1
            try:
                heard = self.fetch(url)
            except OutwardFailed as error:
                why, wait = str(error), _backoff(attempt, "")
            else:
                if heard.status != 429 and heard.status < 500:
                    return heard
                why, wait = f"status {heard.status}", _backoff(attempt, heard.retry_after)
            if attempt < tries - 1:
                self.pause(wait)
        host = urlsplit(url).hostname
        raise EndpointUnreachable(f"{host} cannot be read: {why}, {tries} times. Start the import again.")


def _backoff(attempt: int, retry_after: str) -> float:
    """2, 4, 8 ... seconds, or as long as the server asks, never longer than two minutes."""
    asked = float(retry_after) if retry_after.strip().isdecimal() else 0.0
    return min(max(2.0 ** (attempt + 1), asked), LONGEST_WAIT)


def _known_by(raw: Mapping[str, Any]) -> str:
    one = foreign.foreign_request(raw)
    return one.id or one.token or repr(sorted(raw.items()))


def stamp(moment: datetime) -> str:
    """A moment as the contract writes it: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Window:
    """A stretch of time to ask for."""

    start: datetime
    end: datetime
    span: timedelta


def window_from(start: datetime, until: datetime, span: timedelta) -> Window:
    return Window(start, min(start + span, until), span)
