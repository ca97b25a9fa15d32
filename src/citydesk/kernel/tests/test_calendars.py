"""Office hours: what a due time rests on."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citydesk.kernel.calendars import (
    ALL_DAY,
    BusinessCalendar,
    DatedException,
    NeverOpen,
    Window,
    always_open,
    parse_calendar,
    parse_windows,
)
from citydesk.kernel.errors import Invalid
from citydesk.kernel.holidays import Holiday, easter, holidays_of

# The zones and years of the trust specification's time drill (R15).
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Phoenix",
    "Pacific/Honolulu",
    "UTC",
)
OFFICE = parse_calendar(
    {
        "weekly": {
            **dict.fromkeys(("mon", "tue", "wed", "thu"), "08:00-12:00, 13:00-17:00"),
            "friday": "08:00-12:00",
        },
        "holidays": [
            {"name": "New Year", "rule": "January 1", "observed": "nearest"},
            {"name": "King Day", "rule": "third Monday of January"},
            {"name": "Independence Day", "rule": "July 4", "observed": "nearest"},
            {"name": "Thanksgiving", "rule": "fourth Thursday of November"},
            {"name": "Day after Thanksgiving", "rule": "day after fourth Thursday of November"},
            {"name": "Good Friday", "rule": "Good Friday"},
        ],
        "exceptions": [
            {"date": "2026-12-24", "windows": "08:00-11:00", "name": "Christmas Eve"},
            {"date": date(2026, 11, 28), "windows": "09:00-13:00", "name": "Storm Saturday"},
        ],
    },
    "America/New_York",
    "office",
)


def local(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_a_friday_afternoon_request_is_due_on_monday():
    due = OFFICE.add_business(local("2026-11-20 15:00"), timedelta(hours=5))
    assert due == local("2026-11-23 14:00")
    assert due.tzinfo == UTC


def test_the_lunch_hour_and_the_holiday_count_for_nothing():
    # Wednesday 16:00 + 2 h: an hour on Wednesday, Thanksgiving and the day after closed, Storm Saturday opens at 9.
    assert OFFICE.add_business(local("2026-11-25 16:00"), timedelta(hours=2)) == local("2026-11-28 10:00")
    assert OFFICE.business_between(local("2026-11-23 11:30"), local("2026-11-23 13:30")) == timedelta(hours=1)
    assert OFFICE.holiday_on(date(2026, 11, 26)) == "Thanksgiving"


def test_open_and_next_open_at_the_edges():
    assert OFFICE.is_open(local("2026-11-23 08:00"))
    assert not OFFICE.is_open(local("2026-11-23 12:00"))
    assert OFFICE.next_open(local("2026-11-23 12:00")) == local("2026-11-23 13:00")
    assert OFFICE.next_open(local("2026-11-23 09:10")) == local("2026-11-23 09:10")
    assert OFFICE.next_open(local("2026-12-31 17:00")) == local("2027-01-04 08:00")
    assert OFFICE.next_close(local("2026-11-23 09:00")) == local("2026-11-23 12:00")
    assert OFFICE.next_close(local("2026-11-21 09:00")) == local("2026-11-23 12:00")


def test_a_work_that_ends_with_the_window_ends_at_closing_not_at_the_next_opening():
    assert OFFICE.add_business(local("2026-11-23 16:00"), timedelta(hours=1)) == local("2026-11-23 17:00")
    assert OFFICE.add_business(local("2026-11-23 17:30"), timedelta(0)) == local("2026-11-23 17:30")


def test_counting_back_gives_the_reminder_time():
    assert OFFICE.add_business(local("2026-11-23 09:00"), timedelta(hours=-2)) == local("2026-11-20 11:00")
    assert OFFICE.add_business(local("2027-01-04 09:00"), timedelta(hours=-2)) == local("2026-12-31 16:00")


def test_exceptions_stand_above_holidays_and_weekdays():
    assert OFFICE.windows_on(date(2026, 12, 24)) == ((local("2026-12-24 08:00"), local("2026-12-24 11:00")),)
    calendar = BusinessCalendar(
        "UTC",
        (ALL_DAY,) * 7,
        exceptions=(DatedException(date(2026, 7, 4), (Window(600, 660),)),),
        holidays=(Holiday("Independence Day", "July 4"),),
    )
    assert calendar.business_between(datetime(2026, 7, 4, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)) == timedelta(
        hours=1
    )


def test_observed_holidays_move_off_the_weekend_even_into_the_year_before():
    new_year = (Holiday("New Year", "January 1", "nearest"),)
    assert date(2027, 12, 31) in holidays_of(new_year, 2027)  # January 1, 2028 is a Saturday
    assert holidays_of(new_year, 2028) == {}
    assert holidays_of((Holiday("x", "January 1", "monday"),), 2028) == {date(2028, 1, 1): "x"}
    assert holidays_of((Holiday("x", "July 4", "monday"),), 2027) == {date(2027, 7, 5): "x"}


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("third Monday of January", 2026, date(2026, 1, 19)),
        ("last Monday of May", 2027, date(2027, 5, 31)),
        ("Last Friday in December", 2026, date(2026, 12, 25)),
        ("fifth Monday of February", 2026, None),
        ("February 29", 2026, None),
        ("February 29", 2028, date(2028, 2, 29)),
        ("day after fourth Thursday of November", 2026, date(2026, 11, 27)),
        ("47 days before Easter", 2026, date(2026, 2, 17)),
        ("Good Friday", 2026, date(2026, 4, 3)),
        ("2026-12-24", 2026, date(2026, 12, 24)),
        ("2026-12-24", 2027, None),
    ],
)
def test_holiday_rules(rule, year, day):
    assert Holiday("x", rule).day_in(year) == day


def test_easter_agrees_with_published_dates():
    assert [easter(year) for year in (1981, 2000, 2024, 2025, 2027, 2038)] == [
        date(1981, 4, 19),
        date(2000, 4, 23),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ]


@pytest.mark.parametrize("rule", ["the day after tomorrow", "June 31", "first Moonday of May", ""])
def test_a_rule_nobody_understands_is_refused(rule):
    with pytest.raises(Invalid):
        Holiday("x", rule)


@pytest.mark.parametrize("text", ["8-17", "17:00-08:00", "08:00-25:00", "08:00-12:00, 11:00-17:00", "24:00-24:00"])
def test_hours_nobody_understands_are_refused(text):
    with pytest.raises(Invalid):
        parse_windows(text)


def test_windows_read_as_written():
    assert [str(one) for one in parse_windows("08:00-12:00, 13:00-24:00")] == ["08:00-12:00", "13:00-24:00"]
    assert parse_windows("closed") == ()


def test_a_night_is_seven_nine_or_eight_hours_long():
    night = BusinessCalendar("America/New_York", ((Window(0, 480),),) * 7)

    def length(day: date) -> timedelta:
        (opens, closes), *rest = night.windows_on(day)
        assert not rest
        return closes - opens

    assert length(date(2026, 3, 8)) == timedelta(hours=7)
    assert length(date(2026, 11, 1)) == timedelta(hours=9)
    assert length(date(2026, 11, 2)) == timedelta(hours=8)


def test_a_boundary_inside_the_skipped_hour_counts_from_the_jump():
    calendar = BusinessCalendar("America/New_York", ((Window(150, 240),),) * 7)
    assert calendar.windows_on(date(2026, 3, 8)) == ((local("2026-03-08 03:00"), local("2026-03-08 04:00")),)
    inside = BusinessCalendar("America/New_York", ((Window(125, 170),),) * 7)
    assert inside.windows_on(date(2026, 3, 8)) == ()


def test_a_city_that_jumps_at_midnight_loses_the_hour_there():
    # Havana goes from 00:00 to 01:00 on 2026-03-08: the day is 23 hours long and joins the day before.
    havana = always_open("America/Havana")
    (opens, closes), *_ = havana.windows_on(date(2026, 3, 8))
    assert closes - opens == timedelta(hours=23)
    assert havana.windows_on(date(2026, 3, 7))[0][1] == opens


def test_around_the_clock_is_elapsed_time():
    calendar = always_open("America/Chicago")
    start = local("2026-12-30 23:15", "America/Chicago")
    assert calendar.add_business(start, timedelta(days=400)) == start.astimezone(UTC) + timedelta(days=400)
    assert calendar.is_open(local("2027-01-01 00:00", "America/Chicago"))
    assert calendar.next_close(start) is None


def test_a_calendar_that_never_opens_says_so():
    closed = BusinessCalendar("UTC", ((),) * 7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for ask in (
        lambda: closed.next_open(start),
        lambda: closed.add_business(start, timedelta(hours=1)),
        lambda: closed.add_business(start, timedelta(hours=-1)),
    ):
        with pytest.raises(NeverOpen):
            ask()
    assert closed.business_between(start, start + timedelta(days=900)) == timedelta(0)


def test_a_naive_moment_is_a_mistake():
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.is_open(datetime(2026, 1, 1))


def test_a_broken_calendar_is_refused():
    with pytest.raises(Invalid, match="weekday"):
        parse_calendar({"weekly": {"mondag": "08:00-17:00"}}, "UTC")
    with pytest.raises(Invalid, match="twice"):
        parse_calendar({"exceptions": [{"date": "2026-01-02"}, {"date": "2026-01-02"}]}, "UTC")


# -- properties ------------------------------------------------------------------------------------------------------

minutes = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(sorted)


@st.composite
def calendars(draw) -> BusinessCalendar:
    def windows() -> tuple[Window, ...]:
        edges = draw(minutes)
        return tuple(Window(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))

    weekly = tuple(windows() for _ in range(7))
    assume(sum(one.closes - one.opens for day in weekly for one in day) > 30)
    days = draw(st.lists(st.dates(date(2024, 1, 1), date(2028, 12, 31)), max_size=4, unique=True))
    return BusinessCalendar(
        draw(st.sampled_from(ZONES)),
        weekly,
        exceptions=tuple(DatedException(day, windows()) for day in days),
        holidays=OFFICE.holidays if draw(st.booleans()) else (),
    )


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
lengths = st.timedeltas(timedelta(0), timedelta(hours=90))


@given(calendars(), moments, lengths, lengths)
def test_adding_in_two_steps_is_adding_once(calendar, start, one, two):
    assert calendar.add_business(calendar.add_business(start, one), two) == calendar.add_business(start, one + two)


@given(calendars(), moments, lengths)
def test_adding_then_measuring_gives_back(calendar, start, length):
    due = calendar.add_business(start, length)
    assert due >= start
    assert calendar.business_between(start, due) == length
    if length:
        # and it is the earliest such moment: just before it, less time had gone by
        assert calendar.business_between(start, due - timedelta(microseconds=1)) < length


@given(calendars(), moments, lengths)
def test_counting_back_gives_back_too(calendar, end, length):
    begin = calendar.add_business(end, -length)
    assert begin <= end
    assert calendar.business_between(begin, end) == length


@given(calendars(), moments, moments, lengths)
def test_a_later_start_or_more_work_is_never_due_earlier(calendar, one, two, length):
    early, late = sorted((one, two))
    assert calendar.add_business(early, length) <= calendar.add_business(late, length)
    assert calendar.add_business(early, length) <= calendar.add_business(early, length + timedelta(minutes=7))


@given(calendars(), moments, moments, moments)
def test_measuring_is_additive_and_antisymmetric(calendar, a, b, c):
    a, b, c = sorted((a, b, c))
    assert calendar.business_between(a, b) + calendar.business_between(b, c) == calendar.business_between(a, c)
    assert calendar.business_between(c, a) == -calendar.business_between(a, c)
    assert calendar.business_between(a, c) <= c - a


@given(calendars(), moments)
def test_a_closed_interval_adds_nothing(calendar, at):
    opening = calendar.next_open(at)
    assert calendar.is_open(opening)
    assert calendar.business_between(at, opening) == timedelta(0)
    if opening > at:
        assert not calendar.is_open(at)


@given(calendars(), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_index_agrees_with_the_windows_of_each_day(calendar, day):
    windows = calendar.windows_on(day)
    zone = ZoneInfo(calendar.zone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=zone)
    assert calendar.business_between(start, end) == sum((b - a for a, b in windows), timedelta(0))
    for opens, closes in windows:
        assert calendar.is_open(opens)
        assert calendar.is_open(closes - timedelta(microseconds=1))


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_five_years_agrees_with_the_wall_clock(zone):
    """Over each transition of 2024 to 2028: open exactly when the wall clock stands in a window."""
    calendar = BusinessCalendar(zone, ((Window(0, 60), Window(240, 1020)),) * 7)
    at, tz = datetime(2024, 1, 1, 0, 30, tzinfo=UTC), ZoneInfo(zone)
    while at.year < 2029:
        wall = at.astimezone(tz)
        minute = wall.hour * 60 + wall.minute
        assert calendar.is_open(at) == (minute < 60 or 240 <= minute < 1020), at
        at += timedelta(hours=1)


def test_adding_is_quick_once_the_year_is_known():
    start = local("2026-03-02 10:00")
    OFFICE.add_business(start, timedelta(hours=200))
    began = time.process_time()
    for _ in range(200):
        OFFICE.add_business(start, timedelta(hours=200))
    assert (time.process_time() - began) / 200 < 0.001  # about 0.01 ms; the bound allows for a busy machine
