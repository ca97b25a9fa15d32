"""The clock's properties: what a pause, a closed interval, a night without an hour may and may not do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.service_requests.choices import EscalateTo, StopEvent
from citydesk.contact.service_requests.rules import sla
from citydesk.kernel.calendars import BusinessCalendar, DatedException, Holiday, Window, always_open, parse_windows

ZONE = "America/New_York"
OFFICE = BusinessCalendar(
    ZONE,
    ((Window(480, 720), Window(780, 1020)),) * 5 + ((), ()),
    exceptions=(DatedException(date(2026, 12, 24), parse_windows("08:00-12:00"), "half day"),),
    holidays=(Holiday("Thanksgiving", "fourth Thursday of November"), Holiday("Christmas", "December 25")),
    code="office",
)
NIGHT = BusinessCalendar(ZONE, ((Window(0, 360), Window(1320, 1440)),) * 7, code="night")
CALENDARS = st.sampled_from([OFFICE, NIGHT, always_open(ZONE)])

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
lengths = st.integers(1, 14 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
allowances = st.integers(1, 10 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def pauses(draw, start=None, most=5):
    """Pauses in any order, overlapping or not, around a start."""
    start = start or draw(moments)
    rows = []
    for _ in range(draw(st.integers(0, most))):
        begin = start + timedelta(minutes=draw(st.integers(-3 * 24 * 60, 20 * 24 * 60)))
        rows.append(sla.Pause(begin, begin + draw(lengths), "other_agency"))
    return rows


@given(CALENDARS, moments, allowances, st.data())
def test_a_pause_never_makes_it_due_earlier(calendar, start, allowed, data):
    rows = data.draw(pauses(start))
    more = [*rows, *data.draw(pauses(start, most=1))]
    assert sla.due_at(calendar, start, allowed, more) >= sla.due_at(calendar, start, allowed, rows)


@given(CALENDARS, moments, allowances, st.data())
def test_splitting_a_pause_changes_nothing(calendar, start, allowed, data):
    rows = data.draw(pauses(start))
    split = []
    for pause in rows:
        middle = pause.start + (pause.end - pause.start) * data.draw(st.floats(0, 1))
        split += [sla.Pause(pause.start, middle), sla.Pause(middle, pause.end)]
    assert sla.due_at(calendar, start, allowed, split) == sla.due_at(calendar, start, allowed, rows)
    until = start + timedelta(days=9)
    assert sla.elapsed(calendar, start, until, split) == sla.elapsed(calendar, start, until, rows)


@given(CALENDARS, moments, allowances, st.data())
def test_the_order_of_pauses_does_not_matter(calendar, start, allowed, data):
    rows = data.draw(pauses(start))
    shuffled = data.draw(st.permutations(rows))
    assert sla.due_at(calendar, start, allowed, shuffled) == sla.due_at(calendar, start, allowed, rows)


@given(CALENDARS, moments, allowances, st.data())
def test_at_the_due_time_exactly_what_is_allowed_has_been_used(calendar, start, allowed, data):
    rows = data.draw(pauses(start))
    due = sla.due_at(calendar, start, allowed, rows)
    assert sla.elapsed(calendar, start, due, rows) == allowed


@given(moments, st.integers(0, 14 * 60))
def test_a_closed_interval_adds_nothing(start, minutes):
    """From closing time on a Friday to Monday's opening the office clock stands."""
    local = start.astimezone(ZoneInfo(ZONE))
    saturday = datetime(local.year, local.month, local.day, tzinfo=ZoneInfo(ZONE)) + timedelta(days=5 - local.weekday())
    begin = saturday + timedelta(minutes=minutes)
    assert sla.elapsed(OFFICE, begin, begin + timedelta(hours=20)) == timedelta(0)


@given(CALENDARS, moments, st.data())
def test_elapsed_never_goes_back(calendar, start, data):
    rows = data.draw(pauses(start))
    first = start + data.draw(lengths)
    later = first + data.draw(lengths)
    assert timedelta(0) <= sla.elapsed(calendar, start, first, rows) <= sla.elapsed(calendar, start, later, rows)


@given(CALENDARS, moments, allowances, lengths)
def test_a_pause_that_still_runs_moves_the_due_time_as_it_grows(calendar, start, allowed, length):
    begin = start + timedelta(minutes=1)
    due = sla.due_at(calendar, start, allowed)
    running = [sla.Pause(begin, None, "weather")]
    assert sla.due_at(calendar, start, allowed, running, at=begin) == due
    ended = [sla.Pause(begin, begin + length, "weather")]
    assert sla.due_at(calendar, start, allowed, running, at=begin + length) == sla.due_at(
        calendar, start, allowed, ended
    )


@given(CALENDARS, moments, allowances, st.data())
def test_the_bar_is_whole(calendar, start, allowed, data):
    rows = data.draw(pauses(start))
    until = start + data.draw(lengths)
    pieces = sla.bar(calendar, start, allowed, rows, until=until)
    assert all(piece.width > 0 for piece in pieces)
    assert sum(piece.width for piece in pieces) <= 1 + 1e-9
    for earlier, later in pairwise(pieces):
        assert later.start == pytest.approx(earlier.start + earlier.width)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def due(calendar, start: str, **target) -> str:
    begin = at(start)
    allowed = sla.allowed_time(calendar, begin, hours=target.get("hours"), days=target.get("days"))
    return sla.due_at(calendar, begin, allowed).astimezone(ZoneInfo(ZONE)).strftime("%a %d %b %H:%M")


def test_worked_numbers_of_the_paper():
    """The same numbers as in docs/rules/clock.md."""
    assert due(always_open(ZONE), "2026-11-20T18:10", hours=4) == "Fri 20 Nov 22:10"
    assert due(OFFICE, "2026-11-20T16:00", hours=4) == "Mon 23 Nov 11:00"
    # Three open days after Tuesday: Wednesday, Friday (Thursday is Thanksgiving), Monday.
    assert due(OFFICE, "2026-11-24T12:10", days=3) == "Mon 30 Nov 17:00"
    assert due(OFFICE, "2026-12-23T15:00", hours=4) == "Thu 24 Dec 10:00"
    # The night the clocks go forward has an hour less, the one they go back an hour more.
    assert due(always_open(ZONE), "2026-03-07T22:00", hours=10) == "Sun 08 Mar 09:00"
    assert due(always_open(ZONE), "2026-10-31T22:00", hours=10) == "Sun 01 Nov 07:00"


def test_no_days_mean_the_same_day_while_it_is_open():
    assert due(OFFICE, "2026-11-24T09:00", days=0) == "Tue 24 Nov 17:00"
    # Closed for the day, or closed all day: the next open day's closing time.
    assert due(OFFICE, "2026-11-24T17:00", days=0) == "Wed 25 Nov 17:00"
    assert due(OFFICE, "2026-11-26T10:00", days=0) == "Fri 27 Nov 17:00"


def test_only_the_reasons_a_target_names_stop_it():
    rows = [sla.Pause(at("2026-11-24T10:00"), at("2026-11-24T11:00"), reason) for reason in ("weather", "other_agency")]
    assert [one.reason for one in sla.pauses_that_stop(rows, ["other_agency"])] == ["other_agency"]
    assert sla.pauses_that_stop(rows, None) == rows and sla.pauses_that_stop(rows, []) == []


def test_a_step_waits_for_its_own_hours():
    step = sla.Step("make_safe", 75, EscalateTo.TEAM_LEAD, "office")
    moment = sla.step_at(
        step,
        calendar=always_open(ZONE),
        step_calendar=OFFICE,
        start=at("2026-11-20T18:00"),
        allowed=timedelta(hours=4),
    )
    assert moment == at("2026-11-23T08:00")


def test_doing_more_than_was_asked_satisfies_what_was_asked():
    assert StopEvent.CLOSED in sla.SATISFIED_BY[StopEvent.ASSIGNED]
    assert StopEvent.ASSIGNED not in sla.SATISFIED_BY[StopEvent.CLOSED]
    for wanted, events in sla.SATISFIED_BY.items():
        assert wanted in events
