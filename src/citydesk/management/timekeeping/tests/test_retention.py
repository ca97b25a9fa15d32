"""Time, leave, attendance and payroll files go when their periods end: in order, under hold not at all."""

from datetime import date, timedelta

import pytest

from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import (
    AttendanceOccurrence,
    LeaveRequest,
    LeaveTransaction,
    PayrollExport,
    Punch,
    TimeEntry,
    Timesheet,
)
from citydesk.management.timekeeping.queries import retention
from citydesk.management.timekeeping.services import destruction
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, at, work

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=4 * 366)
SCHEDULE = "".join(
    f"""
[retention.{code}]
name = {{en = "{code}", es = "{code}"}}
covers = "timekeeping.{code}"
period = {{years = 3}}
citation = "Sample schedule, item 5"
sample = true
"""
    for code in ("time", "leave", "attendance", "payroll_file")
)


@pytest.fixture
def who(db):
    from citydesk.city.profile.tests.factories import load_small

    load_small({**factories.extra(), "retention.toml": SCHEDULE})
    return factories.people()


def destroyed(kind: str, destroy, ids) -> dict[str, int]:
    eraser = Eraser(proof="DS-30-000001", kind=kind, object_id=ids[0], label="x")
    destroy(ids=ids, eraser=eraser, now=LATER)
    return eraser.finish(now=LATER).rows


def due(query) -> list[int]:
    return [one.id for one in query(before=LATER - timedelta(days=3 * 366))]


def paid_week(who) -> Timesheet:
    """A locked week with a corrected row, a clocked row, and leave on its Friday that was taken."""
    factories.grant(who.dana, "vacation", 16, by=who.pay)
    asked = factories.ask(who.dana, LAST_WEEK + timedelta(days=4), now=NOW - timedelta(days=10))
    services.approve_leave(request_id=asked, access=who.priscilla, now=NOW - timedelta(days=9))
    first = work(who.dana, LAST_WEEK)
    services.correct_entry(
        entry_id=first, starts_at=at(LAST_WEEK, "08:00"), ends_at=at(LAST_WEEK, "17:00"), kind="work",
        reason="Came back", access=who.dana, now=NOW,
    )  # fmt: skip
    for state, clock in (("work", "08:00"), ("out", "16:00")):
        services.punch(state=state, access=who.dana, now=at(LAST_WEEK + timedelta(days=1), clock))
    sheet = factories.approved(who.dana, who.priscilla)
    services.export_payroll(
        period_start=queries.payroll_page(who.pay, LAST_WEEK).period.first_day, access=who.pay, now=NOW
    )
    services.finish_leave(now=NOW)
    sheet.refresh_from_db()
    return sheet


def test_rows_go_first_then_leave_then_the_file_with_its_sheets(who):
    sheet = paid_week(who)
    work(who.dana, LAST_WEEK + timedelta(days=7))
    held = factories.balance(who.dana, "vacation")
    leave = LeaveRequest.objects.get()
    assert due(retention.time_due) == [sheet.pk]
    assert due(retention.leave_due) == due(retention.files_due) == []

    rows = destroyed("timekeeping.time", destruction.destroy_time, [sheet.pk])
    assert (rows["timekeeping_timeentry"], rows["timekeeping_punch"]) == (3, 2)
    assert (TimeEntry.objects.count(), Punch.objects.count()) == (1, 0)
    assert due(retention.time_due) == []
    # The file is what it was, and the week can be read; nothing of it is corrected any more.
    number = PayrollExport.objects.get().number
    assert "REG" in queries.export_file(who.pay, number, now=LATER)[1].decode()
    assert queries.my_week(who.dana, LAST_WEEK, now=LATER).lines
    with pytest.raises(Conflict, match="destroyed"):
        work(who.dana, LAST_WEEK, "20:00", "21:00")
    with pytest.raises(Invalid, match="three years ago"):
        work(who.dana, LAST_WEEK, now=LATER)

    assert due(retention.leave_due) == [leave.pk]
    destroyed("timekeeping.leave", destruction.destroy_leave, [leave.pk])
    assert not LeaveRequest.objects.exists()
    assert factories.balance(who.dana, "vacation") == held
    assert LeaveTransaction.objects.filter(kind="take", request=None).exists()

    file = PayrollExport.objects.get()
    assert due(retention.files_due) == [file.pk]
    destroyed("timekeeping.payroll_file", destruction.destroy_files, [file.pk])
    assert not PayrollExport.objects.exists() and not Timesheet.objects.filter(pk=sheet.pk).exists()


def test_a_row_moved_into_another_week_stands_there_for_itself(who):
    wrong = work(who.dana, LAST_WEEK + timedelta(days=6))
    monday = LAST_WEEK + timedelta(days=7)
    services.correct_entry(
        entry_id=wrong, starts_at=at(monday, "07:00"), ends_at=at(monday, "08:00"), kind="work", reason="Monday",
        access=who.dana, now=NOW,
    )  # fmt: skip
    factories.approved(who.dana, who.priscilla)
    services.export_payroll(
        period_start=queries.payroll_page(who.pay, LAST_WEEK).period.first_day, access=who.pay, now=NOW
    )
    destroyed("timekeeping.time", destruction.destroy_time, due(retention.time_due))
    left = TimeEntry.objects.get()
    assert (left.starts_at, left.corrects_id) == (at(monday, "07:00"), None)


def test_exceptions_go_once_somebody_decided(who):
    for day in (LAST_WEEK, LAST_WEEK + timedelta(days=1)):
        services.record_attendance(
            user_id=who.dana.actor.id, scheduled_from=at(day, "08:00"), scheduled_to=at(day, "16:00"),
            source_key=f"shift-{day}", actor=who.priscilla.actor, now=NOW,
        )  # fmt: skip
    first, second = AttendanceOccurrence.objects.order_by("on")
    services.excuse_occurrence(occurrence_id=first.pk, reason="Bus strike", access=who.priscilla, now=NOW)
    assert due(retention.attendance_due) == [first.pk]
    destroyed("timekeeping.attendance", destruction.destroy_attendance, [first.pk, second.pk])
    assert [one.pk for one in AttendanceOccurrence.objects.all()] == [second.pk]


def test_what_is_not_over_stays(who):
    factories.full_week(who.dana)
    factories.approved(who.dana, who.priscilla)
    factories.grant(who.osei, "vacation", 8, by=who.pay)
    factories.ask(who.osei, date(2026, 12, 7))
    assert due(retention.time_due) == due(retention.leave_due) == due(retention.files_due) == []
    assert Timesheet.objects.get().state == "approved"
