"""The pages as people meet them: what they show, refuse, and ask of the database."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.problems import services
from citydesk.contact.problems.models import Detection, Problem, Research
from citydesk.contact.problems.tests.factories import DAY, load_city, reported, worker
from citydesk.contact.service_requests.tests.test_pages import statements
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city():
    load_city(now=utc_now())


def sign_in(client, role="supervisor", username="pam"):
    user = make_user(username, roles=[role], teams=[make_team("public_works")])
    client.force_login(user)
    return user


def find(client):
    for days in (60, 30, 2):
        reported(days, now=utc_now())
    services.detect(now=utc_now())
    return Detection.objects.get(by="address")


def test_from_the_list_of_recurrences_to_a_closed_problem(client):
    user = sign_in(client)
    one = find(client)
    assert "3 times “Pothole”" in client.get(reverse("problems:found_list")).content.decode()
    decide = reverse("problems:decide", args=[one.pk])
    refused = client.post(decide, {"act": "dismiss", "reason": ""})
    assert refused.status_code in (400, 422) and "Write something first." in refused.content.decode()
    answer = client.post(decide, {"act": "open", "title": "Holes at 1218 Oak"})
    row = Problem.objects.get()
    assert answer["Location"].endswith(f"/{row.number}/")
    act = reverse("problems:act", args=[row.number])
    early = client.post(act, {"act": "ask", "department": row.department_id, "text": "x", "due_at": "2099-01-01"})
    assert "Write analysis and recommendation first." in early.content.decode()
    client.post(act, {"act": "write", "title": row.title, "analysis": "Drain", "recommendation": "Rebuild"})
    client.post(act, {"act": "remedied", "remedied_at": (utc_now() - 40 * DAY).date().isoformat()})
    page = client.get(reverse("problems:detail", args=[row.number])).content.decode()
    assert "Too few to say" in page and "Effect measured" in page
    client.post(act, {"act": "research", "question": "Why?", "assignee": user.pk, "due_at": "2099-01-01"})
    assert Research.objects.get().problem_id == row.pk
    task = reverse("problems:research_act", args=[Research.objects.get().pk])
    client.post(task, {"act": "answer", "finding": "Old", "sources": "Archive"})
    client.post(act, {"act": "close", "result": "improved", "text": "Two fewer"})
    row.refresh_from_db()
    assert (row.state, row.result) == ("closed", "improved")
    assert client.get(reverse("problems:list") + "?show=closed").content.decode().count("data-open href") == 1


def test_the_paper_is_a_pdf(client):
    sign_in(client)
    one = find(client)
    number = services.open_problem(title="Holes", detection_id=one.pk, access=worker(), now=utc_now())
    paper = client.get(reverse("problems:print", args=[number]))
    assert paper["Content-Type"] == "application/pdf" and paper.content[:5] == b"%PDF-"


def test_the_fold_on_the_request_page_asks_research(client):
    user = sign_in(client)
    row = reported(2, now=utc_now())
    page = client.get(reverse("service_requests:detail", args=[row.number])).content.decode()
    fold = reverse("problems:of_request", args=[row.number])
    assert fold in page and "Problems and research" in page
    assert "It is in no problem" in client.get(fold).content.decode()
    ask = reverse("problems:ask", args=[row.number])
    assert client.post(ask, {"question": ""}).status_code in (400, 422)
    asked = client.post(ask, {"question": "Who paved it?", "assignee": user.pk, "due_at": "2099-01-01"})
    assert "Who paved it?" in asked.content.decode()


def test_the_request_page_costs_no_statement_more(client, no_look_is_due):
    sign_in(client)
    row = reported(2, now=utc_now())
    bare = statements(client, reverse("service_requests:detail", args=[row.number]))
    user = make_user("fay", roles=["representative"])
    services.ask_research(
        question="Why?",
        assignee_id=user.pk,
        due_at=utc_now() + DAY,
        request_number=row.number,
        access=worker(),
        now=utc_now(),
    )
    assert statements(client, reverse("service_requests:detail", args=[row.number])) == bare


def test_lists_cost_the_same_at_few_and_many_rows(client, no_look_is_due):
    sign_in(client)
    boss = worker()
    rows = [reported(days, line=f"{days} Elm St", now=utc_now()) for days in range(1, 13)]
    for row in rows[:2]:
        services.open_problem(title=row.number, request_numbers=[row.number], access=boss, now=utc_now())
    few = statements(client, reverse("problems:list"))
    for row in rows[2:]:
        services.open_problem(title=row.number, request_numbers=[row.number], access=boss, now=utc_now())
    assert statements(client, reverse("problems:list")) == few


def test_opening_pages_name_what_waits(client):
    sign_in(client)
    find(client)
    assert "Repeating problems" in client.get(reverse("desk:home")).content.decode()
    sign_in(client, "department_worker", "wes")
    assert client.get(reverse("desk:home")).status_code == 200


def test_in_spanish_nothing_is_left_in_english(client):
    user = sign_in(client)
    user.language = "es"
    user.save(update_fields=["language"])
    one = find(client)
    page = client.get(reverse("problems:found", args=[one.pk])).content.decode()
    assert "veces" in page and "The rule" not in page
