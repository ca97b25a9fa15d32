"""The month of traffic: volume, kinds, service level, hang-ups, handle time, transfers, interpreters, shrinkage."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from citydesk.city.staff.tests.factories import access_with, make_office, make_role, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.services.facts import refresh_contact_facts
from citydesk.contact.interactions.tests.factories import clerk, make_draft
from citydesk.contact.traffic.choices import MONTH_REPORT, VIEW
from citydesk.contact.traffic.queries.monthly import Part, get_month, span_of
from citydesk.contact.traffic.rules import Ratio
from citydesk.contact.traffic.rules.monthly import Lost, change
from citydesk.contact.traffic.tests.factories import DAY, NOW, RIGHTS, import_text, make_queues
from citydesk.contact.traffic.tests.test_importing import LOG
from citydesk.contact.traffic.tests.test_transfers import lines
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.registries import registries
from citydesk.kernel.told import Told

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 10)
HOUR = 3600


def taken(access, reason, *, transfers=(), now=DAY, **facts):
    return interactions.finish(
        interaction_id=make_draft(access, now=now),
        facts=interactions.ContactFacts(reason_code=reason, **facts),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")],
        transfers=transfers,
        access=access,
        now=now,
    )


@pytest.fixture
def march(tmp_path):
    """A log of a day of March, one call of February, contacts with reasons, an interpreter and an office."""
    make_queues()
    import_text(tmp_path, LOG)
    february = DAY - timedelta(days=20)
    call = (
        (0, "f|calls|NONE|ENTERQUEUE||1|1"), (10, "f|calls|PJSIP/9|CONNECT|10|r|5"),
        (70, "f|calls|PJSIP/9|COMPLETEAGENT|10|60|1"),
    )  # fmt: skip
    import_text(tmp_path, lines(*call, at=february), source="old")
    make_office("clerk", name="County clerk", is_city=False)
    dana = clerk()
    to_clerk = interactions.TransferFacts("warm", "County clerk", "reached", office_code="clerk")
    for minute in range(6):
        taken(dana, "pothole", now=DAY + timedelta(minutes=minute), transfers=[to_clerk] if minute == 0 else ())
    taken(
        dana, "rare", now=DAY + timedelta(minutes=10), interpreter_vendor="Voz", interpreter_minutes=12, language="es"
    )
    taken(dana, "pothole", now=DAY + timedelta(minutes=20), is_confidential=True)
    refresh_contact_facts(now=NOW)


def test_a_month_is_the_sum_of_its_intervals(march):
    found = get_month(access=access_with(*RIGHTS), month=MARCH, queue_code="calls", now=NOW)
    whole, days = found.now.whole, dict(found.days)
    assert (found.first, found.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert set(days) == {MARCH}
    (calls,) = [one.part for one in found.now.queues if one.queue.code == "calls"]
    assert calls.sums == days[MARCH].sums and calls.level == days[MARCH].level
    assert whole.sums == sum((one.part for one in found.now.queues), Part()).sums
    # Of the log one call went on from calls to permits: passed on to ourselves; from there nobody knows where to.
    assert (whole.value("transfer_rate").numerator, whole.value("transfer_rate_internal").numerator) == (2, 1)
    assert whole.value("transfer_rate_unknown") == Ratio(1, whole.sums.answered)
    assert whole.value("aht").numerator == whole.sums.talk_s + whole.sums.acw_s == 240
    assert {one[0] for one in calls.formulas} == {"net_of_short"}
    assert found.before.whole.sums.offered == 1 and found.before.month == date(2026, 2, 1)
    contacts = found.now.contacts
    assert (contacts.contacts, contacts.interpreted, contacts.interpreter_minutes) == (8, 1, 12)
    # What was told in confidence has no reason here.
    assert contacts.by_reason == {"pothole": 6, "rare": 1, "": 1}
    assert [(one.code, one.passed, one.tried) for one in found.offices] == [("clerk", 1, 1)]
    assert found.outside == {"clerk"} and found.now.lost.share is None


def test_a_month_of_counts_says_what_it_does_not_know(tmp_path):
    make_queues()
    import_text(
        tmp_path, "time,calls,answered\n2026-03-10 08:00,5,4\n2026-03-10 08:30,2,2\n", "intervals", queue="calls"
    )
    whole = get_month(access=access_with(*RIGHTS), month=MARCH, now=NOW).now.whole
    assert whole.value("offered") == Ratio(7, 1) and whole.value("answered") == Ratio(6, 1)
    assert whole.level is None and whole.value("aht") is None and whole.value("transfer_rate") is None


def test_the_month_as_page_file_and_paper(march, client, monkeypatch):
    lost = Lost(rostered_s=80 * HOUR, sick_s=8 * HOUR, away_s=HOUR, broken_s=3 * HOUR)
    told = Told("test.month", MONTH_REPORT, lambda **given: lost if given["object_id"] == 202603 else None, VIEW)
    monkeypatch.setitem(registries.told, told.code, told)
    client.force_login(make_user("sue", roles=[make_role("sees_traffic", [VIEW])]))
    address, asked = reverse("traffic:month"), {"month": "2026-03", "queue": "calls"}
    with CaptureQueriesContext(connection) as many:
        page = client.get(address, asked).content.decode()
    assert len(many) < 45
    for words in (
        "March 2026", "15.0 %", "sick 8.0 h", "Passed on to ourselves", "A / (N - S)", "within 20 s", "County clerk",
        "another body", "With an interpreter", "Unplanned shrinkage", "other reasons, and none recorded", "pothole",
        "on=2026-03-10",
    ):  # fmt: skip
        assert words in page, words
    assert "rare" not in page, "a reason of one contact is about somebody"
    file = list(csv.reader(io.StringIO(client.get(address, {**asked, "as": "csv"}).content.decode("utf-8-sig"))))
    rows = {(one[0], one[1], one[2]): one[3:] for one in file}
    share, above, below = rows["Month", "2026-03", "Service level"]
    assert round(int(above) / int(below), 4) == float(share)
    assert rows["Month", "2026-03", "Unplanned shrinkage"] == ["0.15", str(12 * HOUR), str(80 * HOUR)]
    assert rows["Queue", "calls", "Contacts offered"] == rows["Day", "2026-03-10", "Contacts offered"]
    assert rows["Passed on to", "County clerk", "Reached"] == ["1", "1", "1"]
    paper = client.get(address, {**asked, "as": "pdf"})
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.content)).pages)
    assert "March 2026" in text and "15.0 %" in text and "County clerk" in text
    assert ReadEntry.objects.filter(object_type="traffic.month", purpose="file").count() == 2
    assert "Nothing came." in client.get(address, {"month": "2020-01"}).content.decode()


def test_who_may_not_see_traffic_sees_no_month(march, client):
    client.force_login(make_user("eve", roles=[make_role("nothing", [])]))
    assert client.get(reverse("traffic:month")).status_code == 403


def test_months_and_changes():
    assert span_of(date(2026, 12, 24)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert span_of(date(2024, 2, 1))[1] == date(2024, 2, 29)
    assert change(11.0, 10.0) == pytest.approx(0.1)
    assert change(1.0, 0.0) is None and change(None, 1.0) is None and change(1.0, None) is None
