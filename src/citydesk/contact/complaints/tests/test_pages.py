"""The pages as people of each duty use them; the letter on paper; what a caller and a find box hear."""

import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citydesk.city.staff import queries as staff_queries
from citydesk.city.staff import services as staff_services
from citydesk.contact.complaints import queries, services
from citydesk.contact.complaints.tests import factories
from citydesk.contact.complaints.tests.factories import act
from citydesk.contact.service_requests.tests.factories import make_request, staff
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db):
    factories.load_city(now=utc_now())
    return factories.people()


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff_queries.user_with_rights(access.actor.id, utc_now()))
    return client


def page(row) -> str:
    return reverse("complaints:detail", args=[row.number])


def do(client, row, name, **given):
    return client.post(reverse("complaints:act", args=[row.number]), {"act": name, **given})


def words_of(pdf: bytes, tmp_path) -> str:
    """The printed letter as a reader of text gets it."""
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)
    if shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    from pypdf import PdfReader

    return "\n".join(one.extract_text() for one in PdfReader(file).pages)


def test_a_complaint_through_its_pages(who):
    request = make_request("complaint", now=utc_now(), description="The driver shouted")
    opener, vera, big = client_of(who.opener), client_of(who.vera), client_of(who.big)
    fold = opener.get(reverse("complaints:of_request", args=[request.number])).content.decode()
    assert "No complaint." in fold and "Open a complaint" in fold
    form = opener.get(reverse("complaints:open", args=[request.number])).content.decode()
    assert "Conduct of an employee" in form and "The driver shouted" in form
    answer = opener.post(reverse("complaints:open", args=[request.number]), {"class_code": "conduct", "language": "es"})
    row = queries.list_complaints(who.vera).get()
    assert answer["Location"] == page(row)
    assert do(vera, row, "take_up").status_code == 302
    refused = do(vera, row, "plan", summary="Say sorry", kind_0="credit", words_0="Bill", amount_0="twelve")
    assert refused.status_code == 400 and "This is not an amount of money" in refused.content.decode()
    assert "Say sorry" in refused.content.decode()
    plan = {"kind_0": "credit", "words_0": "Bill", "amount_0": "1,200.50", "kind_1": "apology", "words_1": "Letter"}
    assert do(vera, row, "plan", summary="Say sorry", **plan).status_code == 302
    assert do(vera, row, "submit").status_code == 302
    shown = big.get(page(row)).content.decode()
    assert "$1,200.50" in shown and "2 different people must agree." in shown
    own = vera.get(page(row)).content.decode()
    assert "Approve the plan" not in own
    assert do(vera, row, "approve").status_code == 403
    assert do(big, row, "approve").status_code == 302
    assert "You have agreed already" in big.get(page(row)).content.decode()
    assert "no-store" in big.get(page(row))["Cache-Control"]


def test_the_page_costs_the_same_whatever_was_said(who, no_look_is_due, django_assert_num_queries):
    now = utc_now()
    first = factories.submitted(who, now=now)
    client = client_of(who.vera)
    client.get(page(first))
    with CaptureQueriesContext(connection) as before:
        client.get(page(first))
    for n in range(10):
        act(first, services.write_log, who.vera, now, kind="contact", words=f"Call {n}", happened_at=now)
    with django_assert_num_queries(len(before)):
        assert "Call 9" in client.get(page(first)).content.decode()
    assert len(before) <= 24


def test_lists_and_opening_pages_show_what_waits_for_the_reader(who):
    row = factories.submitted(who, now=utc_now())
    assert [one["number"] for one in queries.list_own(who.vera)] == [row.number]
    assert [one["number"] for one in queries.list_to_approve(who.big)] == [row.number]
    assert queries.list_to_approve(who.vera) == [] == queries.list_own(who.emil)
    vera, big = client_of(who.vera), client_of(who.big)
    for client, show, is_there in (
        (vera, "mine", True),
        (vera, "to_approve", False),
        (big, "to_approve", True),
        (vera, "appeals", False),
        (vera, "open", True),
    ):
        said = client.get(reverse("complaints:list"), {"show": show}).content.decode()
        assert (row.number in said) is is_there, show
    assert row.number not in client_of(staff("other", "supervisor")).get(reverse("complaints:list")).content.decode()
    assert queries.find_complaints(who.vera, row.number, 5) and not queries.find_complaints(who.vera, "driver", 5)
    assert queries.find_complaints(staff("clerk", "coordinator"), row.number, 5) == []


@pytest.mark.parametrize(("language", "sentences"), [
    ("en", ("Our decision on your complaint", "Settled by agreement", "You may appeal", "Credit: Two months")),
    ("es", ("Nuestra decisión sobre su queja", "de común acuerdo", "Usted puede apelar", "Crédito: Two months")),
])  # fmt: skip
def test_the_letter_on_paper_is_tagged_and_in_the_residents_language(who, language, sentences, tmp_path):
    now = utc_now()
    row = factories.accepted(who, now=now)
    decided = services.Decision("settled", "The driver was spoken to.\n\nWe are sorry.", factories.TO, language)
    act(row, services.decide, who.vera, now, decision=decided)
    letter = row.letters.get()
    address = reverse("complaints:letter", args=[letter.pk])
    assert client_of(staff("clerk", "representative")).get(address).status_code == 403
    assert client_of(staff("chief", "supervisor")).get(address).status_code == 404
    answer = client_of(who.small).get(address)
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    text = " ".join(words_of(answer.content, tmp_path).split())
    for sentence in (*sentences, row.number, "The driver was spoken to.", "$100.00", "Ana Ruiz", "1218 Oak St, Apt 4"):
        assert sentence in text, text
    assert ("Draft, not approved" if language == "en" else "Borrador, sin aprobar") in text
    assert b"/StructTreeRoot" in answer.content and b"/Lang" in answer.content
    act(row, services.approve_letter, who.small, now)
    assert "raft" not in words_of(client_of(who.small).get(address).content, tmp_path)


def test_small_figures_are_hidden_from_those_who_do_not_read_everything(who):
    now = utc_now()
    for _ in range(2):
        factories.opened(who, now=now)
    for _ in range(6):
        request = make_request("pothole", now=now)
        services.open_complaint(request_number=request.number, class_code="service_failure", access=who.opener, now=now)
    today = now.date()
    days = {"first": today - timedelta(days=2), "last": today + timedelta(days=2)}
    seen = queries.figures(**days, sees_small=True)
    assert {one["code"]: one["opened"] for one in seen.rows} == {"conduct": 2, "service_failure": 6}
    hidden = queries.figures(**days, sees_small=False)
    # The two are hidden, and the six with them: beside the total of eight they would tell the two.
    assert {one["code"]: one["opened"] for one in hidden.rows} == {"conduct": None, "service_failure": None}
    assert hidden.total["opened"] == 8 and hidden.is_hidden
    page_of_auditor = client_of(staff("aud", "auditor")).get(reverse("complaints:figures")).content.decode()
    assert "are hidden" in page_of_auditor and "&lt; 5" in page_of_auditor


def test_spanish_pages_are_spanish(who):
    row = factories.submitted(who, now=utc_now())
    staff_services.set_language(user_id=who.big.actor.id, language="es", now=utc_now())
    said = client_of(who.big).get(page(row), headers={"accept-language": "es"}).content.decode()
    assert "Aprobar el plan" in said and "Conducta de un empleado" in said and "Approve" not in said
