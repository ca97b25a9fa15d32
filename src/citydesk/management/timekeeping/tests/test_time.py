"""The clock, entries and their corrections, time sheets, adjustments, the payroll file."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError, ProgrammingError

from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import Adjustment, PayrollExport, Punch, TimeEntry, Timesheet
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, THIS_WEEK, at, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


def press(access, state, clock, day=THIS_WEEK):
    services.punch(state=state, access=access, now=at(day, clock))


def hours_of(access, week=LAST_WEEK):
    return queries.week_facts(access.actor.id, week).hours


def refused(row, **values):
    with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**values)


def test_a_day_by_the_clock(who):
    for state, clock in (("work", "08:00"), ("break", "10:00"), ("work", "10:15"), ("meal", "12:00"),
                         ("training", "12:30"), ("out", "16:45")):  # fmt: skip
        press(who.dana, state, clock)
    assert [(one.kind, one.source) for one in TimeEntry.objects.all()] == [
        (kind, "clock") for kind in ("work", "break", "work", "meal", "training")
    ]
    assert hours_of(who.dana, THIS_WEEK).worked == int(8.25 * HOUR)
    assert Punch.objects.count() == 6
    with pytest.raises(Conflict, match="shows this already"):
        press(who.dana, "out", "17:00")
    with pytest.raises(Invalid):
        press(who.dana, "dancing", "17:00")


def test_a_clock_left_running_is_stopped_by_its_person(who):
    press(who.dana, "work", "08:00", THIS_WEEK - 3 * DAY)
    assert queries.clock_now(who.dana, NOW).is_forgotten
    with pytest.raises(Conflict, match="left running"):
        services.punch(state="out", access=who.dana, now=NOW)
    with pytest.raises(Invalid):
        services.close_forgotten(ended_at=NOW + DAY, reason="Forgot", access=who.dana, now=NOW)
    services.close_forgotten(ended_at=at(THIS_WEEK - 3 * DAY, "17:00"), reason="Forgot", access=who.dana, now=NOW)
    entry = TimeEntry.objects.get()
    assert (entry.source, entry.reason, hours_of(who.dana).worked) == ("manual", "Forgot", 9 * HOUR)
    assert queries.clock_now(who.dana, NOW).state == "out"


def test_entries_are_corrected_by_rows_and_the_database_keeps_the_old_ones(who):
    pk = work(who.dana, LAST_WEEK)
    given = {"kind": "work", "access": who.dana, "now": NOW}
    (right,) = services.correct_entry(
        entry_id=pk, starts_at=at(LAST_WEEK, "09:00"), ends_at=at(LAST_WEEK, "16:00"), reason="Came later", **given
    )
    assert hours_of(who.dana).worked == 7 * HOUR
    with pytest.raises(Conflict, match="corrected already"):
        services.remove_entry(entry_id=pk, reason="No", access=who.dana, now=NOW)
    with pytest.raises(NotFound):
        services.remove_entry(entry_id=right, reason="No", access=who.osei, now=NOW)
    services.remove_entry(entry_id=right, reason="Was another day", access=who.dana, now=NOW)
    assert hours_of(who.dana).worked == 0
    rows = list(TimeEntry.objects.order_by("id"))
    assert [(one.corrects_id, one.is_effective, one.is_void) for one in rows] == [
        (None, False, False), (pk, False, False), (right, False, True),
    ]  # fmt: skip
    for values in ({"reason": "x"}, {"is_effective": True}, {"ends_at": NOW}):
        refused(rows[0], **values)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        rows[2].delete()


def test_nobody_does_two_things_at_once_nor_in_the_future(who):
    work(who.dana, LAST_WEEK)
    with pytest.raises(Conflict, match="overlaps"):
        work(who.dana, LAST_WEEK, "15:59", "17:00")
    work(who.dana, LAST_WEEK, "16:00", "17:00")
    work(who.osei, LAST_WEEK)
    with pytest.raises(Invalid, match="future"):
        work(who.dana, THIS_WEEK + 3 * DAY)
    with pytest.raises(Invalid, match="Say why"):
        work(who.dana, LAST_WEEK + DAY, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeEntry.objects.create(
            user_id=who.dana.actor.id, starts_at=at(LAST_WEEK, "10:00"), ends_at=at(LAST_WEEK, "11:00"), entered_at=NOW
        )


def test_a_night_over_the_weeks_end_is_two_rows(who):
    sunday = THIS_WEEK - DAY
    ids = services.add_entry(
        starts_at=at(sunday, "22:00"), ends_at=at(THIS_WEEK, "06:00"), reason="Storm", access=who.dana, now=NOW
    )
    assert len(ids) == 2
    assert (hours_of(who.dana).worked, hours_of(who.dana, THIS_WEEK).worked) == (2 * HOUR, 6 * HOUR)


def test_a_sheet_is_attested_approved_by_another_and_sent_back(who):
    factories.full_week(who.dana)
    with pytest.raises(Invalid, match="complete and true"):
        services.submit_sheet(week_start=LAST_WEEK, is_attested=False, access=who.dana, now=NOW)
    sheet = factories.submitted(who.dana)
    with pytest.raises(Conflict, match="submitted"):
        work(who.dana, LAST_WEEK + 5 * DAY)
    # A clerk sees nobody else's, another team's supervisor neither; the pay office not before it is approved.
    for nobody in (who.osei, who.stranger, who.pay, who.admin, who.director, who.rosa):
        with pytest.raises(NotFound):
            services.approve_sheet(sheet_id=sheet.pk, access=nobody, now=NOW)
    with pytest.raises(NotAllowed):
        services.approve_sheet(sheet_id=sheet.pk, access=who.dana, now=NOW)
    services.reject_sheet(sheet_id=sheet.pk, reason="Friday is missing an hour", access=who.priscilla, now=NOW)
    assert queries.my_week(who.dana, LAST_WEEK, now=NOW).sheet.sent_back_reason == "Friday is missing an hour"
    work(who.dana, LAST_WEEK + 4 * DAY, "16:00", "17:00")
    sheet = factories.approved(who.dana, who.pedro)
    assert (sheet.state, sheet.approved_by_id) == ("approved", who.pedro.actor.id)
    with pytest.raises(Conflict):
        services.approve_sheet(sheet_id=sheet.pk, access=who.priscilla, now=NOW)
    said = [one.code for one in reversed(history_of("timekeeping.sheet", sheet.pk))]
    assert said == [f"timekeeping.{one}" for one in ("submitted", "sent_back", "submitted", "approved")]
    refused(sheet, approved_by_id=who.dana.actor.id)


def test_a_supervisor_does_not_approve_their_own(who):
    factories.full_week(who.priscilla)
    sheet = factories.submitted(who.priscilla)
    with pytest.raises(NotAllowed, match="their own"):
        services.approve_sheet(sheet_id=sheet.pk, access=who.priscilla, now=NOW)
    services.approve_sheet(sheet_id=sheet.pk, access=who.pedro, now=NOW)


def test_a_delegate_approves_for_days_but_not_for_who_asked(who):
    today = NOW.date()
    for access in (who.dana, who.rosa, who.priscilla):
        factories.full_week(access)
    dana, rosa, boss = (factories.submitted(one) for one in (who.dana, who.rosa, who.priscilla))
    given = {"first": today, "last": today + 2 * DAY, "access": who.priscilla, "now": NOW}
    with pytest.raises(Invalid):
        services.delegate_approval(delegate_id=who.osei.actor.id, **given)
    pk = services.delegate_approval(delegate_id=who.rosa.actor.id, **given)
    services.approve_sheet(sheet_id=dana.pk, access=who.rosa, now=NOW)
    with pytest.raises(NotAllowed, match="their own"):
        services.approve_sheet(sheet_id=rosa.pk, access=who.rosa, now=NOW)
    with pytest.raises(NotFound):
        services.approve_sheet(sheet_id=boss.pk, access=who.rosa, now=NOW)
    with pytest.raises(NotFound):
        services.reject_sheet(sheet_id=dana.pk, reason="x", access=who.rosa, now=NOW + 3 * DAY)
    services.end_delegation(delegation_id=pk, access=who.priscilla, now=NOW)
    with pytest.raises(NotFound):
        services.reject_sheet(sheet_id=dana.pk, reason="x", access=who.rosa, now=NOW)


def export(who, week=LAST_WEEK, now=NOW):
    first = queries.payroll_page(who.pay, week).period.first_day
    return services.export_payroll(period_start=first, access=who.pay, now=now)


def test_the_payroll_file_locks_and_is_the_same_for_ever(who):
    factories.full_week(who.dana, end="17:18")
    sheet = factories.approved(who.dana, who.priscilla)
    number = export(who)
    name, content = queries.export_file(who.pay, number, now=NOW)
    lines = content.decode("utf-8-sig").splitlines()
    assert name == f"{number}.csv" and lines[0] == "file,person,week,adjusts_week,kind,pay_code,hours,seconds"
    assert lines[1:] == [
        f"{number},dana,2026-11-16,,overtime,OT15,6.5000,23400",
        f"{number},dana,2026-11-16,,regular,REG,40.0000,144000",
    ]
    sheet.refresh_from_db()
    assert (sheet.state, sheet.export.number) == ("locked", number)
    refused(sheet, state="open")
    refused(sheet, lines=[])
    refused(PayrollExport.objects.get(), lines=9)
    assert queries.export_file(who.auditor, number, now=NOW + 400 * DAY)[1] == content
    for nobody in (who.dana, who.priscilla, who.admin):
        with pytest.raises(NotFound):
            queries.export_file(nobody, number, now=NOW)
    with pytest.raises(Conflict, match="approved and not yet"):
        export(who)
    with pytest.raises(NotAllowed):
        services.export_payroll(period_start=LAST_WEEK, access=who.priscilla, now=NOW)


def test_a_locked_week_is_corrected_by_an_adjustment_of_the_current_one(who):
    factories.full_week(who.dana)
    factories.approved(who.dana, who.priscilla)
    number = export(who)
    before = queries.export_file(who.pay, number, now=NOW)[1]
    work(who.dana, LAST_WEEK + 5 * DAY, "08:00", "10:00", reason="Saturday call-out")
    adjustment = Adjustment.objects.get()
    assert adjustment.sheet.week_start == THIS_WEEK and adjustment.of_week == LAST_WEEK
    assert adjustment.lines == [{"kind": "overtime", "code": "OT15", "seconds": 2 * HOUR}]
    saturday = TimeEntry.objects.order_by("-id").first()
    services.correct_entry(
        entry_id=saturday.pk, starts_at=saturday.starts_at, ends_at=at(LAST_WEEK + 5 * DAY, "09:00"), kind="work",
        reason="It was one hour", access=who.dana, now=NOW,
    )  # fmt: skip
    assert [one.lines[0]["seconds"] for one in Adjustment.objects.all()] == [2 * HOUR, -HOUR]
    assert queries.export_file(who.pay, number, now=NOW)[1] == before
    later = NOW + 7 * DAY
    factories.approved(who.dana, who.priscilla, week=THIS_WEEK, now=later)
    second = export(who, THIS_WEEK, now=later)
    said = queries.export_file(who.pay, second, now=later)[1].decode("utf-8-sig")
    assert f"{second},dana,2026-11-23,2026-11-16,overtime,OT15,2.0000,7200" in said
    assert f"{second},dana,2026-11-23,2026-11-16,overtime,OT15,-1.0000,-3600" in said


def test_overtime_as_compensatory_time_up_to_the_cap(who):
    factories.full_week(who.dana, end="17:18")
    with pytest.raises(Invalid, match="no agreement"):
        factories.submitted(who.dana, overtime_as="comp")
    agreed = {"comp_agreed_on": date(2026, 1, 1), "service_since": date(2020, 1, 1), "counted_from": LAST_WEEK}
    services.set_terms(user_id=who.dana.actor.id, **agreed, access=who.pay, now=NOW)
    factories.grant(who.dana, "comp", 7, by=who.pay)
    factories.approved(who.dana, who.priscilla, overtime_as="comp")
    number = export(who)
    said = queries.export_file(who.pay, number, now=NOW)[1].decode()
    # The cap of this city is ten hours: room for three is two of overtime; the other four and a half are paid.
    assert "comp,COMP,3.0000" in said and "overtime,OT15,4.5000" in said and "regular,REG,40.0000" in said
    assert factories.balance(who.dana, "comp") == 10 * HOUR
    # Sick leave grows by an hour for twenty worked.
    assert factories.balance(who.dana, "sick") == int(46.5 * HOUR / 20)
    with pytest.raises(NotAllowed):
        services.set_terms(user_id=who.pay.actor.id, access=who.pay, now=NOW)
    with pytest.raises(NotAllowed):
        factories.grant(who.pay, "comp", 7, by=who.pay)


def test_who_sees_a_sheet(who):
    factories.full_week(who.dana)
    sheet = factories.approved(who.dana, who.priscilla)
    reads = {}
    for name in ("dana", "osei", "priscilla", "stranger", "pay", "auditor", "admin", "director", "rosa"):
        try:
            page = queries.get_sheet(getattr(who, name), sheet.pk, now=NOW)
            reads[name] = "rows" if page.shows_rows else "hours"
            assert bool(page.days[0][1]) is page.shows_rows
        except NotFound:
            reads[name] = "nothing"
    assert reads == {
        "dana": "rows", "osei": "nothing", "priscilla": "rows", "stranger": "nothing", "pay": "hours",
        "auditor": "rows", "admin": "nothing", "director": "nothing", "rosa": "nothing",
    }  # fmt: skip


def test_lists_cost_the_same_for_one_and_for_many(who, django_assert_max_num_queries):
    for access in (who.dana, who.osei, who.rosa):
        factories.full_week(access)
        factories.submitted(access)
    with django_assert_max_num_queries(12):
        found = queries.approvals(who.priscilla, NOW)
    assert [one.person for one in found.sheets] == ["Dana", "Osei", "Rosa"]
    assert {one.worked for one in found.sheets} == {40 * HOUR}
    with django_assert_max_num_queries(12):
        rows = queries.report(who.priscilla, [LAST_WEEK, THIS_WEEK], NOW)
    assert (rows[0].person, rows[0].hours.worked) == ("Dana", 40 * HOUR)
    assert [name for name, _state in queries.unsubmitted(who.priscilla, LAST_WEEK, NOW)] == []
    # Of somebody whose terms are written a sheet is expected from then on.
    since = {"service_since": LAST_WEEK, "counted_from": LAST_WEEK}
    services.set_terms(user_id=who.pedro.actor.id, **since, access=who.pay, now=NOW)
    assert [name for name, _state in queries.unsubmitted(who.priscilla, LAST_WEEK, NOW)] == ["Pedro"]
    assert queries.unsubmitted(who.dana, LAST_WEEK, NOW) == [] == queries.approvals(who.dana, NOW).sheets
    assert Timesheet.objects.count() == 3


def test_a_meal_worked_through_is_counted(db):
    from citydesk.city.profile.tests.factories import load_small

    load_small({**factories.extra(), "timekeeping.toml": factories.TIME.replace(
        'grace_minutes = 5', 'grace_minutes = 5\nauto_meal_after_hours = 6\nauto_meal_minutes = 30')})  # fmt: skip
    who = factories.people()
    work(who.dana, LAST_WEEK, "08:00", "16:30")
    assert hours_of(who.dana).worked == 8 * HOUR
    given = {"day": LAST_WEEK, "access": who.dana, "now": NOW}
    services.cancel_meal(**given, reason="Alone at the counter")
    assert hours_of(who.dana).worked == int(8.5 * HOUR)
    services.cancel_meal(**given, reason="It was another day", is_cancelled=False)
    assert hours_of(who.dana).deducted == HOUR // 2
