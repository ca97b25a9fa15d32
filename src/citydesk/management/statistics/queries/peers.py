"""Our own figures beside those that other offices print: only where both are counted alike."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import get_language

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.queries.totals import channel_totals
from citydesk.contact.traffic.rules import CATALOG, value_of
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound, marked
from citydesk.management.statistics.choices import DUE_ON_TIME, VIEW
from citydesk.management.statistics.queries.measure import measure, reads_records
from citydesk.management.statistics.queries.together import Answers
from citydesk.management.statistics.rules.peers import UNITS, Basis, Match
from citydesk.management.statistics.rules.selection import Selection

SECTION = "peers"
# Ours are of so many days up to yesterday: a whole year has every season.
DAYS = 365
_MONTHS = 12
# Our words for figures of traffic's catalog, and for measures.
_OF_CALLS = {
    "asa": "asa",
    "abandon_rate": "abandon_rate",
    "abandon_rate_of_offered": "abandon_rate_of_offered",
    "handle_time": "aht",
}
_MEASURES = {
    "first_contact_resolution": "contacts_first_resolution",
    "on_time_of_due": DUE_ON_TIME,
    "on_time_of_closed": "requests_on_time_share",
    "hours_to_close_median": "requests_closed_hours_median",
}
Sums = Mapping[str, int]


@dataclass(frozen=True)
class PeerFigure:
    """One printed figure. `is_sample`: invented, as everything of an invented office is."""

    peer: str
    name: str
    year: str
    figure: str
    value: float
    basis: str
    definition: str
    match: str
    caveat: str
    source: str
    is_verified: bool
    is_sample: bool

    @property
    def stands_beside(self) -> bool:
        """Whether ours may stand beside it: counted alike, and what happened rather than what was wanted."""
        return self.match == Match.SAME and self.basis == Basis.ACTUAL


@dataclass(frozen=True)
class Side:
    """A figure of ours with what is counted alike elsewhere; `own` None: nothing to count it from."""

    figure: str
    unit: str
    own: float | None
    beside: tuple[PeerFigure, ...]


@dataclass(frozen=True)
class PeersPage:
    """The whole page. `apart` are printed figures that stand beside nothing, with the reason in their caveat."""

    city: str
    is_sample: bool
    selection: Selection
    sides: tuple[Side, ...]
    apart: tuple[PeerFigure, ...]


def get_peers(access: Access, *, now: datetime) -> PeersPage:
    """Our last year beside other offices' printed figures. Raises `NotAllowed`."""
    access.require(VIEW)
    today = profile.city_today(now)
    selection = Selection(today - timedelta(days=DAYS), today - timedelta(days=1))
    printed = _printed(today)
    codes = [code for code in UNITS if any(one.figure == code and one.stands_beside for one in printed)]
    own = _own(codes, selection, now)
    city = profile.city(today)
    return PeersPage(
        city=city.name,
        is_sample=city.is_sample,
        selection=selection,
        sides=tuple(_side(code, own.get(code), printed) for code in codes),
        apart=tuple(one for one in printed if not one.stands_beside),
    )


def get_side(access: Access, figure: str, *, now: datetime) -> tuple[PeersPage, Side]:
    """The page and one figure of it. Raises `NotFound` where nothing is counted alike."""
    page = get_peers(access, now=now)
    found = next((one for one in page.sides if one.figure == figure), None)
    if found is None:
        raise NotFound(marked("There is no such figure."))
    return page, found


def _side(code: str, own: float | None, printed: Iterable[PeerFigure]) -> Side:
    return Side(code, UNITS[code], own, tuple(one for one in printed if one.figure == code and one.stands_beside))


def _printed(today: date) -> list[PeerFigure]:
    """Every printed figure of the profile, in its order."""
    entries = profile.entries(SECTION, today).items()
    return [
        _figure(code, body, one)
        for code, body in sorted(entries, key=lambda pair: (pair[1]["order"], pair[0]))
        for one in body["figures"]
    ]


def _figure(code: str, body: Mapping[str, Any], one: Mapping[str, Any]) -> PeerFigure:
    return PeerFigure(
        peer=code,
        name=_said(body["name"]),
        year=body["year"],
        figure=one["figure"],
        value=float(Decimal(one["value"])),
        basis=one["basis"],
        definition=_said(one["definition"]),
        match=one["match"],
        caveat=_said(one["caveat"]),
        source=body["source"],
        is_verified=one["is_verified"],
        is_sample=bool(body.get("provenance", {}).get("*", {}).get("sample")),
    )


def _said(texts: Mapping[str, str]) -> str:
    language = (get_language() or "en").split("-")[0]
    return texts.get(language) or next(iter(texts.values()), "")


def _own(codes: Iterable[str], selection: Selection, now: datetime) -> dict[str, float | None]:
    """Our figures by code, of those asked for alone. What is not told is None, never nought."""
    calls = _calls(selection)
    answers = Answers()
    known: dict[str, Callable[[], float | None]] = {
        **{code: partial(_of_calls, name, calls) for code, name in _OF_CALLS.items()},
        "unanswered_share": partial(_unanswered, calls),
        "calls_per_month": partial(_per_month, calls),
        **{code: partial(_measured, name, selection, now, answers) for code, name in _MEASURES.items()},
    }
    return {code: known[code]() for code in codes if code in known}


def _calls(selection: Selection) -> Sums:
    first, last = selection.first, selection.last
    return channel_totals("voice", since=first, until=last) if first and last else {}


def _of_calls(name: str, sums: Sums) -> float | None:
    metric = CATALOG[name]
    try:
        value = value_of(metric, sums).value
    except KeyError:
        return None
    return value if value is None or metric.unit != "percent" else 100 * value


def _unanswered(sums: Sums) -> float | None:
    """Of the calls that entered a queue and left it, those nobody answered: at once, waiting, or by another way out."""
    over = sums.get("offered", 0) - sums.get("still_open", 0)
    return 100 * (1 - sums["answered"] / over) if over > 0 and "answered" in sums else None


def _per_month(sums: Sums) -> float | None:
    return sums["offered"] / _MONTHS if sums.get("offered") else None


def _measured(name: str, selection: Selection, now: datetime, answers: Answers) -> float | None:
    """A measure of the house; of those due only where few enough were closed to read single records."""
    if name == DUE_ON_TIME and not reads_records(selection, now=now, answers=answers):
        return None
    value = measure(name, selection, now=now, answers=answers).total.value
    return None if value is None else float(value)
