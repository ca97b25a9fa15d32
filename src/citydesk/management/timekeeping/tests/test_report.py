"""The report as pages and files, sums of teams, opening pages, the clock in the bar."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from citydesk.city.staff import queries as staff
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import NotAllowed
from citydesk.kernel.models import ReadEntry
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import AttendanceOccurrence
from citydesk.management.timekeeping.queries.report import Hours
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, at, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


def file_of(client, name="report", **given):
    answer = client.get(reverse(f"timekeeping:{name}"), {"day": LAST_WEEK.isoformat(), **given})
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_report_as_csv_xlsx_and_paper(who):
    get_user_model().objects.filter(pk=who.osei.actor.id).update(name="=HYPERLINK(1)")
    factories.full_week(who.dana, end="17:18")
    factories.submitted(who.dana)
    boss = client_of(who.priscilla)
    page = file_of(boss).decode()
    assert (
        "46:30" in page
        and reverse("timekeeping:sheet", args=[queries.my_week(who.dana, LAST_WEEK, now=NOW).sheet.pk]) in page
    )
    lines = file_of(boss, **{"as": "csv"}).decode("utf-8-sig").splitlines()
    assert any(line.startswith("Dana,46.5000,6.5000,0.0000,0.0000,") for line in lines)
    assert any(line.startswith("'=HYPERLINK(1),") for line in lines)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file_of(boss, **{"as": "xlsx"}))).get_sheet_by_index(0)
    rows = {row[0]: row for row in sheet.to_python()}
    assert rows["Dana"][1:3] == [46.5, 6.5] and "'=HYPERLINK(1)" in rows
    paper = PdfReader(io.BytesIO(file_of(boss, **{"as": "pdf"})))
    assert "46:30" in paper.pages[0].extract_text()
    assert ReadEntry.objects.filter(object_type="timekeeping.report", purpose="file").count() == 3
    assert client_of(who.priscilla).get(reverse("timekeeping:report"), {"as": "exe"}).status_code == 400


def test_a_month_has_the_weeks_that_end_in_it():
    for month, first, last in (
        (date(2026, 11, 9), date(2026, 10, 26), date(2026, 11, 29)),
        (date(2026, 12, 1), date(2026, 11, 30), date(2026, 12, 27)),
        (date(2026, 2, 14), date(2026, 1, 26), date(2026, 2, 22)),
    ):
        span = queries.span_of_month(month)
        assert (span.first_day, span.last_day) == (first, last)
        assert span.weeks[-1] + 6 * DAY == last
    assert (span.previous, span.following) == ("month=2026-01", "month=2026-03")


def test_teams_are_sums_and_few_people_are_hidden(who):
    other = factories.make_team("water_desk")
    for access in (who.dana, who.osei, who.rosa, who.pedro, who.priscilla):
        factories.full_week(access)
    factories.submitted(who.dana)
    work(who.stranger, LAST_WEEK)
    span = queries.span_of_day(LAST_WEEK)
    with pytest.raises(NotAllowed):
        queries.team_report(who.priscilla, span.weeks, NOW)
    rows = {one.team: one for one in queries.team_report(who.director, span.weeks, NOW)}
    # One team alone hidden could be reckoned from the whole: with two teams both are.
    assert {one.hours for one in rows.values()} == {None} and rows[other.name].people == 1
    director = client_of(who.director)
    assert "hidden: too few people" in file_of(director, "teams").decode()
    assert "Dana" not in file_of(director, "teams", **{"as": "csv"}).decode()
    assert director.get(reverse("timekeeping:report")).status_code == 403


def test_one_team_of_enough_people_is_shown(who):
    for access in (who.dana, who.osei, who.rosa, who.pedro, who.priscilla):
        factories.full_week(access)
    span = queries.span_of_day(LAST_WEEK)
    [row] = queries.team_report(who.director, span.weeks, NOW)
    # Of the period's two weeks one is over, and nobody submitted it.
    assert (row.people, row.hours) == (5, Hours(worked=5 * 40 * HOUR, missing=5))
    last, sums, hidden = queries.hours_of_all(who.director, NOW)
    assert (last.last_day, sums.worked, hidden) == (span.first_day - DAY, 0, 0)


def test_opening_pages_say_what_waits(who, django_assert_max_num_queries):
    factories.full_week(who.dana)
    services.punch(state="work", access=who.dana, now=at(NOW.date(), "08:00"))
    with django_assert_max_num_queries(7):
        week = queries.own_week(who.dana, NOW)
    assert (week.clock.state, week.unsubmitted) == ("work", (LAST_WEEK,))
    assert week.worked == int((NOW - at(NOW.date(), "08:00")).total_seconds())
    factories.submitted(who.osei)
    services.record_attendance(
        user_id=who.dana.actor.id, scheduled_from=at(LAST_WEEK, "07:00"), scheduled_to=at(LAST_WEEK, "16:00"),
        source_key="s1", actor=who.priscilla.actor, now=NOW,
    )  # fmt: skip
    with django_assert_max_num_queries(11):
        waiting = queries.waiting_for(who.priscilla, NOW)
    assert (waiting.sheets, waiting.requests, waiting.exceptions, waiting.unsubmitted) == (1, 0, 1, 1)
    assert AttendanceOccurrence.objects.get().kind == "late"
    assert queries.waiting_for(who.dana, NOW).is_nothing


def test_the_clock_stands_in_the_bar_of_every_page(who):
    dana = client_of(who.dana)
    page = dana.get(reverse("timekeeping:leave")).content.decode()
    assert 'id="bar-clock-state"' in page and "load" in page.split('id="bar-clock-state"')[1][:200]
    assert "bar__unknown" in page  # its place is kept, so that nothing moves when the words come
    opened = dana.get(reverse("timekeeping:clock")).content.decode()
    assert "You are clocked out." in opened and 'hx-swap-oob="true"' in opened
    pressed = dana.post(reverse("timekeeping:clock_act"), {"state": "work"}).content.decode()
    assert "Clock out" in pressed and ">Work " in pressed
    page = dana.get(reverse("timekeeping:leave")).content.decode()
    assert ">Work " in page and "bar__unknown" not in page
    again = dana.post(reverse("timekeeping:clock_act"), {"state": "work"})
    assert again.status_code == 409 and "shows this already" in again.content.decode()
    # Somebody without time of their own has no clock in the bar.
    assert "bar-clock" not in client_of(who.admin).get(reverse("desk:home"), follow=True).content.decode()
