"""The workweek: hours, overtime, regular rate, compensatory time; to the second and to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.timekeeping.rules import comp_time
from citydesk.management.timekeeping.rules.entries import Entry, effective, why_impossible
from citydesk.management.timekeeping.rules.hours import week_hours
from citydesk.management.timekeeping.rules.pay import Earning, hourly_pay, salary_pay
from citydesk.management.timekeeping.rules.policy import HOUR, MINUTE, TimePolicy
from citydesk.management.timekeeping.rules.spans import Span, at_local, seconds_by_day, split_by_day, total
from citydesk.management.timekeeping.rules.weeks import period_of_day, split_by_week, week_at, week_from, week_of_day

NEW_YORK = ZoneInfo("America/New_York")
POLICY = TimePolicy()
MONDAY = date(2026, 11, 16)
WEEK = week_from(MONDAY, POLICY, NEW_YORK)


def hours(amount: str) -> int:
    return int(Decimal(amount) * HOUR)


def on(day: int, start: str, end: str, kind: str = "work", **more) -> Entry:
    """An entry of the week by local clock times: day 0 is Monday."""
    moments = []
    for text in (start, end):
        hour, minute = map(int, text.split(":"))
        moments.append(at_local(MONDAY + timedelta(days=day), hour * 60 + minute, NEW_YORK))
    return Entry(next(_ids), *moments, kind=kind, **more)


_ids = iter(range(1, 1_000_000))


def worked(*entries: Entry, policy: TimePolicy = POLICY, **more):
    return week_hours(effective(entries), WEEK, policy, NEW_YORK, **more)


# --- money ------------------------------------------------------------------------------------------------------------


def test_forty_six_and_a_half_hours_at_eighteen_dollars():
    pay = hourly_pay([Earning(hours("46.5"), Decimal(18))], overtime=hours("6.5"))
    assert pay.total == Decimal("895.50")
    assert comp_time.earned_by(hours("6.5")) == hours("9.75")


def test_a_nondiscretionary_bonus_raises_the_regular_rate():
    pay = hourly_pay([Earning(hours("42"), Decimal(18))], overtime=hours("2"), bonus=Decimal(100))
    assert (pay.straight, pay.bonus, pay.premium) == (Decimal("756.00"), Decimal(100), Decimal("20.38"))
    assert (pay.regular_rate, pay.total) == (Decimal("20.380952"), Decimal("876.38"))


def test_two_rates_in_a_week_give_their_weighted_average():
    # 29 CFR 778.115: 28 hours at $18 and 20 at $15: $804 for 48 hours is $16.75; the half for 8 hours is $67.
    pay = hourly_pay([Earning(hours("28"), Decimal(18)), Earning(hours("20"), Decimal(15))], overtime=hours("8"))
    assert (pay.straight, pay.premium, pay.total) == (Decimal("804.00"), Decimal("67.00"), Decimal("871.00"))


def test_a_salary_is_for_its_hours():
    # 29 CFR 778.113(a): a salary divided by the hours it is for; overtime at one and a half times that.
    pay = salary_pay(Decimal("720.00"), for_seconds=40 * HOUR, worked=hours("46.5"), overtime=hours("6.5"))
    assert pay.total == Decimal("895.50")
    short = salary_pay(Decimal("720.00"), for_seconds=40 * HOUR, worked=hours("31"), overtime=0)
    assert short.total == Decimal("720.00")


def test_banked_overtime_is_paid_in_no_money_and_leave_raises_no_rate():
    rate = Decimal(18)
    banked = hourly_pay([Earning(hours("46.5"), rate)], overtime=hours("6.5"), banked=hours("6.5"))
    assert banked.total == Decimal("720.00")
    away = hourly_pay([Earning(hours("36"), rate)], overtime=0, leave=[Earning(hours("8"), rate)])
    assert (away.total, away.regular_rate) == (Decimal("792.00"), Decimal(18))
    assert hourly_pay([], overtime=0, leave=[Earning(hours("40"), rate)]).total == Decimal("720.00")
    with pytest.raises(ValueError, match="overtime was worked"):
        hourly_pay([Earning(hours("46.5"), rate)], overtime=hours("6"), banked=hours("6.5"))


SECONDS = st.integers(min_value=0, max_value=100 * HOUR)
RATES = st.decimals(min_value=Decimal("7.25"), max_value=Decimal(90), places=2)


@given(pieces=st.lists(SECONDS, min_size=1, max_size=6), rate=RATES, bonus=RATES)
@settings(max_examples=60, deadline=None)
def test_splitting_time_never_changes_pay(pieces, rate, bonus):
    worked_seconds = sum(pieces)
    over = max(0, worked_seconds - 40 * HOUR)
    whole = hourly_pay([Earning(worked_seconds, rate)], overtime=over, bonus=bonus)
    assert hourly_pay([Earning(one, rate) for one in pieces], overtime=over, bonus=bonus) == whole
    assert whole.premium >= 0 and whole.straight >= 0


# --- compensatory time ------------------------------------------------------------------------------------------------


def test_overtime_that_would_pass_the_cap_is_paid():
    # 240 hours stand for 160 of overtime: 237 hours leave room for two more.
    found = comp_time.split(hours("6.5"), balance=hours("237"), cap=POLICY.comp_cap)
    assert found == comp_time.CompSplit(banked=hours("2"), earned=hours("3"), paid=hours("4.5"))
    assert comp_time.split(hours("160"), balance=0, cap=POLICY.comp_cap).earned == hours("240")
    assert comp_time.split(hours("320"), balance=0, cap=POLICY.comp_cap_safety).earned == hours("480")
    assert comp_time.split(hours("3"), balance=hours("241"), cap=POLICY.comp_cap).paid == hours("3")


def test_the_agreement_comes_before_the_work():
    assert comp_time.may_bank(MONDAY, MONDAY) and not comp_time.may_bank(MONDAY + timedelta(days=1), MONDAY)
    assert not comp_time.may_bank(None, MONDAY)


@given(overtime=SECONDS, balance=st.integers(min_value=0, max_value=260 * HOUR))
@settings(max_examples=60, deadline=None)
def test_the_cap_is_never_passed(overtime, balance):
    found = comp_time.split(overtime, balance=balance, cap=240 * HOUR)
    assert found.banked + found.paid == overtime and found.banked >= 0 and found.paid >= 0
    assert found.earned == 0 or balance + found.earned <= 240 * HOUR


# --- hours worked -----------------------------------------------------------------------------------------------------


def test_short_breaks_count_and_relieved_meals_do_not():
    day = worked(
        on(0, "08:00", "10:00"), on(0, "10:00", "10:15", "break"), on(0, "10:15", "12:00"),
        on(0, "12:00", "12:30", "meal"), on(0, "12:30", "17:00"),
    )  # fmt: skip
    assert (day.worked, day.paid_pauses, day.unpaid_pauses) == (hours("8.5"), hours("0.25"), hours("0.5"))


@pytest.mark.parametrize(("minutes", "is_relieved", "is_paid"), [
    (5, True, True), (20, True, True), (29, True, True), (30, True, False), (60, True, False), (45, False, True),
])  # fmt: skip
def test_when_a_pause_is_time_worked(minutes, is_relieved, is_paid):
    end = f"{12 + minutes // 60}:{minutes % 60:02d}"
    found = worked(on(0, "12:00", end, "meal", is_relieved=is_relieved))
    assert found.worked == (minutes * MINUTE if is_paid else 0)


def test_two_halves_of_a_meal_are_one_meal():
    assert worked(on(0, "12:00", "12:15", "meal"), on(0, "12:15", "12:30", "meal")).worked == 0


def test_training_meetings_and_travel_between_sites_are_worked():
    found = worked(on(0, "08:00", "09:00", "training"), on(0, "09:00", "10:00", "meeting"),
                   on(0, "10:00", "10:30", "travel"))  # fmt: skip
    assert found.worked == hours("2.5")


AUTO = TimePolicy(auto_meal_after=6 * HOUR, auto_meal=30 * MINUTE)


def test_a_meal_taken_off_by_itself_can_be_cancelled():
    long, short = on(0, "08:00", "16:30"), on(1, "08:00", "14:00")
    found = worked(long, short, policy=AUTO)
    assert (found.worked, found.deducted) == (hours("14"), hours("0.5"))
    assert [one.day for one in found.deductions] == [MONDAY]
    kept = worked(long, short, policy=AUTO, cancelled={MONDAY})
    assert (kept.worked, kept.deducted, kept.deductions) == (hours("14.5"), 0, ())


def test_no_meal_is_taken_off_where_one_was_recorded():
    taken = [on(0, "08:00", "12:00"), on(0, "12:00", "12:30", "meal"), on(0, "12:30", "18:00")]
    assert worked(*taken, policy=AUTO).deducted == 0


def test_overtime_is_over_forty_of_one_week_alone():
    days = [on(n, "08:00", "17:18") for n in range(5)]
    found = worked(*days)
    assert (found.worked, found.overtime, found.straight) == (hours("46.5"), hours("6.5"), hours("40"))
    assert worked(*days, is_exempt=True).overtime == 0
    assert sum(found.by_day.values()) == found.worked and list(found.by_day) == WEEK.days[:5]


def test_corrections_stand_for_what_they_name():
    wrong = on(0, "08:00", "17:00")
    right = Entry(9_000_001, wrong.start, wrong.end - timedelta(hours=1), corrects=wrong.id)
    gone = Entry(9_000_002, right.start, right.end, corrects=right.id, is_void=True)
    assert worked(wrong, right).worked == hours("8")
    assert worked(wrong, right, gone).worked == 0


def test_entries_that_cannot_be():
    now = at_local(MONDAY, 20 * 60, NEW_YORK)
    good = on(0, "08:00", "17:00").span
    assert why_impossible(good, now, POLICY) == ""
    assert why_impossible(Span(good.end, good.start), now, POLICY) == "backwards"
    assert why_impossible(good, good.end - timedelta(seconds=1), POLICY) == "future"
    assert why_impossible(Span(good.start - timedelta(days=1), good.end), now, POLICY) == "too_long"


# --- weeks and clocks -------------------------------------------------------------------------------------------------


def test_a_night_shift_is_split_at_midnight_and_at_the_weeks_end():
    night = on(6, "22:00", "30:00").span
    days = split_by_day(night, NEW_YORK)
    assert [(day.day, part.seconds) for day, part in days] == [(22, hours("2")), (23, hours("6"))]
    weeks = split_by_week(night, POLICY, NEW_YORK)
    assert [(week.first_day.day, part.seconds) for week, part in weeks] == [(16, hours("2")), (23, hours("6"))]
    entry = Entry(1, night.start, night.end)
    following = week_from(date(2026, 11, 23), POLICY, NEW_YORK)
    assert week_hours([entry], WEEK, POLICY, NEW_YORK).worked == hours("2")
    assert week_hours([entry], following, POLICY, NEW_YORK).worked == hours("6")


@pytest.mark.parametrize(("day", "week_hours_long", "shift_hours"), [
    (date(2026, 3, 7), 167, 7), (date(2026, 10, 31), 169, 9), (date(2026, 6, 6), 168, 8),
])  # fmt: skip
def test_where_the_clocks_change_the_elapsed_hours_count(day, week_hours_long, shift_hours):
    week = week_of_day(day, POLICY, NEW_YORK)
    assert week.span.seconds == week_hours_long * HOUR
    night = Entry(1, at_local(day, 23 * 60, NEW_YORK), at_local(day + timedelta(days=1), 7 * 60, NEW_YORK))
    assert week_hours([night], week, POLICY, NEW_YORK).worked == shift_hours * HOUR


def test_a_clock_time_that_spring_leaves_out_is_the_moment_of_the_jump():
    assert at_local(date(2026, 3, 8), 150, NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert at_local(date(2026, 11, 1), 90, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_week_may_begin_on_any_day_and_at_any_hour():
    late = TimePolicy(week_starts=5, week_start_minute=12 * 60)
    noon = at_local(date(2026, 11, 21), 12 * 60, NEW_YORK)
    assert week_at(noon, late, NEW_YORK).first_day == date(2026, 11, 21)
    assert week_at(noon - timedelta(seconds=1), late, NEW_YORK).first_day == date(2026, 11, 14)
    with pytest.raises(ValueError, match="no workweek begins"):
        week_from(date(2026, 11, 20), late, NEW_YORK)


def test_a_pay_period_is_whole_weeks():
    policy = TimePolicy(weeks_per_period=2, first_period=date(2024, 1, 1))
    period = period_of_day(date(2026, 11, 22), policy)
    assert period.first_day <= date(2026, 11, 22) <= period.last_day
    assert len(period.weeks) == 2 and (period.first_day - date(2024, 1, 1)).days % 14 == 0
    assert period_of_day(date(2023, 12, 31), policy).last_day == date(2023, 12, 31)


START = WEEK.span.start


@given(cuts=st.lists(st.integers(min_value=0, max_value=7 * 24 * HOUR), max_size=8), auto=st.booleans(),
       length=st.integers(min_value=1, max_value=7 * 24 * HOUR))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_splitting_entries_never_changes_hours(cuts, auto, length):
    policy = AUTO if auto else POLICY
    edges = sorted({0, length, *(cut for cut in cuts if cut < length)})
    moments = [START + timedelta(seconds=one) for one in edges]
    pieces = [Entry(n, moments[n], moments[n + 1]) for n in range(len(moments) - 1)]
    whole = week_hours([Entry(1, START, moments[-1])], WEEK, policy, NEW_YORK)
    split = week_hours(pieces, WEEK, policy, NEW_YORK)
    assert split == whole and whole.overtime >= 0 and whole.worked + whole.deducted == length


@given(start=st.integers(min_value=0, max_value=5 * 365 * 24), length=st.integers(min_value=1, max_value=40 * HOUR))
@settings(max_examples=60, deadline=None)
def test_days_and_weeks_add_up_across_every_change_of_the_clocks(start, length):
    begin = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=start)
    span = Span(begin, begin + timedelta(seconds=length))
    assert sum(seconds_by_day([span], NEW_YORK).values()) == length
    assert total(part for _week, part in split_by_week(span, POLICY, NEW_YORK)) == length
