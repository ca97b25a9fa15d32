"""Who reported in confidence: opened with a right and a reason, shown once, logged, and nothing for anybody else."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests import choices, services
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.audit import history_of, readers_of
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
NAME = "Rosa Quiet"


@pytest.fixture
def complaint(db):
    load_city(now=utc_now())
    rosa = services.Person(name=NAME, channel="sms", to="(423) 555-0142", language="es")
    return make_request("complaint", now=utc_now(), is_confidential=True, reporter=rosa)


def person(role: str, team: str = ""):
    return make_user(f"{role}_{team or 'none'}", roles=[role], teams=[make_team(team)] if team else [])


def page_of(row) -> str:
    return reverse("service_requests:reporter", args=[row.number])


def test_an_officer_says_why_and_sees_the_reporter_once(client, complaint):
    officer = person("records_officer")
    client.force_login(officer)
    detail = client.get(reverse("service_requests:detail", args=[complaint.number])).content.decode()
    assert "Open who reported" in detail and NAME not in detail
    asked = client.get(page_of(complaint))
    assert "Why you open it" in asked.content.decode() and NAME not in asked.content.decode()
    opened = client.post(page_of(complaint), {"reason": "Subpoena 26-114"})
    said = opened.content.decode()
    assert opened.status_code == 200 and NAME in said and "(423) 555-0142" in said
    assert "no-store" in opened["Cache-Control"]
    assert "Location" not in opened and "Quiet" not in str(dict(opened.items()))
    assert NAME not in client.get(page_of(complaint)).content.decode()
    history = history_of(choices.OBJECT_TYPE, complaint.pk)[0]
    assert (history.actor, history.sentence, history.reason) == (officer.name, "opened the identity", "Subpoena 26-114")
    assert "identity" in {one["purpose"] for one in readers_of(choices.OBJECT_TYPE, complaint.pk)}
    told = client.get(reverse("service_requests:detail", args=[complaint.number])).content.decode()
    assert "opened the identity" in told and "Reason: Subpoena 26-114" in told and NAME not in told


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_without_a_fit_reason_the_error_stands_beside_the_field_and_nothing_is_logged(client, complaint, reason):
    client.force_login(person("records_officer"))
    answer = client.post(page_of(complaint), {"reason": reason})
    assert answer.status_code == 400 and NAME not in answer.content.decode()
    assert 'id="f-reason-error"' in answer.content.decode()
    assert "identity_opened" not in str([one.code for one in history_of(choices.OBJECT_TYPE, complaint.pk)])


def test_an_investigator_opens_what_is_assigned_and_knows_of_nothing_else(client, complaint):
    assert complaint.team is not None
    client.force_login(person("investigator", complaint.team.code))
    assert NAME in client.post(page_of(complaint), {"reason": "Interview"}).content.decode()
    client.force_login(person("investigator", "night_crew"))
    assert client.get(page_of(complaint)).status_code == 404


@pytest.mark.parametrize(
    "role",
    ["representative", "coordinator", "supervisor", "department_lead", "department_worker", "auditor", "director"],
)
def test_for_all_others_there_is_no_such_page(client, complaint, role):
    client.force_login(person(role, complaint.team.code))
    assert client.get(page_of(complaint)).status_code == 404
    answer = client.post(page_of(complaint), {"reason": "Curious"})
    assert answer.status_code == 404 and NAME not in answer.content.decode()
    detail = client.get(reverse("service_requests:detail", args=[complaint.number]))
    assert "Open who reported" not in detail.content.decode()


def test_an_open_request_and_an_anonymous_one_have_nobody_to_open(client, complaint):
    client.force_login(person("records_officer"))
    plain = make_request(
        "pothole", now=utc_now(), reporter=services.Person(name="Ana", channel="email", to="a@x.example")
    )
    nameless = make_request("complaint", now=utc_now(), is_confidential=True, is_anonymous=True)
    for row in (plain, nameless):
        assert client.get(page_of(row)).status_code == 404
        assert client.post(page_of(row), {"reason": "Curious"}).status_code == 404


def test_it_reads_in_spanish(client, complaint):
    officer = person("records_officer")
    officer.language = "es"
    officer.save(update_fields=["language"])
    client.force_login(officer)
    assert "Abrir qui\u00e9n inform\u00f3" in client.get(page_of(complaint)).content.decode()
    assert "Inform\u00f3 en confianza" in client.post(page_of(complaint), {"reason": "Citaci\u00f3n"}).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_asks_and_shows_without_a_mouse_and_without_sideways_scrolling(desk_page, axe, complaint, width):
    page = desk_page(user=person("records_officer"))
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(reverse("service_requests:detail", args=[complaint.number]))
    page.click("text=Open who reported")
    page.wait_for_selector("#f-reason")
    axe(page)
    page.eval_on_selector("#f-reason", "field => field.removeAttribute('required')")
    page.focus("#f-reason")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-reason-error")
    axe(page)
    page.fill("#f-reason", "Subpoena 26-114")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"text={NAME}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert "Rosa" not in page.url
