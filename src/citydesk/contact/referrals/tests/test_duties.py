"""Violations with evidence and outcome; obligations with days, reminders and proofs."""

from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.referrals import queries, rules, services
from citydesk.contact.referrals.models import DueDate, Violation
from citydesk.contact.referrals.tests.factories import AGENCIES, load_with_agencies, sender
from citydesk.contact.service_requests.tests.factories import MORNING, make_request
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

TODAY = date(2026, 11, 24)
OWED = """
[obligation.storm]
name = {en = "Storm report", es = "Informe pluvial"}
regulator = "roads"
citation = "Code 12"
recurrence = "monthly"
first_due = 2026-10-31
remind_days = 10
remind_to = "works@example.org"
"""


@pytest.fixture
def city(db):
    load(MORNING)


def load(now):
    folder = Path(settings.PROFILES_DIR) / "riverton" / "templates"
    words = {f"templates/{one.name}": one.read_text() for one in folder.glob("obligation_due.*.md")}
    load_with_agencies({"agencies.toml": AGENCIES, "obligations.toml": OWED, **words}, now=now)


def photo(name="proof.jpg"):
    raw = BytesIO()
    Image.new("RGB", (40, 30), "gray").save(raw, "JPEG")
    return SimpleUploadedFile(name, raw.getvalue(), "image/jpeg")


def report(access, **more):
    values = {"agency_code": "roads", "title": "Oil in the creek", "text": "A slick", "happened_on": TODAY, **more}
    return services.report_violation(**values, access=access, now=MORNING)


def test_a_violation_is_reported_with_evidence_followed_and_closed_with_its_outcome(city):
    boss = sender()
    request = make_request()
    number = report(boss, files=[photo()], request_number=request.number, citation="Water Code 3")
    row, files, history = queries.get_violation(boss, number)
    assert number.startswith("VR-26-") and len(files) == 1 and row.place_label == request.place_label
    assert row.answer_due_at == MORNING + timedelta(days=1) and len(history) == 1
    follow = {"violation_id": row.pk, "access": boss, "now": MORNING}
    services.follow_violation(state="taken", external_number="ST-1", **follow)
    for wrong in ({}, {"outcome": "fined"}, {"outcome": "fined", "outcome_on": TODAY + timedelta(days=1)}):
        with pytest.raises(Invalid):
            services.follow_violation(state="closed", **wrong, **follow)
    services.follow_violation(state="closed", outcome="fined", outcome_on=TODAY, outcome_text="$500", **follow)
    assert Violation.objects.get().outcome == "fined"
    with pytest.raises(Conflict):
        services.follow_violation(state="taken", **follow)


def test_a_report_needs_an_agency_words_and_a_day_that_was(city):
    boss = sender()
    for wrong, field in (
        ({"agency_code": "x"}, "agency"),
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
        ({"happened_on": None}, "happened_on"),
    ):
        with pytest.raises(Invalid) as refused:
            report(boss, **wrong)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        report(sender("clerk", "representative"))
    # What belongs to a confidential request is not there for whoever does not see that.
    secret = make_request(is_confidential=True)
    with pytest.raises(NotFound):
        report(boss, request_number=secret.number)


def test_days_are_planned_once_reminded_once_and_filed_with_proof(city):
    boss = sender()
    days = list(DueDate.objects.order_by("due_on").values_list("due_on", flat=True))
    assert days[:4] == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]
    assert date(2027, 2, 28) in days and services.plan_dues(today=TODAY) == 0
    assert [services.remind_obligations(now=MORNING) for _again in range(2)] == [2, 0]
    first = DueDate.objects.order_by("due_on").first()
    (mail,) = correspondence.list_messages("referrals.obligation", first.pk)
    assert "Storm report" in mail["body"]
    assert queries.count_dues(boss, TODAY) == {"overdue": 1, "soon": 1}
    filing = {"due_id": first.pk, "note": "", "access": boss, "now": MORNING}
    with pytest.raises(Invalid):
        services.file_obligation(filed_on=TODAY, proof=None, **filing)
    with pytest.raises(Invalid):
        services.file_obligation(filed_on=TODAY + timedelta(days=1), proof=photo(), **filing)
    services.file_obligation(filed_on=TODAY, proof=photo(), **filing)
    assert queries.count_dues(boss, TODAY)["overdue"] == 0
    with pytest.raises(Conflict):
        services.file_obligation(filed_on=TODAY, proof=photo(), **filing)
    with pytest.raises(NotAllowed):
        queries.list_dues(sender("clerk", "representative"))


@given(
    first=st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    recurrence=st.sampled_from(["once", "monthly", "quarterly", "yearly"]),
    length=st.integers(0, 900),
)
def test_due_days_rise_lie_within_and_keep_their_day(first, recurrence, length):
    until = first + timedelta(days=length)
    days = list(rules.due_dates(first, recurrence, since=first, until=until))
    assert days[0] == first and days == sorted(set(days)) and days[-1] <= until
    assert all(day.day == first.day or day.day == (day + timedelta(days=1) - timedelta(days=1)).day for day in days)
    assert all(day.day <= first.day for day in days)
    months = {"once": 0, "monthly": 1, "quarterly": 3, "yearly": 12}[recurrence]
    for earlier, later in pairwise(days):
        assert (later.year * 12 + later.month) - (earlier.year * 12 + earlier.month) == months


def test_pages_of_violations_and_obligations(client, db):
    load(utc_now())
    client.force_login(make_user("boss", roles=["supervisor"]))
    refused = client.post("/desk/referrals/violations/new/", {"title": "Oil"})
    assert refused.status_code == 400 and b"Choose the agency in charge." in refused.content
    given = {"agency": "roads", "title": "Oil", "text": "A slick", "happened_on": "2026-11-01", "files": photo()}
    made = client.post("/desk/referrals/violations/new/", given)
    assert made.status_code == 302 and b"proof.jpg" in client.get(made.url).content
    assert client.post(made.url, {"state": "closed"}).status_code == 400
    assert client.post(made.url, {"state": "taken"}).status_code == 302
    assert b"Oil" in client.get("/desk/referrals/violations/").content
    assert client.get("/desk/referrals/violations/?as=csv").status_code == 200
    assert b"Storm report" in client.get("/desk/referrals/obligations/").content
    one = DueDate.objects.order_by("due_on").first()
    door = f"/desk/referrals/obligations/{one.pk}/"
    assert b"Add the proof" in client.post(door, {"filed_on": "2026-11-01"}).content
    assert client.post(door, {"filed_on": "2026-11-01", "proof": photo()}).status_code == 302
    assert b"proof.jpg" in client.get(door).content
