"""One's own shifts: the week, what waits for one's word, what one may bid for, what has changed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping import queries as timekeeping
from citydesk.management.workforce.choices import OWN, ScheduleState
from citydesk.management.workforce.models import CalendarFeed, OpenShift, Schedule, Shift, ShiftNotice, SwapRequest
from citydesk.management.workforce.queries.bidding import open_shifts_to_bid
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.published import week_of
from citydesk.management.workforce.rules.swaps import LIVE

_AHEAD = timedelta(days=60)
_SWAP_COLUMNS = (
    "id", "giver_id", "giver__name", "taker_id", "taker__name", "day", "back_day", "state", "version", "note",
    "decision",
)  # fmt: skip


@dataclass(frozen=True)
class MyDay:
    """A day of one's week: its shift, whether leave is granted, and whether the shift is offered in a swap."""

    day: date
    shift: ShiftRow | None
    is_leave: bool
    is_offered: bool


@dataclass(frozen=True)
class MyWeek:
    """The page of one's shifts. `is_published` is False where nobody has published that week for one's group yet."""

    monday: date
    days: tuple[MyDay, ...]
    minutes: int
    is_published: bool
    next_shift: ShiftRow | None
    swaps: tuple[dict[str, Any], ...]
    open_shifts: tuple[OpenShift, ...]
    notices: tuple[dict[str, Any], ...]
    feed_since: datetime | None


def my_week(access: Access, monday: date, *, now: datetime) -> MyWeek:
    """One's week from a Monday on. A fixed number of statements. Raises `NotAllowed`."""
    access.require(OWN)
    me = access.actor.staff_id or 0
    days = [monday + timedelta(days=n) for n in range(7)]
    shifts = {one.day: one for one in published_shifts([me], days[0], days[-1])}
    leave = timekeeping.approved_leave([me], days[0], days[-1])
    away = {day for row in leave for day in days if row["first"] <= day <= row["last"]}
    swaps = _swaps(me, now)
    offered = {one["day"] for one in swaps if one["giver_id"] == me and one["state"] in LIVE}
    published = Schedule.objects.filter(
        group__team_id__in=sorted(access.team_ids), week_start=monday, state=ScheduleState.PUBLISHED
    )
    notices = ShiftNotice.objects.filter(person_id=me, read_at=None).values("id", "code", "facts", "made_at")
    feed = CalendarFeed.objects.filter(person_id=me, ended_at=None).values_list("made_at", flat=True).first()
    return MyWeek(
        monday=monday,
        days=tuple(MyDay(day, shifts.get(day), day in away, day in offered) for day in days),
        minutes=sum(one.paid_minutes for one in shifts.values()),
        is_published=bool(shifts) or published.exists(),
        next_shift=next_shift(access, now),
        swaps=tuple(swaps),
        open_shifts=tuple(open_shifts_to_bid(access, now)[:50]),
        notices=tuple(dict(one) for one in notices[:50]),
        feed_since=feed,
    )


def _swaps(me: int, now: datetime) -> list[dict[str, Any]]:
    """One's swaps that wait, and those decided for days that have not passed."""
    today = profile.city_today(now)
    rows = SwapRequest.objects.filter(Q(giver_id=me) | Q(taker_id=me), day__gte=today)
    return [dict(one) for one in rows.order_by("day", "id").values(*_SWAP_COLUMNS)[:50]]


def next_shift(access: Access, now: datetime) -> ShiftRow | None:
    """The shift one is on, or the next one within two months. Two statements."""
    me = access.actor.staff_id or 0
    day = (
        Shift.objects.filter(
            user_id=me, ends_at__gt=now, ends_at__lt=now + _AHEAD, schedule__state=ScheduleState.PUBLISHED
        )
        .order_by("starts_at")
        .values_list("day", flat=True)
        .first()
    )
    if day is None:
        return None
    return next((one for one in published_shifts([me], day, day) if one.ends_at > now), None)


def next_shift_card(access: Access, now: datetime) -> dict[str, Any]:
    """The home card: one's next shift, and how many notices about shifts are unread."""
    count = ShiftNotice.objects.filter(person_id=access.actor.staff_id or 0, read_at=None).count()
    return {"shift": next_shift(access, now), "notices": count, "now": now}


def weeks_on_paper(access: Access, monday: date, weeks: int, *, now: datetime) -> list[ShiftRow]:
    """One's published shifts of some weeks, for print. Raises `NotAllowed`."""
    access.require(OWN)
    last = monday + timedelta(days=7 * weeks - 1)
    return published_shifts([access.actor.staff_id or 0], monday, last)


def shifts_of_feed(digest: str, *, now: datetime) -> list[ShiftRow] | None:
    """The shifts under a calendar's secret address, from four weeks back to eight ahead; None where it is none."""
    person = (
        CalendarFeed.objects.filter(digest=digest, ended_at=None, person__is_active=True)
        .values_list("person_id", flat=True)
        .first()
    )
    if person is None:
        return None
    today = profile.city_today(now)
    return published_shifts([person], today - timedelta(weeks=4), today + timedelta(weeks=8))


@dataclass(frozen=True)
class OfferPage:
    """What somebody may offer a shift for: colleagues of that week, and the chosen one's shifts."""

    shift: ShiftRow
    colleagues: tuple[tuple[int, str], ...]
    chosen: int | None
    theirs: tuple[ShiftRow, ...]


def offer_page(access: Access, day: date, chosen: int | None, *, now: datetime) -> OfferPage | None:
    """One's shift of a day with colleagues of the same week's schedule; None where there is no such shift."""
    access.require(OWN)
    me = access.actor.staff_id or 0
    mine = next(iter(published_shifts([me], day, day)), None)
    if mine is None or mine.starts_at <= now:
        return None
    people = set(Shift.objects.filter(schedule_id=mine.schedule_id).values_list("user_id", flat=True)) - {me}
    names = sorted(staff.names_of(people).items(), key=lambda one: one[1])
    theirs: tuple[ShiftRow, ...] = ()
    if chosen in people:
        monday = week_of(day)
        found = published_shifts([chosen], monday, monday + timedelta(days=6))
        theirs = tuple(one for one in found if one.schedule_id == mine.schedule_id and one.starts_at > now)
    return OfferPage(mine, tuple(names), chosen if chosen in people else None, theirs)
