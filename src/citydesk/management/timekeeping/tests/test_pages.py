"""The pages as people of each duty use them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.registries import Panel, registries
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import AttendanceOccurrence, LeaveRequest, TimeEntry, Timesheet
from citydesk.management.timekeeping.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db):
    factories.load_city(now=utc_now())
    return factories.people()


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


def url(name, *args):
    return reverse(f"timekeeping:{name}", args=args)


def said(client, name, *args, **given):
    answer = client.get(url(name, *args), given)
    assert answer.status_code == 200, (name, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def day_before(days):
    return profile.city_today(utc_now()) - timedelta(days=days)


def field(day, clock):
    return f"{day}T{clock}"


def test_a_week_from_the_clock_to_the_payroll_file(who):
    dana, boss, pay = client_of(who.dana), client_of(who.priscilla), client_of(who.pay)
    assert "You are clocked out." in said(dana, "mine")
    assert dana.post(url("mine_act"), {"act": "punch", "state": "work"}).status_code == 302
    assert "Clock out" in said(dana, "mine")
    assert dana.post(url("mine_act"), {"act": "punch", "state": "out"}).status_code == 302
    week = queries.last_week(utc_now())
    times = {"starts_at": field(week, "08:00"), "ends_at": field(week, "07:00")}
    wish = {"act": "add", "week": week, "kind": "work", **times}
    refused = dana.post(url("mine_act"), {**wish, "reason": "Clock was down"})
    assert refused.status_code == 400
    assert "It ends before it begins." in refused.content.decode() and "Clock was down" in refused.content.decode()
    assert dana.post(url("mine_act"), {**wish, "ends_at": field(week, "17:00"), "reason": "Down"}).status_code == 302
    entry = TimeEntry.objects.get(reason="Down")
    right = {**wish, "act": "correct", "entry": entry.pk, "ends_at": field(week, "16:00"), "reason": "Left earlier"}
    assert dana.post(url("mine_act"), right).status_code == 302
    shown = said(dana, "mine", week=week)
    assert "8:00" in shown and "Corrected rows" in shown and "Left earlier" in shown
    assert dana.post(url("mine_act"), {"act": "submit", "week": week}).status_code == 400
    assert dana.post(url("mine_act"), {"act": "submit", "week": week, "is_attested": "1"}).status_code == 302
    sheet = Timesheet.objects.get(week_start=week)
    assert "Dana" in said(boss, "approvals") and "08:00" in said(boss, "sheet", sheet.pk)
    assert client_of(who.osei).get(url("sheet", sheet.pk)).status_code == 404
    assert client_of(who.admin).get(url("sheet", sheet.pk)).status_code == 403
    assert client_of(who.osei).post(url("sheet_act", sheet.pk), {"act": "approve"}).status_code == 404
    assert dana.post(url("sheet_act", sheet.pk), {"act": "approve"}).status_code == 403
    assert boss.post(url("sheet_act", sheet.pk), {"act": "reject"}).status_code == 400
    assert boss.post(url("sheet_act", sheet.pk), {"act": "approve", "version": sheet.version}).status_code == 302
    period = queries.payroll_page(who.pay, week).period.first_day
    assert "Dana" in said(pay, "payroll", day=week) and "not the rows behind" in said(pay, "sheet", sheet.pk)
    assert boss.get(url("payroll")).status_code == 403
    assert boss.post(url("payroll_act"), {"act": "export", "period_start": period}).status_code == 403
    assert pay.post(url("payroll_act"), {"act": "export", "period_start": period}).status_code == 302
    number = Timesheet.objects.get(pk=sheet.pk).export.number
    answer = pay.get(url("payroll_file", number))
    assert answer["Content-Disposition"] == f'attachment; filename="{number}.csv"'
    assert f"{number},dana,{week},,regular,REG,8.0000,28800" in answer.content.decode()
    assert number in said(dana, "mine", week=week) and "adjustment" in said(dana, "mine", week=week)


def test_leave_with_its_reason_and_what_rooms_above_know(who, monkeypatch):
    built = []

    def build(access, object_id, now):
        built.append(object_id)
        return {}

    panel = Panel(
        "test.coverage", "timekeeping.leave_request", build, "timekeeping/_forms.jinja", "timekeeping.approve"
    )
    monkeypatch.setitem(registries.panels, panel.code, panel)
    dana, boss = client_of(who.dana), client_of(who.priscilla)
    first = day_before(-60)
    first -= timedelta(days=first.weekday())
    # Three days: not all of them are holidays, whatever the year.
    days = {"first": first, "last": first + timedelta(days=2)}
    wish = {"act": "ask", "leave_type": "vacation", **days, "reason": "CNRY wedding"}
    refused = dana.post(url("leave_act"), wish)
    assert refused.status_code == 400 and "does not cover" in refused.content.decode()
    assert dana.post(url("leave_act"), {**wish, "leave_type": "family"}).status_code == 302
    row = LeaveRequest.objects.get()
    assert "CNRY" in said(dana, "request", row.pk)
    assert "Family leave" in said(boss, "approvals")
    page = said(boss, "request", row.pk)
    assert built == [row.pk]
    assert "CNRY" not in page and "Show the reason" in page and "Nobody else of the team is away" in page
    assert "CNRY" in said(boss, "request_reason", row.pk)
    for nobody in (who.osei, who.pay, who.stranger):
        assert client_of(nobody).get(url("request_reason", row.pk)).status_code == 404
    auditor = client_of(who.auditor)
    assert "CNRY" not in said(auditor, "request", row.pk)
    assert auditor.get(url("request_reason", row.pk)).status_code == 404
    assert boss.post(url("request_act", row.pk), {"act": "deny"}).status_code == 400
    assert boss.post(url("request_act", row.pk), {"act": "approve", "version": row.version}).status_code == 302
    assert boss.get(url("request_reason", row.pk)).status_code == 404
    assert re.search(r"Read by.*Priscilla", said(dana, "request", row.pk), re.S)
    assert dana.post(url("request_act", row.pk), {"act": "cancel"}).status_code == 302
    assert "CNRY" not in said(boss, "approvals") + said(boss, "report") + said(auditor, "report")


def test_delegation_lists_and_attendance(who):
    boss, rosa = client_of(who.priscilla), client_of(who.rosa)
    today = day_before(0)
    given = {"act": "delegate", "delegate": who.rosa.actor.id, "first": today, "last": today}
    assert "Nobody has asked you" in said(rosa, "approvals")
    assert boss.post(url("approvals_act"), given).status_code == 302
    assert "You approve for Priscilla" in said(rosa, "approvals") and "Rosa approves for you" in said(boss, "approvals")
    factories.work(who.dana, day_before(10), now=utc_now())
    answer = boss.get(url("unsubmitted"), {"week": day_before(10)})
    assert "Dana" in answer.content.decode() and "Dana" in said(boss, "report")
    day = day_before(3)
    now = utc_now()
    services.record_attendance(
        user_id=who.dana.actor.id, scheduled_from=factories.at(day, "08:00"), scheduled_to=factories.at(day, "16:00"),
        source_key="shift-1", actor=SYSTEM, now=now,
    )  # fmt: skip
    row = AttendanceOccurrence.objects.get()
    assert "Did not come" in said(boss, "attendance") and "It counts" in said(boss, "attendance")
    assert "It counts" not in said(client_of(who.dana), "attendance")
    assert boss.post(url("attendance_act", row.pk), {"act": "excuse"}).status_code == 400
    assert boss.post(url("attendance_act", row.pk), {"act": "excuse", "reason": "Strike"}).status_code == 302
    assert "Strike" in said(boss, "attendance", state="excused")


def test_the_pay_office_writes_terms_and_balances(who):
    pay, dana = client_of(who.pay), client_of(who.dana)
    row = {"act": "balance", "username": "nobody", "leave_type": "vacation", "hours": "7:30", "on": "2026-01-01"}
    assert pay.post(url("payroll_act"), {**row, "reason": "Opening"}).status_code == 400
    assert pay.post(url("payroll_act"), {**row, "username": "dana", "hours": "x", "reason": "y"}).status_code == 400
    assert pay.post(url("payroll_act"), {**row, "username": "dana", "reason": "Opening"}).status_code == 302
    terms = {"act": "terms", "username": "dana", "service_since": "2020-01-01", "counted_from": "2026-01-01"}
    assert pay.post(url("payroll_act"), {**terms, "hours_a_day": "7.5"}).status_code == 302
    assert "7:30" in said(dana, "leave", on=day_before(-30))


def test_a_page_costs_the_same_whatever_was_written(who, no_look_is_due):
    now = utc_now()
    dana, boss = client_of(who.dana), client_of(who.priscilla)
    week = queries.last_week(now)
    costs = []
    for rows in range(2):
        for n in range(3):
            day = week + timedelta(days=n + 3 * rows)
            factories.work(who.dana, day, "08:00", "10:00", now=now)
        for client, name, given in ((dana, "mine", {"week": week}), (boss, "report", {}), (dana, "leave", {})):
            said(client, name, **given)
            with CaptureQueriesContext(connection) as counted:
                said(client, name, **given)
            costs.append((name, len(counted)))
    assert costs[:3] == costs[3:] and max(cost for _name, cost in costs) <= 24, costs
