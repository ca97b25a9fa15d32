"""Measured shrinkage: rostered time against what became of it, and a supervisor's word to plan with it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic.tests.factories import break_down
from citydesk.kernel import audit
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, NotAllowed
from citydesk.management.timekeeping.queries.monthly import monthly_report
from citydesk.management.timekeeping.tests.factories import work
from citydesk.management.workforce import services
from citydesk.management.workforce.models import ShrinkageMeasure, ShrinkageSetting
from citydesk.management.workforce.queries.groups import get_group, settings_on
from citydesk.management.workforce.queries.measured import measured_of, month_lost, shrinkage_look
from citydesk.management.workforce.rules.adherence import Doing, Piece
from citydesk.management.workforce.rules.measured import Measured, Part, day_measured
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.test_coverage_cost import load

MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


def day(*rows: tuple[int, Doing | None, Doing]) -> list[Piece]:
    """Pieces one after the other: minutes, planned, done."""
    found, at = [], TEN
    for minutes, planned, done in rows:
        end = at + timedelta(minutes=minutes)
        found.append(Piece(at, end, planned, done, planned == done))
        at = end
    return found


C, B, M, T, A = Doing.CONTACTS, Doing.BREAK, Doing.MEAL, Doing.TRAINING, Doing.AWAY


def test_each_part_of_a_day_lies_where_it_belongs():
    pieces = day((30, C, A), (120, C, C), (15, B, B), (15, C, T), (30, M, M), (60, T, T), (30, C, Doing.MEETING))
    found = day_measured(pieces, away=None, lost=[(TEN + timedelta(minutes=40), TEN + timedelta(minutes=50))])
    assert found.rostered == 210 * 60
    assert {key: seconds // 60 for key, seconds in found.parts.items()} == {
        Part.NOT_THERE: 30, Part.BREAKS: 15, Part.TRAINING: 15, Part.MEETINGS: 30, Part.MALFUNCTION: 10,
    }  # fmt: skip
    assert found.shrinkage.planned == pytest.approx(60 / 210) and found.shrinkage.unplanned == pytest.approx(40 / 210)


def test_a_meal_at_another_time_is_no_loss_but_a_long_one_is():
    moved = day((60, C, C), (30, M, C), (30, C, M), (60, C, C))
    assert day_measured(moved, away=None, lost=[]).parts == {}
    long = day((60, C, C), (30, M, M), (20, C, M), (60, C, C))
    assert day_measured(long, away=None, lost=[]).parts == {Part.NOT_THERE: 1200}


def test_a_break_worked_through_is_time_for_contacts_and_leave_is_what_it_was_granted_as():
    assert day_measured(day((15, B, C)), away=None, lost=[]).parts == {}
    for kind in (Part.LEAVE, Part.SICK):
        assert day_measured(day((60, C, A), (15, B, A)), away=kind, lost=[]).parts == {kind: 4500}
    assert day_measured(day((15, B, A)), away=None, lost=[]).parts == {Part.BREAKS: 900}


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from([C, B, M, T, None]), st.sampled_from(list(Doing)))))
@settings(max_examples=80)
def test_nothing_is_lost_that_was_not_rostered(rows):
    found = day_measured(day(*rows), away=None, lost=[])
    assert all(seconds > 0 for seconds in found.parts.values()) and sum(found.parts.values()) <= found.rostered
    share = found.shrinkage
    assert min(share.planned, share.unplanned) >= 0.0 and share.whole <= 1.0 + 1e-9
    assert (found + found).rostered == 2 * found.rostered


def test_too_little_says_so():
    assert not Measured(99 * 3600, {}, 20).is_enough and not Measured(500 * 3600, {}, 9).is_enough
    assert Measured(100 * 3600, {}, 10).is_enough
    assert not Measured(100 * 3600, {Part.SICK: 100 * 3600}, 10).is_enough


@pytest.fixture
def desk(db):
    """Two weeks that were worked: Dana comes half an hour late each day, Rosa is not seen on one."""
    load()
    desk = life_cases.desk(monday=MONDAY, now=NOW)
    ids = {name: desk.id_of(name) for name in life_cases.WEEK}
    life_cases.publish(desk.group, MONDAY + timedelta(days=7), ids, desk.id_of("priscilla"), NOW)
    for week in (0, 7):
        for name, days in life_cases.WEEK.items():
            for number, start in days:
                if (name, week, number) == ("rosa", 7, 4):
                    continue
                begin = start + 30 * (name == "dana")
                clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (begin, start + 510)]
                work(getattr(desk, name), MONDAY + timedelta(days=week + number), *clocks, now=LATER)
    return desk


@pytest.mark.django_db
def test_weeks_are_measured_taken_over_from_monday_and_given_back(desk):
    begins = life_cases.at(MONDAY, 14 * 60)
    break_down(begins, begins + timedelta(hours=1))
    sick = services.call_in_sick(
        day=MONDAY + timedelta(days=8), person_id=desk.id_of("osei"), access=desk.priscilla, now=NOW
    )
    assert sick
    pk = services.measure_shrinkage(group_code="desk", now=LATER)
    row = ShrinkageMeasure.objects.get(pk=pk)
    found = measured_of(row)
    # Twenty-four shifts of eight hours, one of them not seen; Osei's fell out and counts whole as sick.
    assert found.rostered == 23 * 8 * 3600 and found.left_out == 1 and found.days == 10
    assert found.parts == {Part.NOT_THERE: 6 * 1800, Part.SICK: 8 * 3600, Part.MALFUNCTION: 2 * 3600 - 1800}
    assert found.is_enough and row.last == date(2026, 11, 15)
    _the_month_tells_the_same(desk, found)
    with pytest.raises(NotAllowed):
        services.take_over_shrinkage(group_code="desk", measure_id=pk, access=desk.stranger, now=LATER)
    services.take_over_shrinkage(group_code="desk", measure_id=pk, access=desk.priscilla, now=LATER)
    setting = ShrinkageSetting.objects.get()
    assert (setting.version, setting.first, setting.planned) == (1, date(2026, 11, 23), 0)
    before, after = settings_on("desk", date(2026, 11, 22)), settings_on("desk", date(2026, 11, 23))
    assert before.shrinkage.whole == pytest.approx(0.3)
    assert after.shrinkage.unplanned == pytest.approx(float(setting.unplanned))
    # Fridays had thirty points of planned shrinkage more than the group, and still have.
    assert before.shrinkage_at(4, 600).planned == pytest.approx(0.5)
    assert after.shrinkage_at(4, 600).planned == pytest.approx(0.3)
    look = shrinkage_look(get_group("desk"), date(2026, 11, 23))
    assert look.in_force.whole == pytest.approx(after.shrinkage.whole) and look.profile.whole == pytest.approx(0.3)
    assert audit.history_of("workforce.group", desk.group.pk)
    services.drop_shrinkage(group_code="desk", access=desk.priscilla, now=LATER)
    assert settings_on("desk", date(2026, 11, 23)).shrinkage.whole == pytest.approx(0.3)
    assert ShrinkageSetting.objects.count() == 2
    with pytest.raises(Conflict):
        services.drop_shrinkage(group_code="desk", access=desk.priscilla, now=LATER)
    services.measure_shrinkage(group_code="desk", now=LATER)
    with pytest.raises(Conflict):
        services.take_over_shrinkage(group_code="desk", measure_id=pk, access=desk.priscilla, now=LATER)


def _the_month_tells_the_same(desk, found: Measured) -> None:
    """The report of the month and staff required have one number: the same measure of the same weeks."""
    assert monthly_report(desk.priscilla, date(2026, 11, 1), LATER).now.unplanned.share is None
    assert len(services.measure_months(group_code="desk", now=LATER)) == 2
    month = ShrinkageMeasure.objects.filter(kind="month").latest("id")
    assert month.last == date(2026, 11, 15) and measured_of(month) == found
    told = monthly_report(desk.priscilla, date(2026, 11, 1), LATER).now.unplanned
    assert told.share == pytest.approx(found.shrinkage.unplanned) and told.malfunction == found.parts[Part.MALFUNCTION]
    assert month_lost(access=desk.stranger, object_id=202611, now=LATER) is None


@pytest.mark.django_db
def test_the_page_shows_assumed_and_measured_and_a_button_only_where_enough_was_seen(desk):
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(desk.priscilla.actor.id, utc_now()))
    asked = {"group": "desk", "week": "2026-11-02"}
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "Nothing was measured yet" in page and "30.0 %" in page and "Plan with the measured one" not in page
    pk = services.measure_shrinkage(group_code="desk", now=NOW)
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "Too little was seen to plan with it" in page and "Plan with the measured one" not in page
    refused = client.post(reverse("workforce:shrinkage_act"), {**asked, "act": "take", "measure": pk})
    assert refused.status_code == 409 and "Too little was seen" in refused.content.decode()
    pk = services.measure_shrinkage(group_code="desk", now=LATER)
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "Plan with the measured one" in page and "Late, early or not there" in page
    done = client.post(reverse("workforce:shrinkage_act"), {**asked, "act": "take", "measure": pk})
    assert done.status_code == 302 and ShrinkageSetting.objects.get().measure_id == pk
