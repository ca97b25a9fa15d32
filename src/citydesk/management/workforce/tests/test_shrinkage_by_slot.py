"""Measured shrinkage by weekday and slot: what each half-hour rests on, and to whose share it falls back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.staff import queries as staff
from citydesk.kernel.clock import utc_now
from citydesk.management.workforce import services
from citydesk.management.workforce.models import Requirement, ShrinkageMeasure
from citydesk.management.workforce.queries.groups import settings_on
from citydesk.management.workforce.rules.adherence import Doing, Piece
from citydesk.management.workforce.rules.groups import Division, Settings, with_shrinkage
from citydesk.management.workforce.rules.measured import Measured, Part, day_measured
from citydesk.management.workforce.rules.measured_slots import (
    PersonDay,
    Source,
    WeekMeasured,
    read_back,
    week_measured,
    written_down,
)
from citydesk.management.workforce.rules.shrinkage import Shrinkage, rostered
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.test_shrinkage import LATER, A, B, C, M, T, day, desk

__all__ = ["desk"]

ZONE = ZoneInfo("America/New_York")
HOUR = 3600
TUESDAY = date(2026, 11, 24)
# Nine o'clock on a Monday in New York.
NINE = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


def from_nine(*rows):
    """Pieces one after the other from nine on: minutes, planned, done."""
    ahead = NINE - datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    return tuple(Piece(one.start + ahead, one.end + ahead, *rest(one)) for one in day(*rows))


def rest(one):
    return one.planned, one.actual, one.is_kept


def test_a_day_lies_in_the_slots_of_the_citys_clock():
    # Forty minutes late, then contacts to noon with a break at ten past eleven; the system down from 11:40 to 11:50.
    pieces = from_nine((40, C, A), (90, C, C), (15, B, B), (35, C, C))
    lost = (NINE + timedelta(minutes=160), NINE + timedelta(minutes=170))
    week = week_measured([PersonDay(pieces, None, (lost,))], 30, ZONE)
    assert sorted(week.slots) == [(0, minute) for minute in range(540, 720, 30)]
    told = {
        minute: {part: seconds // 60 for part, seconds in one.parts.items()} for (_, minute), one in week.slots.items()
    }
    assert told == {
        540: {Part.NOT_THERE: 30}, 570: {Part.NOT_THERE: 10}, 600: {}, 630: {}, 660: {Part.BREAKS: 15},
        690: {Part.MALFUNCTION: 10},
    }  # fmt: skip
    assert all(one.rostered == 1800 and one.days == 1 for one in week.slots.values())
    assert week.weekday(0).rostered == 3 * HOUR and week.weekday(0).days == 1
    # The same day of the next week is a second day of the same slots.
    again = tuple(Piece(one.start + timedelta(days=7), one.end + timedelta(days=7), *rest(one)) for one in pieces)
    twice = week_measured([PersonDay(pieces), PersonDay(again)], 30, ZONE)
    assert {one.days for one in twice.slots.values()} == {2} and twice.weekday(0).rostered == 6 * HOUR


def test_the_hour_that_autumn_repeats_is_seen_twice_in_its_slots():
    begins = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # midnight; at two it is one o'clock again
    week = week_measured([PersonDay((Piece(begins, begins + timedelta(hours=4), C, C, True),))], 30, ZONE)
    assert week.slots[6, 60].rostered == week.slots[6, 90].rostered == HOUR
    assert week.slots[6, 0].rostered == week.slots[6, 120].rostered == 1800
    assert sum(one.rostered for one in week.slots.values()) == 4 * HOUR


ROWS = st.lists(
    st.tuples(st.integers(1, 90), st.sampled_from([C, B, M, T, None]), st.sampled_from(list(Doing))), max_size=12
)


@given(st.lists(st.tuples(ROWS, st.integers(0, 20), st.sampled_from([None, Part.LEAVE, Part.SICK])), max_size=5),
       st.sampled_from([15, 30]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_slots_are_the_days_and_the_weekdays_the_slots(days, minutes):
    lost = ((NINE + timedelta(minutes=70), NINE + timedelta(minutes=95)),)
    given_days = []
    for rows, ahead, away in days:
        moved = timedelta(days=ahead)
        pieces = tuple(Piece(one.start + moved, one.end + moved, *rest(one)) for one in day(*rows))
        given_days.append(PersonDay(pieces, away, lost))
    week = week_measured(given_days, minutes, ZONE)
    whole = sum((day_measured(one.pieces, away=one.away, lost=one.lost) for one in given_days), Measured())
    for sums in (week.slots, week.weekdays):
        total = sum(sums.values(), Measured())
        assert (total.rostered, total.parts) == (whole.rostered, whole.parts)
    assert all(0.0 <= one.shrinkage.whole <= 1.0 + 1e-9 for one in week.slots.values())
    assert all(seconds > 0 for one in week.slots.values() for seconds in one.parts.values())
    assert read_back(written_down(week)) == week


def seen(hours, days, away=0.0):
    return Measured(int(hours * HOUR), {Part.NOT_THERE: int(hours * HOUR * away)} if away else {}, days)


def planned(week: WeekMeasured, *divisions: Division) -> Settings:
    known = Settings("desk", Shrinkage(0.2, 0.1), divisions, None, None, ())
    return with_shrinkage(known, Shrinkage(0.15, 0.1), week)


def test_a_slot_falls_back_to_its_weekday_and_then_to_the_group():
    week = WeekMeasured(
        30,
        {(0, 600): seen(20, 4, 0.5), (0, 630): seen(19.9, 4, 0.5), (1, 600): seen(30, 3, 0.5)},
        {0: seen(40, 4, 0.4), 1: seen(39, 8, 0.4)},
    )
    mine = planned(week)
    assert [mine.source_at(0, at)[0] for at in (600, 615, 630, 900)] == [
        Source.SLOT, Source.SLOT, Source.WEEKDAY, Source.WEEKDAY,
    ]  # fmt: skip
    assert mine.shrinkage_at(0, 600).unplanned == pytest.approx(0.5)
    assert mine.shrinkage_at(0, 630).unplanned == pytest.approx(0.4)
    assert mine.source_at(1, 600) == (Source.GROUP, mine.shrinkage) and mine.shrinkage.whole == pytest.approx(0.25)
    # Nothing told apart: as before.
    assert planned(WeekMeasured()).source_at(0, 600) == (Source.GROUP, mine.shrinkage)


def test_what_the_profile_keeps_apart_gives_way_to_what_was_measured_of_it():
    noon = Division(frozenset(), ((720, 780),), Shrinkage(0.4, 0.1))
    friday = Division(frozenset({4}), (), Shrinkage(0.5, 0.1))
    week = WeekMeasured(30, {(0, 720): seen(20, 4, 0.1)}, {0: seen(80, 8, 0.2), 4: seen(10, 2, 0.2)})
    mine = planned(week, noon, friday)
    assert mine.source_at(0, 720)[0] is Source.SLOT
    source, share = mine.source_at(0, 750)
    assert source is Source.HOURS and share.planned == pytest.approx(0.35)
    assert mine.source_at(0, 800)[0] is Source.WEEKDAY
    source, share = mine.source_at(4, 800)
    assert source is Source.DIVISION and share.planned == pytest.approx(0.45)


@given(
    st.integers(0, 6), st.integers(0, 1439), st.floats(0, 1), st.floats(0.1, 60), st.integers(1, 8), st.integers(0, 40)
)
@settings(max_examples=100)
def test_whatever_was_measured_can_be_divided_by(weekday, minute, away, hours, days, net):
    week = WeekMeasured(
        30, {(weekday, minute - minute % 30): seen(hours, days, away)}, {weekday: seen(hours, days, away)}
    )
    found = planned(week).shrinkage_at(weekday, minute)
    assert min(found.planned, found.unplanned) >= 0.0 and found.whole <= 0.95 + 1e-9
    assert rostered(net, found.whole) >= net


@pytest.mark.django_db
def test_eight_weeks_of_late_mornings_ask_for_more_people_at_eight_alone(desk):
    """Dana, Rosa and the others were seen for two weeks: too few of any half-hour, so all fall back to the group."""
    pk = services.measure_shrinkage(group_code="desk", now=LATER)
    row = ShrinkageMeasure.objects.get(pk=pk)
    week = read_back(row.by_slot)
    assert sum(one.rostered for one in week.slots.values()) == row.rostered_s
    # Dana comes half an hour late on three days of each week, and nobody is missing anywhere else.
    assert {place for place, one in week.slots.items() if one.parts} == {(0, 480), (1, 480), (2, 480)}
    services.take_over_shrinkage(group_code="desk", measure_id=pk, access=desk.priscilla, now=LATER)
    mine = settings_on("desk", date(2026, 11, 23))
    assert mine.source_at(0, 480)[0] is Source.GROUP
    # As if the same had been seen of more people over more weeks.
    told = written_down(WeekMeasured(30, {
        place: Measured(20 * one.rostered, {part: 20 * some for part, some in one.parts.items()}, 8)
        for place, one in week.slots.items()
    }, week.weekdays))  # fmt: skip
    more = ShrinkageMeasure.objects.create(
        group=desk.group, first=row.first, last=row.last, rostered_s=row.rostered_s, parts=row.parts, by_slot=told,
        days=row.days, made_at=LATER,
    )  # fmt: skip
    services.take_over_shrinkage(group_code="desk", measure_id=more.pk, access=desk.priscilla, now=LATER)
    mine = settings_on("desk", date(2026, 11, 23))
    late, other = mine.shrinkage_at(1, 480), mine.shrinkage_at(1, 600)
    # On Mondays at eight nobody else was there: with nothing left there is nothing to divide by.
    assert mine.source_at(0, 480)[0] is Source.GROUP
    assert mine.source_at(1, 480)[0] is Source.SLOT and late.unplanned > other.unplanned == 0.0
    _the_page_says_so(desk, late)


def _the_page_says_so(desk, late: Shrinkage) -> None:
    Requirement.objects.filter(day=TUESDAY).delete()
    for minute, share in ((480, late.whole), (600, 0.0)):
        Requirement.objects.create(
            group=desk.group, day=TUESDAY, starts_at=life_cases.at(TUESDAY, minute), minutes=30,
            contacts=10, high=12, handle_s=200, required=4, required_high=5, scheduled=rostered(4, share),
            shrinkage=round(share, 4), made_at=LATER,
        )  # fmt: skip
    client = Client()
    client.force_login(staff.user_with_rights(desk.priscilla.actor.id, utc_now()))
    asked = {"group": "desk", "week": "2026-11-23", "slot": life_cases.at(TUESDAY, 480).isoformat()}
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "Measured of this half-hour of the week: 40:00 rostered hours on 8 days." in page
    assert "What it rests on" in page and "Measured by weekday and half-hour" in page
    assert "by weekday and half-hour from 0.0 to" in page
    file = b"".join(client.get(reverse("workforce:required_file"), asked).streaming_content).decode()
    assert "of this half-hour" in file
