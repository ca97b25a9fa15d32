"""A complainant who calls back proves number and code word, hears how the complaint stands; nobody learns more."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.complaints import services
from citydesk.contact.complaints.tests import factories
from citydesk.contact.complaints.tests.factories import act
from citydesk.contact.service_requests.services import Person
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
SECRETS = ("The driver shouted", "Two months", "100.00", "She agrees", "spoken to", "Ana Ruiz", "Conduct")


@pytest.fixture
def who(db):
    factories.load_city(now=utc_now())
    return factories.people()


@pytest.fixture
def clerk(client):
    client.force_login(make_user("dana", roles=["representative"]))
    return client


def told(clerk, number, word="Blue Heron", **more) -> tuple[int, str]:
    """What the clerk gets to read, and that it holds nothing of the complaint."""
    answer = clerk.post(
        reverse("desk:code_word"), {"word_number": number, "word_code": word, **more}, headers={"hx-request": "true"}
    )
    said = answer.content.decode()
    assert not [one for one in SECRETS if one in said]
    return answer.status_code, said


def test_the_public_words_come_by_the_requests_number_or_the_complaints(who, clerk):
    now = utc_now()
    row = factories.opened(who, now=now, reporter=Person("Ana Ruiz", code_word="blue heron"))
    status, said = told(clerk, row.request_number)
    assert status == 200 and "Nobody has taken it up yet." in said and row.number in said
    act(row, services.take_up, who.vera, now)
    act(row, services.propose_plan, who.vera, now, summary="Credit", offers=factories.credit())
    status, said = told(clerk, row.number)
    assert status == 200 and "is being looked into" in said
    status, said = told(clerk, row.number, language="es")
    assert status == 200 and "Su queja se está examinando." in said


def test_a_wrong_word_says_nothing_and_an_unknown_complaint_the_same(who, clerk):
    now = utc_now()
    row = factories.opened(who, now=now, reporter=Person("Ana Ruiz", code_word="blue heron"))
    wrong, unknown = told(clerk, row.number, "red heron"), told(clerk, "CP-26-999999-Z", "red heron")
    assert wrong[0] == unknown[0] == 400
    assert "do not fit together" in wrong[1] and "do not fit together" in unknown[1] and "looked into" not in wrong[1]


def test_a_decision_is_heard_only_after_its_letter_was_approved(who, clerk):
    now = utc_now()
    row = factories.accepted(who, now=now, reporter=Person("Ana Ruiz", code_word="blue heron"))
    act(row, services.decide, who.vera, now, decision=factories.decision())
    assert "is being looked into" in told(clerk, row.request_number)[1]
    act(row, services.approve_letter, who.small, now)
    assert "about to be mailed" in told(clerk, row.request_number)[1]
    act(row, services.print_letter, who.vera, now)
    act(row, services.mail_letter, who.vera, now)
    said = told(clerk, row.request_number)[1]
    assert "The letter was mailed." in said and "Appeal possible until" in said
