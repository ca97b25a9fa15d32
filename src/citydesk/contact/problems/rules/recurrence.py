"""What recurs: reports become events, events are counted by what they have in common, or by where they lie."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import cos, floor, radians

from citydesk.city.places.rules import distance_m
from citydesk.contact.problems.choices import By

METERS_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Rule:
    """One rule of the profile: so many events with something in common within so many days.

    `codes` empty means every code. `is_same_code`: each code is counted by itself. `question` is the answer that names
    the asset. Reports within `gap_hours` of each other are one event.
    """

    code: str
    names: Mapping[str, str]
    by: By
    days: int
    count: int
    codes: tuple[str, ...] = ()
    is_same_code: bool = True
    question: str = ""
    radius_m: int = 0
    gap_hours: int = 24

    def covers(self, service_code: str) -> bool:
        return not self.codes or service_code in self.codes

    def since(self, now: datetime) -> datetime:
        """The earliest receipt that still counts."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True)
class Report:
    """A request as the rules see it."""

    id: int
    number: str
    service_code: str
    received_at: datetime
    address_id: int | None = None
    customer_id: int | None = None
    asset: str = ""
    lat: float | None = None
    lon: float | None = None
    place_label: str = ""
    department_id: int | None = None


@dataclass(frozen=True)
class Found:
    """A recurrence: the reports behind it, oldest first, and how many events they are."""

    key: str
    service_code: str
    reports: tuple[Report, ...]
    events: int
    center: Report

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(one.id for one in self.reports)


def begins(times: Iterable[datetime], gap: timedelta) -> list[datetime]:
    """When the events of a series of reports began: reports less than `gap` after the begin of one belong to it."""
    found: list[datetime] = []
    for at in sorted(times):
        if not found or at - found[-1] >= gap:
            found.append(at)
    return found


def common_key(rule: Rule, report: Report) -> str:
    """What a report is counted under; empty where it has nothing to be counted by. Not for rules by code."""
    shared = {By.ADDRESS: report.address_id, By.ASSET: report.asset, By.CUSTOMER: report.customer_id}.get(rule.by)
    if not shared:
        return ""
    return f"{shared}:{report.service_code if rule.is_same_code else '*'}"


def recurrences(rule: Rule, reports: Sequence[Report], *, keys: Iterable[str]) -> list[Found]:
    """Those of `keys` that the rule's count is reached for, within one window of `reports`."""
    wanted = set(keys)
    by_key: dict[str, list[Report]] = defaultdict(list)
    for one in reports:
        key = common_key(rule, one)
        if key in wanted:
            by_key[key].append(one)
    found = [_found(rule, key, rows, rows[-1]) for key, rows in sorted(by_key.items())]
    return [one for one in found if one.events >= rule.count]


def hot_spots(rule: Rule, reports: Sequence[Report], *, around: Iterable[int]) -> list[Found]:
    """Places where reports of one code lie within the rule's radius of one of them, most events first.

    Only places with a report of `around` (what changed since the last look). A caller counts once a day, so that one
    person's calls are no hot spot. Every report belongs to one place: the busiest takes its own, the rest are counted
    again without them. Equal places: the earliest report is the center.
    """
    changed, found = set(around), list[Found]()
    for code, rows in sorted(_by_code(rule, reports).items()):
        for center, members in _busiest_first(rule, _Near(rows, rule.radius_m)):
            if changed & {one.id for one in members}:
                found.append(_found(rule, f"{code}@{center.id}", members, center, code))
    return found


def _busiest_first(rule: Rule, near: "_Near") -> Iterator[tuple[Report, list[Report]]]:
    """Places with enough events, busiest first, each with what no busier one took.

    What a place has can only shrink as others take theirs: it is counted again when it comes to the top, not before.
    """
    left = {one.id for one in near.rows}
    heap = [(-len(near.of[one.id]), at) for at, one in enumerate(near.rows) if len(near.of[one.id]) >= rule.count]
    heapify(heap)
    while heap:
        counted, at = heappop(heap)
        center = near.rows[at]
        if center.id not in left:
            continue
        members = [other for other in near.of[center.id] if other.id in left]
        events = len(event_times(rule, members)) if len(members) >= rule.count else 0
        if events < rule.count:
            continue
        if -events != counted:
            heappush(heap, (-events, at))
            continue
        left -= {one.id for one in members}
        yield center, members


class _Near:
    """For each report those within the radius of it, found through a grid of the radius."""

    def __init__(self, rows: Sequence[Report], radius_m: int) -> None:
        self.rows = sorted(rows, key=lambda one: (one.received_at, one.id))
        grid: dict[tuple[int, int], list[Report]] = defaultdict(list)
        for one in self.rows:
            grid[_square(one, radius_m)].append(one)
        self.of: dict[int, list[Report]] = {}
        for one in self.rows:
            north, east = _square(one, radius_m)
            beside = [
                other for dn in (-1, 0, 1) for de in (-1, 0, 1) for other in grid.get((north + dn, east + de), ())
            ]
            members = [other for other in beside if _meters(one, other) <= radius_m]
            self.of[one.id] = sorted(members, key=lambda other: (other.received_at, other.id))


def _square(one: Report, size_m: int) -> tuple[int, int]:
    lat, lon = one.lat or 0.0, one.lon or 0.0
    # One scale for all: squares are never smaller than the radius within a city's height.
    wide = METERS_PER_DEGREE * cos(radians(floor(lat) + 1))
    return floor(lat * METERS_PER_DEGREE / size_m), floor(lon * wide / size_m)


def _meters(one: Report, other: Report) -> float:
    return distance_m(one.lat or 0.0, one.lon or 0.0, other.lat or 0.0, other.lon or 0.0)


def _by_code(rule: Rule, reports: Sequence[Report]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = defaultdict(list)
    for one in reports:
        if one.lat is not None and one.lon is not None:
            found[one.service_code if rule.is_same_code else "*"].append(one)
    return found


def _found(rule: Rule, key: str, rows: Sequence[Report], center: Report, code: str = "") -> Found:
    ordered = tuple(sorted(rows, key=lambda one: (one.received_at, one.id)))
    service_code = (code or ordered[-1].service_code) if rule.is_same_code else ""
    return Found(key, service_code, ordered, len(event_times(rule, ordered)), center)


def event_times(rule: Rule, reports: Sequence[Report]) -> list[datetime]:
    """When the events of reports that belong together began, oldest first.

    Reports within the rule's gap are one event. By code every place has events of its own, and a caller counts once a
    day.
    """
    places: dict[object, list[datetime]] = defaultdict(list)
    for one in _once_a_day(reports) if rule.by == By.CODE else reports:
        places[(one.address_id or (one.lat, one.lon)) if rule.by == By.CODE else ""].append(one.received_at)
    gap = timedelta(hours=rule.gap_hours)
    return sorted(at for times in places.values() for at in begins(times, gap))


def _once_a_day(reports: Sequence[Report]) -> list[Report]:
    """Without the second report of one caller on one day."""
    callers, kept = set[tuple[int, object]](), list[Report]()
    for one in sorted(reports, key=lambda one: (one.received_at, one.id)):
        if one.customer_id is not None:
            if (one.customer_id, one.received_at.date()) in callers:
                continue
            callers.add((one.customer_id, one.received_at.date()))
        kept.append(one)
    return kept


def comes_back(*, events: int, dismissed_at: int, need: int) -> bool:
    """Whether a dismissed recurrence is shown again: once as many events as the rule asks for came on top."""
    return events >= dismissed_at + need
