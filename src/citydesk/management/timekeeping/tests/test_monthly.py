"""The monthly report of timekeeping and equipment: what it counts, whom it is about, what it does not tell."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import services as traffic
from citydesk.contact.traffic.services.malfunctions import MalfunctionFacts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.registries import registries
from citydesk.kernel.told import Told
from citydesk.management.timekeeping import services
from citydesk.management.timekeeping.choices import MONTH_REPORT, VIEW
from citydesk.management.timekeeping.models import AttendanceOccurrence
from citydesk.management.timekeeping.queries.monthly import LeaveSum, monthly_report
from citydesk.management.timekeeping.rules.entries import Entry
from citydesk.management.timekeeping.rules.monthly import (
    Unplanned,
    change,
    down_seconds,
    lost,
    month_number,
    seconds_by_kind,
)
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.rules.spans import Span
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, at

START = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def test_only_who_was_at_work_loses_time_and_overlaps_count_once():
    whole = Span(START, hour(24))
    day = [Entry(1, START, hour(4)), Entry(2, hour(4), hour(4.5), "meal"), Entry(3, hour(4.5), hour(8), "training")]
    assert seconds_by_kind(day, whole) == {"work": 4 * HOUR, "meal": HOUR // 2, "training": 7 * HOUR // 2}
    broken = [Span(hour(3), hour(5)), Span(hour(3.5), hour(6)), Span(hour(9), hour(12))]
    # From 3 to 4 and from 4:30 to 6; the meal and the evening are nobody's loss.
    assert lost(broken, day, whole) == 5 * HOUR // 2
    assert lost(broken, [], whole) == 0 == lost([], day, whole)
    assert down_seconds(broken, Span(START, hour(10))) == 4 * HOUR
    assert lost(broken, day, Span(START, hour(3.5))) == HOUR // 2


def test_the_share_of_what_nobody_planned():
    found = Unplanned(rostered=100 * HOUR, sick=8 * HOUR, not_there=HOUR, malfunction=2 * HOUR)
    assert found.share == pytest.approx(0.11) and Unplanned().share is None
    assert (found + found).share == found.share and month_number(date(2026, 11, 30)) == 202611
    assert (change(3, 2), change(1, 0)) == (0.5, None)


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


@pytest.fixture
def month(who):
    """Dana works five days of nine hours and eighteen minutes, Osei one; a phone fails, one is late, one sick."""
    factories.full_week(who.dana, end="17:18")
    factories.work(who.osei, LAST_WEEK)
    factories.work(who.stranger, LAST_WEEK)
    factories.grant(who.osei, "sick", 40, by=who.pay)
    sick = factories.ask(who.osei, LAST_WEEK + timedelta(days=1), code="sick")
    services.approve_leave(request_id=sick, access=who.priscilla, now=NOW)
    for kind, people, start, end in (
        ("equipment", [who.dana, who.osei, who.stranger], "09:00", "10:30"),
        ("network", [], "10:00", "11:00"),
    ):
        traffic.report_malfunction(
            facts=MalfunctionFacts(
                kind=kind, what=f"The {kind} failed", started_at=at(LAST_WEEK, start), ended_at=at(LAST_WEEK, end),
                is_everybody=not people, user_ids=[int(one.actor.id) for one in people],
            ),
            access=who.priscilla,
            now=NOW,
        )  # fmt: skip
    services.record_attendance(
        user_id=who.dana.actor.id, scheduled_from=at(LAST_WEEK, "07:00"), scheduled_to=at(LAST_WEEK, "16:00"),
        source_key="s1", actor=who.priscilla.actor, now=NOW,
    )  # fmt: skip
    occurrence = AttendanceOccurrence.objects.get()
    services.confirm_occurrence(occurrence_id=occurrence.pk, access=who.priscilla, now=NOW)
    return who


def test_a_month_counts_the_people_one_reads(month):
    found = monthly_report(month.priscilla, NOVEMBER, NOW)
    rows = {one.person: one for one in found.rows}
    assert "Stranger" not in rows and "Priscilla" not in rows
    dana, osei = rows["Dana"], rows["Osei"]
    assert (dana.hours.worked, dana.hours.overtime) == (46 * HOUR + HOUR // 2, 6 * HOUR + HOUR // 2)
    assert (dana.lost, osei.lost, dana.hours.exceptions) == (2 * HOUR, 2 * HOUR, 1)
    assert osei.hours.leave == 8 * HOUR
    # One person alone was sick: the kind is hidden.
    assert found.leave == (LeaveSum("sick", None),)
    assert found.now.lost == 4 * HOUR and found.now.unplanned.share is None
    assert [(one.kind, one.confirmed, one.seconds) for one in found.exceptions] == [("late", 1, HOUR)]
    broken = {one.kind: one for one in found.malfunctions}
    assert (broken["equipment"].people, broken["equipment"].lost, broken["network"].people) == (2, 3 * HOUR, 2)
    assert (found.now.malfunctions, found.now.down) == (2, 2 * HOUR)
    assert found.before.hours.worked == 0 and len(found.months) == 6
    everybody = monthly_report(month.auditor, NOVEMBER, NOW)
    assert everybody.leave == (LeaveSum("sick", 8 * HOUR),) and len(everybody.rows) >= 3
    assert monthly_report(month.dana, NOVEMBER, NOW).people == 0


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


def test_the_report_as_page_file_and_paper(month, monkeypatch):
    measured = Unplanned(rostered=80 * HOUR, sick=8 * HOUR, not_there=HOUR, malfunction=3 * HOUR)
    told = Told("test.month", MONTH_REPORT, lambda **given: measured if given["object_id"] == 202611 else None, VIEW)
    monkeypatch.setitem(registries.told, told.code, told)
    boss, address = client_of(month.priscilla), reverse("timekeeping:monthly")
    answer = boss.get(address, {"month": "2026-11"})
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"] and "November 2026" in page
    for words in ("46:30", "The network failed", "Came late", "hidden: too few people", "Unplanned shrinkage"):
        assert words in page, words
    assert "Stranger" not in page and "+0 %" not in page
    spec = boss.get(reverse("timekeeping:monthly_chart"), {"month": "2026-11"}).json()
    assert "Nov 2026" in str(spec)
    taken = boss.get(address, {"month": "2026-11", "as": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(taken.streaming_content).decode("utf-8-sig"))))
    assert ["Person", "Dana", "Worked", "46.5000", "hours"] in lines
    assert ["Month", "2026-11", "Lost to malfunctions", "4.0000", "hours"] in lines
    assert ["Leave", "Sick leave", "Taken", "", "hours"] in lines
    # What a room above measured of rostered time, on page, file and paper alike.
    assert "15.0 %" in page and "sick 8:00, late or not there 1:00, malfunctions 3:00" in page
    assert ["Month", "2026-11", "Unplanned shrinkage", "0.15", "share"] in lines
    paper = boss.get(address, {"month": "2026-11", "as": "pdf"})
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.content)).pages)
    assert "15.0 %" in text and "46:30" in text and "The network failed" in text and "Stranger" not in text
    assert ReadEntry.objects.filter(object_type="timekeeping.report", purpose="file").count() == 2
    assert "There is nobody whose hours you read." in client_of(month.dana).get(address).content.decode()
    assert client_of(month.director).get(address).status_code == 403
