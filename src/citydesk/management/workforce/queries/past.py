"""What came into a queue before a moment, as a forecast takes it. Nothing from the cutoff on is asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import calendar_from
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.queries import QueueLine, Volume
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.calendars import BusinessCalendar
from citydesk.management.workforce.choices import FLAG_SECTION
from citydesk.management.workforce.rules.forecast.calendar import Calendar, Flag, Kind
from citydesk.management.workforce.rules.forecast.days import MarkedDays, days_calendar
from citydesk.management.workforce.rules.forecast.handle_time import Handled
from citydesk.management.workforce.rules.forecast.history import History, slots_of
from citydesk.management.workforce.rules.patience import Patience, patience_of

# A year, so that flags of a year's days are learned, and some weeks for their bases.
PAST_DAYS = 400
PATIENCE_DAYS = 56


@dataclass(frozen=True)
class Past:
    """A queue's past before `cutoff` and its days, past and to come."""

    queue: QueueLine
    cutoff: date
    history: History
    handled: Mapping[date, Sequence[Handled | None]]
    business: BusinessCalendar
    calendar: Calendar
    patience: Patience


def past_of(queue: QueueLine, cutoff: date, last: date) -> Past:
    """The past of a queue as known when `cutoff` began, with its calendar to `last`. One statement."""
    zone = profile.local_zone()
    first = cutoff - timedelta(days=PAST_DAYS)
    since, until = day_bounds(first, zone).since, day_bounds(cutoff, zone).since
    volumes = traffic.list_volumes(queue_ids=[queue.id], since=since, until=until)[queue.id]
    business = profile.calendar(profile.entry("queues", queue.code, cutoff)["calendar"], cutoff)
    calendar = days_calendar(business, marked_days(queue.code, cutoff), first, last, queue.slot_minutes)
    return Past(
        queue=queue,
        cutoff=cutoff,
        history=history_of(volumes, calendar, queue.slot_minutes, zone),
        handled=handled_of(volumes, queue.slot_minutes, zone),
        business=business,
        calendar=calendar,
        patience=_patience(volumes, until),
    )


def marked_days(queue_code: str, on: date) -> list[MarkedDays]:
    """The profile's flags that hold for a queue."""
    found = []
    for body in profile.entries(FLAG_SECTION, on).values():
        if body["queues"] and queue_code not in body["queues"]:
            continue
        factor = None if body["factor"] is None else float(body["factor"])
        stretches = tuple((date.fromisoformat(one["first"]), date.fromisoformat(one["last"])) for one in body["days"])
        name = next(iter(body["name"].values()), "")
        flag = Flag(Kind(body["kind"]), factor, body["author"], name)
        found.append(MarkedDays(flag, stretches, body["monthly"], _holidays(body["holidays"], on)))
    return found


def _holidays(code: str, on: date) -> BusinessCalendar | None:
    """A calendar that knows the days of a list of holidays."""
    if not code:
        return None
    body = {"always": True, "holidays": profile.entry("holidays", code, on)["days"], "exceptions": []}
    return calendar_from(code, body, profile.local_zone().key)


def history_of(volumes: Iterable[Volume], calendar: Calendar, minutes: int, zone: ZoneInfo) -> History:
    """Counts by day and slot. On a day with any traffic an open slot without is a slot in which nothing came."""
    cells: dict[date, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in volumes:
        day, slot = _place(one.starts_at, minutes, zone)
        cells[day][slot].append(one.offered)
    days: dict[date, tuple[float | None, ...]] = {}
    for day, seen in cells.items():
        # The hour that a clock set back repeats counts as the mean of the two.
        known = {slot: fmean(counts) for slot, counts in seen.items()}
        open_slots = calendar.dated[day]
        days[day] = tuple(known.get(slot, 0.0 if slot in open_slots else None) for slot in range(slots_of(minutes)))
    return History(minutes, dict(sorted(days.items())))


def handled_of(volumes: Iterable[Volume], minutes: int, zone: ZoneInfo) -> dict[date, list[Handled | None]]:
    """Contacts handled and their seconds by day and slot."""
    found: dict[date, list[Handled | None]] = {}
    for one in volumes:
        if one.handled <= 0 or one.handle_s <= 0:
            continue
        day, slot = _place(one.starts_at, minutes, zone)
        row = found.setdefault(day, [None] * slots_of(minutes))
        before = row[slot] or Handled(0.0, 0.0)
        row[slot] = Handled(before.contacts + one.handled, before.seconds + one.handle_s)
    return found


def _place(moment: datetime, minutes: int, zone: ZoneInfo) -> tuple[date, int]:
    here = moment.astimezone(zone)
    return here.date(), (here.hour * 60 + here.minute) // minutes


def _patience(volumes: Iterable[Volume], until: datetime) -> Patience:
    recent = [one for one in volumes if one.starts_at >= until - timedelta(days=PATIENCE_DAYS)]
    return patience_of(float(sum(one.wait_s for one in recent)), sum(one.abandoned for one in recent))
