"""Leave as arithmetic: accruals, caps, carry-over, projection, requests, family and medical leave; attendance."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.timekeeping.choices import AccrualKind, OccurrenceKind, Refusal, RequestState, SheetState
from citydesk.management.timekeeping.rules import attendance, requests, sheets
from citydesk.management.timekeeping.rules.comp_time import CompSplit
from citydesk.management.timekeeping.rules.hours import WeekHours
from citydesk.management.timekeeping.rules.leave_types import (
    LeaveRules,
    Step,
    hours_for,
    whole_seconds,
    years_of_service,
)
from citydesk.management.timekeeping.rules.ledger import (
    Row,
    balance,
    earned_by_hours,
    expiring,
    growth,
    project,
    within_cap,
)
from citydesk.management.timekeeping.rules.policy import HOUR, MINUTE, PointStep, TimePolicy
from citydesk.management.timekeeping.rules.sheets import Delegation, Line
from citydesk.management.timekeeping.tests.test_pay import WEEK, on

POLICY = TimePolicy(first_period=date(2024, 1, 1), weeks_per_period=2)
SINCE = date(2020, 3, 15)
STEPS = (Step(0, Decimal("3.6923")), Step(5, Decimal("4.6154")), Step(10, Decimal("6.1538")))
VACATION = LeaveRules(
    "vacation",
    {"en": "Vacation"},
    "VAC",
    "vacation",
    AccrualKind.PER_PERIOD,
    STEPS,
    cap=240 * HOUR,
    carry_over=80 * HOUR,
)


def test_full_years_of_service_decide_the_step():
    assert years_of_service(SINCE, date(2025, 3, 14)) == 4 and years_of_service(SINCE, date(2025, 3, 15)) == 5
    assert hours_for(VACATION, SINCE, date(2025, 3, 14)) == Decimal("3.6923")
    assert hours_for(VACATION, SINCE, date(2030, 3, 15)) == Decimal("6.1538")
    assert years_of_service(date(2024, 2, 29), date(2025, 2, 28)) == 0
    assert whole_seconds(Decimal("3.6923")) == 13292


def test_a_year_gives_twenty_six_periods_and_loses_what_is_not_carried_over():
    found = growth(VACATION, POLICY, SINCE, date(2025, 12, 31), date(2026, 12, 31))
    periods = [one for one in found if one.key.startswith("period-")]
    assert len(periods) == 26 and {one.seconds for one in periods} == {whole_seconds(Decimal("4.6154"))}
    assert [(one.key, one.on) for one in found if one.kind == "expire"] == [("carry-2027", date(2026, 12, 31))]
    end = project(70 * HOUR, date(2025, 12, 31), date(2026, 12, 31), VACATION, POLICY, service_since=SINCE)
    assert end.balance == 80 * HOUR
    assert end.balance == 70 * HOUR + balance(end.rows)


def test_an_annual_grant_comes_on_its_day_once_a_person_is_there():
    floating = LeaveRules("floating", {}, "FLT", "vacation", AccrualKind.ANNUAL, (Step(0, Decimal(16)),),
                          carry_over=0, year_starts=(7, 1))  # fmt: skip
    found = growth(floating, POLICY, date(2026, 2, 1), date(2025, 1, 1), date(2026, 12, 31))
    assert [(one.on, one.kind.value) for one in found] == [(date(2026, 6, 30), "expire"), (date(2026, 7, 1), "accrue")]
    end = project(8 * HOUR, date(2026, 6, 1), date(2026, 7, 1), floating, POLICY, service_since=date(2026, 2, 1))
    assert end.balance == 16 * HOUR


def test_leave_by_hours_worked_is_rounded_down_to_the_second():
    sick = LeaveRules("sick", {}, "SICK", "sick", AccrualKind.PER_HOUR, (Step(0, Decimal(1)),), per_hours=Decimal(30))
    assert earned_by_hours(sick, 40 * HOUR, SINCE, date(2026, 11, 22)) == 4800
    assert earned_by_hours(sick, 59, SINCE, date(2026, 11, 22)) == 1


def test_caps_and_carry_over():
    assert within_cap(4 * HOUR, 238 * HOUR, 240 * HOUR) == 2 * HOUR
    assert within_cap(4 * HOUR, 250 * HOUR, 240 * HOUR) == 0 and within_cap(4 * HOUR, 9, None) == 4 * HOUR
    assert expiring(95 * HOUR, 80 * HOUR) == -15 * HOUR and expiring(10, 80 * HOUR) == 0 == expiring(99, None)


@given(
    start=st.integers(min_value=0, max_value=240 * HOUR),
    days=st.integers(min_value=0, max_value=800),
    takes=st.lists(st.tuples(st.integers(min_value=-10, max_value=900), st.integers(min_value=0, max_value=80 * HOUR))),
)
@settings(max_examples=60, deadline=None)
def test_a_projected_balance_is_the_sum_of_its_rows(start, days, takes):
    today = date(2026, 1, 5)
    until = today + timedelta(days=days)
    planned = [(today + timedelta(days=n), seconds) for n, seconds in takes]
    found = project(start, today, until, VACATION, POLICY, service_since=SINCE, takes=planned)
    assert found.balance == start + sum(one.seconds for one in found.rows)
    assert found.lowest <= min(start, found.balance)
    assert all(today < one.on <= until for one in found.rows)
    given_rows = [one for one in found.rows if one.kind == "accrue"]
    assert all(one.seconds >= 0 for one in given_rows) and len({one.key for one in given_rows}) == len(given_rows)
    # A day on the way agrees with stopping there and going on.
    middle = today + timedelta(days=days // 2)
    first = project(start, today, middle, VACATION, POLICY, service_since=SINCE, takes=planned)
    rest = project(first.balance, middle, until, VACATION, POLICY, service_since=SINCE, takes=planned)
    assert rest.balance == found.balance


def test_a_balance_on_a_day_is_the_sum_of_rows_through_it():
    rows = [Row(date(2026, 1, 1), "accrue", 10), Row(date(2026, 2, 1), "take", -4), Row(date(2026, 3, 1), "adjust", 1)]
    assert (balance(rows), balance(rows, date(2026, 2, 1)), balance(rows, date(2025, 1, 1))) == (7, 6, 0)


# --- requests ---------------------------------------------------------------------------------------------------------

WEEKDAYS = dict.fromkeys(range(5), 8 * HOUR)


def test_leave_days_leave_out_weekends_and_holidays():
    days = requests.leave_days(date(2026, 11, 25), date(2026, 12, 1), WEEKDAYS, {date(2026, 11, 26)})
    assert [day.day for day, _seconds in days] == [25, 27, 30, 1]
    assert sum(seconds for _day, seconds in days) == 32 * HOUR


@pytest.mark.parametrize(("seconds", "lowest", "why"), [
    (8 * HOUR, 0, ""), (8 * HOUR, -1, "balance"), (8 * HOUR + 60, 0, "unit"), (0, 0, "unit"),
])  # fmt: skip
def test_what_stands_against_a_request(seconds, lowest, why):
    day = date(2026, 12, 1)
    assert requests.why_not_asked(VACATION, [(day, seconds)], lowest=lowest, first=day, last=day) == why
    assert requests.why_not_asked(VACATION, [], lowest=0, first=day, last=day) == "no_days"
    assert requests.why_not_asked(VACATION, [], lowest=0, first=day, last=day - timedelta(days=1)) == "backwards"
    advance = replace(VACATION, floor=16 * HOUR)
    assert requests.why_not_asked(advance, [(day, 8 * HOUR)], lowest=-16 * HOUR, first=day, last=day) == ""


def test_blackouts_hit_their_teams_alone():
    found = [requests.Blackout("storm", {}, date(2026, 12, 20), date(2027, 1, 2), frozenset({"desk_311"}))]
    assert requests.blackouts_hit(found, date(2027, 1, 2), date(2027, 1, 5), ["desk_311"]) == found
    assert requests.blackouts_hit(found, date(2027, 1, 3), date(2027, 1, 5), ["desk_311"]) == []
    assert requests.blackouts_hit(found, date(2027, 1, 2), date(2027, 1, 5), ["crew"]) == []
    everybody = [replace(found[0], teams=frozenset())]
    assert requests.blackouts_hit(everybody, date(2026, 12, 20), date(2026, 12, 20), []) == everybody


def test_family_and_medical_leave_is_twelve_weeks_in_the_year_before():
    used = [(date(2025, 11, 22), 80 * HOUR), (date(2025, 11, 23), 80 * HOUR), (date(2026, 10, 1), 40 * HOUR)]
    assert requests.fmla_left(used, date(2026, 11, 22), 40 * HOUR) == (480 - 120) * HOUR
    assert requests.fmla_left(used, date(2024, 2, 29), 40 * HOUR) == 480 * HOUR
    assert requests.fmla_left([(date(2026, 1, 5), 600 * HOUR)], date(2026, 2, 1), 40 * HOUR) == 0
    assert requests.needs_paper(replace(VACATION, documented_after_days=3), 4)
    assert not requests.needs_paper(replace(VACATION, documented_after_days=3), 3)


def test_states_of_requests_and_sheets():
    allowed = {(move, state) for move in requests.MOVES for state in RequestState if requests.may_move(move, state)}
    assert allowed == {("submit", "draft"), ("approve", "submitted"), ("deny", "submitted"), ("take", "approved"),
                       ("cancel", "draft"), ("cancel", "submitted"), ("cancel", "approved")}  # fmt: skip
    found = {(move, state) for move in sheets.MOVES for state in SheetState if sheets.may_move(move, state)}
    assert found == {("submit", "open"), ("recall", "submitted"), ("approve", "submitted"), ("reject", "submitted"),
                     ("reject", "approved"), ("lock", "approved")}  # fmt: skip
    assert not any(state == "locked" for _move, state in found)


# --- approval and lines -----------------------------------------------------------------------------------------------


def test_nobody_approves_their_own_nor_who_asked_them_to():
    day = date(2026, 11, 22)
    given = [Delegation(1, 2, day, day + timedelta(days=3)), Delegation(9, 2, day - timedelta(days=9), day)]
    reach = {1: frozenset({1, 2, 3, 4}), 9: frozenset({5})}
    assert sheets.reach_by_delegation(2, given, reach, day) == {3, 4, 5}
    assert sheets.reach_by_delegation(2, given, reach, day + timedelta(days=1)) == {3, 4}
    assert sheets.reach_by_delegation(2, given, reach, day + timedelta(days=4)) == frozenset()
    team = frozenset({1, 2, 3})
    why = sheets.why_not_approve
    nobody: frozenset[int] = frozenset()
    assert why(1, 1, own=team, delegated=nobody, principals=nobody) == Refusal.OWN
    assert why(None, 3, own=team, delegated=nobody, principals=nobody) == Refusal.OWN
    assert why(1, 3, own=team, delegated=nobody, principals=nobody) is None
    assert why(2, 3, own=nobody, delegated=frozenset({3}), principals=frozenset({1})) is None
    assert why(2, 1, own=nobody, delegated=frozenset({3}), principals=frozenset({1})) == Refusal.OF_PRINCIPAL
    assert why(2, 7, own=team, delegated=nobody, principals=nobody) == Refusal.OUT_OF_REACH


CODES = {"regular": "REG", "overtime": "OT", "comp": "CT"}


def test_lines_and_what_an_adjustment_adds():
    week = WeekHours(46 * HOUR, 6 * HOUR, 0, 0, 0, {})
    before = sheets.lines_of(week, CompSplit(0, 0, 6 * HOUR), [("VAC", 8 * HOUR)], CODES)
    assert before == (
        Line("leave", "VAC", 8 * HOUR),
        Line("overtime", "OT", 6 * HOUR),
        Line("regular", "REG", 40 * HOUR),
    )
    now = sheets.lines_of(WeekHours(47 * HOUR, 7 * HOUR, 0, 0, 0, {}), CompSplit(0, 0, 7 * HOUR), [], CODES)
    assert sheets.difference(now, before) == (Line("leave", "VAC", -8 * HOUR), Line("overtime", "OT", HOUR))
    assert sheets.difference(before, before) == ()


# --- attendance -------------------------------------------------------------------------------------------------------

TABLE = (
    PointStep("late", 0, Decimal("0.5")), PointStep("late", 60, Decimal(1)), PointStep("no_show", 0, Decimal(2)),
)  # fmt: skip
GRACE = TimePolicy(grace=5 * MINUTE, points=TABLE)


@pytest.mark.parametrize(("start", "end", "found"), [
    ("08:00", "17:00", []), ("08:05", "17:00", []), ("08:06", "17:00", [("late", 6)]),
    ("07:50", "16:54", [("early", 6)]), ("09:30", "16:00", [("late", 90), ("early", 60)]),
    ("18:00", "19:00", [("no_show", 540)]),
])  # fmt: skip
def test_exceptions_from_schedule_and_clock(start, end, found):
    said = attendance.compare(on(0, "08:00", "17:00").span, [on(0, start, end).span], GRACE)
    assert [(one.kind.value, one.seconds // 60) for one in said] == found


def test_points_and_how_they_roll_off():
    kinds = OccurrenceKind
    for finding, points in (
        (attendance.Finding(kinds.LATE, 6 * MINUTE), "0.5"), (attendance.Finding(kinds.LATE, 90 * MINUTE), "1"),
        (attendance.Finding(kinds.EARLY, 90 * MINUTE), "0"), (attendance.Finding(kinds.NO_SHOW, 8 * HOUR), "2"),
    ):  # fmt: skip
        assert attendance.points_for(finding, TABLE) == Decimal(points)
    day = date(2026, 1, 10)
    rows = [attendance.Occurrence(day, Decimal(2)), attendance.Occurrence(day + timedelta(days=30), Decimal("0.5"))]
    last = day + timedelta(days=364)
    assert attendance.points_on(rows, last, 365) == Decimal("2.5")
    assert attendance.points_on(rows, last + timedelta(days=1), 365) == Decimal("0.5")
    assert attendance.points_on(rows, day - timedelta(days=1), 365) == 0
    assert attendance.step_reached(Decimal("2.5"), [Decimal(2), Decimal(4)]) == Decimal(2)
    assert attendance.step_reached(Decimal(1), [Decimal(2)]) is None


def test_time_outside_the_shift_is_no_attendance():
    scheduled = on(0, "08:00", "17:00").span
    before = on(0, "06:00", "08:00").span
    assert not before.overlaps(scheduled) and scheduled.clipped(WEEK.span) == scheduled
    assert attendance.compare(scheduled, [before], GRACE)[0].kind == OccurrenceKind.NO_SHOW
