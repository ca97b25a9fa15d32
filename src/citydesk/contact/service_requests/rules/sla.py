"""The one clock: targets per class in service hours, pauses as rows, elapsed derived. Worked numbers: clock.md in docs.

Service time is the open time of the target's calendar. A clock has a start and an allowed length of service time; it
is due at the first moment at which that much service time, not counting pauses, has gone by. All moments are aware.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from citydesk.contact.service_requests.choices import EscalateTo, StartEvent, StopEvent
from citydesk.kernel.calendars import BusinessCalendar
from citydesk.kernel.errors import Invalid, marked

ZERO = timedelta(0)
# A week of open days without one opening means the calendar is wrong; twenty years of them that it never opens.
_MOST_DAYS = 366 * 20

# Which event ends which target: doing more than was asked for satisfies what was asked for.
SATISFIED_BY: Mapping[StopEvent, frozenset[StopEvent]] = {
    StopEvent.ASSIGNED: frozenset(StopEvent),
    StopEvent.IN_PROGRESS: frozenset({StopEvent.IN_PROGRESS, StopEvent.MADE_SAFE, StopEvent.CLOSED}),
    StopEvent.MADE_SAFE: frozenset({StopEvent.MADE_SAFE, StopEvent.CLOSED}),
    StopEvent.CLOSED: frozenset({StopEvent.CLOSED}),
}


@dataclass(frozen=True)
class Pause:
    """The clock stood still from `start` to `end`; `end` is None while it does."""

    start: datetime
    end: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Target:
    """One promise of a class: so many hours, or so many open days, on a calendar."""

    code: str
    names: Mapping[str, str]
    calendar: str
    hours: float | None = None
    days: int | None = None
    starts: StartEvent = StartEvent.RECEIVED
    ends: StopEvent = StopEvent.CLOSED
    is_promised: bool = False
    hold_reasons: tuple[str, ...] | None = None

    @property
    def allowance(self) -> dict[str, Any]:
        """The target as the profile says it: `{"hours": 4.0}` or `{"days": 3}`."""
        return {"days": self.days} if self.days is not None else {"hours": self.hours}


@dataclass(frozen=True)
class Step:
    """Somebody is told when a share of a target's time is used. `percent` 100 is the moment it is late."""

    target: str
    percent: int
    to: EscalateTo
    calendar: str


@dataclass(frozen=True)
class SlaClass:
    """A class of service: its targets in order and the steps of its escalation."""

    code: str
    names: Mapping[str, str]
    targets: tuple[Target, ...]
    steps: tuple[Step, ...] = ()

    def steps_of(self, target: str) -> tuple[Step, ...]:
        """The steps of one target, earliest first."""
        return tuple(sorted((step for step in self.steps if step.target == target), key=lambda step: step.percent))


@dataclass(frozen=True)
class Segment:
    """A piece of a clock's bar: `running`, `paused` or `late`, from and width as shares of the whole (0 to 1)."""

    kind: str
    start: float
    width: float


def sla_class(code: str, body: Mapping[str, Any]) -> SlaClass:
    """A class from its profile entry. The first target is the promised one unless another says so."""
    rows = body.get("targets", ())
    promised = next((row["code"] for row in rows if row.get("is_promised")), rows[0]["code"] if rows else "")
    return SlaClass(
        code=code,
        names=body["name"],
        targets=tuple(_target(row, row["code"] == promised) for row in rows),
        steps=tuple(
            Step(row["target"], int(row["percent"]), EscalateTo(row["to"]), row["calendar"])
            for row in body.get("escalations", ())
        ),
    )


def _target(row: Mapping[str, Any], is_promised: bool) -> Target:
    reasons = row.get("hold_reasons")
    return Target(
        code=row["code"],
        names=row["name"],
        calendar=row["calendar"],
        hours=float(row["hours"]) if row.get("hours") is not None else None,
        days=int(row["days"]) if row.get("days") is not None else None,
        starts=StartEvent(row.get("starts") or StartEvent.RECEIVED),
        ends=StopEvent(row.get("ends") or StopEvent.CLOSED),
        is_promised=is_promised,
        hold_reasons=None if reasons is None else tuple(reasons),
    )


def allowed_time(calendar: BusinessCalendar, start: datetime, *, hours: float | None, days: int | None) -> timedelta:
    """Service time a target allows from `start`.

    Hours are taken as they are. `days` are open days after the local day of the start; the target ends when the last
    of them closes, and what is allowed is the open time until then. No days mean the same day: its closing time.
    """
    if days is None:
        if hours is None or hours <= 0:
            raise Invalid(marked("A target needs hours or days above zero."), field="hours")
        return timedelta(hours=hours)
    return calendar.business_between(start, closing_of_day(calendar, start, days))


def closing_of_day(calendar: BusinessCalendar, start: datetime, days: int) -> datetime:
    """When the `days`-th open day after the local day of `start` closes.

    Zero days: when the day of the start closes, or, where it is closed by then, the next open day.
    """
    if days < 0:
        raise Invalid(marked("A target cannot have less than no days."), field="days")
    day = start.astimezone(calendar.tz).date()
    if days == 0:
        today = calendar.windows_on(day)
        if today and today[-1][1] > start:
            return today[-1][1]
        days = 1
    left = days
    for _ in range(_MOST_DAYS):
        day += timedelta(days=1)
        windows = calendar.windows_on(day)
        left -= 1 if windows else 0
        if left == 0:
            return windows[-1][1]
    raise Invalid(marked("The calendar does not open on that many days."), field="calendar")


def stretches(pauses: Iterable[Pause], *, until: datetime) -> list[tuple[datetime, datetime]]:
    """Pauses as separate stretches in order; overlapping and touching ones joined, open ones ended at `until`."""
    ends = ((pause.start, pause.end if pause.end is not None else max(until, pause.start)) for pause in pauses)
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(ends):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def elapsed(calendar: BusinessCalendar, start: datetime, until: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """Service time used from `start` to `until`, pauses left out. Zero when `until` is the earlier."""
    if until <= start:
        return ZERO
    used = calendar.business_between(start, until)
    for begin, end in stretches(pauses, until=until):
        begin, end = max(begin, start), min(end, until)
        if begin < end:
            used -= calendar.business_between(begin, end)
    return used


def due_at(
    calendar: BusinessCalendar,
    start: datetime,
    allowed: timedelta,
    pauses: Iterable[Pause] = (),
    *,
    at: datetime | None = None,
) -> datetime:
    """The first moment with `allowed` service time used. A pause still running counts until `at`, else not."""
    moment, left = start, allowed
    for begin, end in stretches(pauses, until=at or start):
        begin, end = max(begin, start), max(end, start)
        if begin >= end:
            continue
        before = calendar.business_between(moment, begin) if begin > moment else ZERO
        if left <= before:
            break
        left -= before
        moment = end
    return calendar.add_business(moment, left)


def is_met(due: datetime, stopped: datetime) -> bool:
    """Whether a target that ended at `stopped` was met; the due minute itself is on time."""
    return stopped <= due


def step_at(
    step: Step,
    *,
    calendar: BusinessCalendar,
    step_calendar: BusinessCalendar,
    start: datetime,
    allowed: timedelta,
    pauses: Sequence[Pause] = (),
    at: datetime | None = None,
) -> datetime:
    """When a step of the escalation tells somebody: its share of the time is used and its own hours are open."""
    share = due_at(calendar, start, allowed * step.percent / 100, pauses, at=at)
    return step_calendar.next_open(share)


def pauses_that_stop(pauses: Iterable[Pause], reasons: Sequence[str] | None) -> list[Pause]:
    """Those pauses whose reason stops a target that names its reasons; None means that every pause does."""
    return [pause for pause in pauses if reasons is None or pause.reason in reasons]


def bar(
    calendar: BusinessCalendar,
    start: datetime,
    allowed: timedelta,
    pauses: Sequence[Pause],
    *,
    until: datetime,
) -> list[Segment]:
    """The clock as pieces of a bar whose whole is allowed and paused service time (or, when late, what it took)."""
    pieces: list[tuple[str, timedelta]] = []
    moment, left = start, allowed
    for begin, end in [*stretches(pauses, until=until), (until, until)]:
        begin, end = min(max(begin, moment), until), min(max(end, moment), until)
        ran = calendar.business_between(moment, begin)
        pieces += [("running", min(ran, left)), ("late", max(ran - left, ZERO))]
        left = max(left - ran, ZERO)
        pieces.append(("paused", calendar.business_between(begin, end)))
        moment = end
    whole = sum((length for _, length in pieces), ZERO) + left
    return _as_shares(pieces, whole)


def _as_shares(pieces: Iterable[tuple[str, timedelta]], whole: timedelta) -> list[Segment]:
    segments: list[Segment] = []
    at = 0.0
    for kind, length in pieces:
        if length > ZERO:
            width = length / whole
            segments.append(Segment(kind, at, width))
            at += width
    return segments
