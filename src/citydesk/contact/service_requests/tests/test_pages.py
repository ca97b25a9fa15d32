"""The pages as a clerk meets them: what they show, what they ask of the database, what they refuse."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import LIST_CODE
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, everything, load_city, make_request, place
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import taken_lately
from citydesk.kernel.metrics import tallied
from citydesk.kernel.tests.taking import take_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city():
    load_city()


def sign_in(client, username="pam", role="supervisor", team="public_works") -> Any:
    user = make_user(username, roles=[role], teams=[make_team(team)] if team else [])
    client.force_login(user)
    return user


def statements(client, url: str) -> int:
    """SQL statements of a page that was opened before. What happens once in some seconds (is the profile still the
    same, when was the reader last seen) is not the page's: the least of a few openings counts."""
    counts = []
    for _ in range(4):
        with tallied() as tally:
            assert client.get(url).status_code == 200
        counts.append(tally.statements)
    return min(counts)


def test_the_queue_shows_the_teams_open_work_soonest_due_first(client):
    sign_in(client)
    row = make_request("pothole")
    make_request("uncoded", place=None)
    page = client.get(reverse("service_requests:queue"))
    text = page.content.decode()
    assert page.status_code == 200 and row.number in text and "Pothole" in text
    assert "Unassigned" in text and text.count("data-open href") == 1


def test_the_queue_costs_the_same_at_five_and_at_fifty_rows(client, no_look_is_due):
    sign_in(client)
    for _ in range(5):
        make_request("pothole")
    few = statements(client, reverse("service_requests:queue"))
    for _ in range(45):
        make_request("pothole")
    many = statements(client, reverse("service_requests:queue"))
    assert many == few
    assert many <= 6, many


def test_filters_are_posted_and_words_are_sealed_in_the_address(client):
    sign_in(client)
    make_request("pothole", description="a deep hole near the school")
    answer = client.post(reverse("service_requests:filter"), {"q": "school", "show": "open"})
    assert answer.status_code == 302 and "school" not in answer["Location"]
    assert client.get(answer["Location"]).content.decode().count("data-open href") == 1
    assert (
        client.get(reverse("service_requests:queue") + "?q=nothinglikeit").content.decode().count("data-open href") == 0
    )


@pytest.mark.parametrize(
    "query",
    [
        "show=open&due=late",
        "show=closed",
        "show=closed&closed_on=today",
        "show=all&status=on_hold&status=waiting",
        "show=open&owner=me&mark=returned",
        "show=open&owner=nobody&code=pothole",
        "show=open&district=4&due=today",
        "show=held",
        "show=nonsense&team=99999999999",
    ],
)
def test_every_view_opens(client, query):
    sign_in(client)
    make_request("pothole")
    assert client.get(f"{reverse('service_requests:queue')}?{query}").status_code == 200


def test_paging_keeps_its_place(client):
    sign_in(client)
    for at in range(60):
        make_request("pothole", now=MORNING + timedelta(minutes=at))
    first = client.get(reverse("service_requests:queue"))
    assert first.content.decode().count("data-open href") == 50
    # What leads nowhere is no link.
    assert 'data-page="later"' in first.content.decode() and 'data-page="earlier"' not in first.content.decode()
    later = first.context["page"].next_url if first.context else ""
    if later:
        assert client.get(reverse("service_requests:queue") + later).content.decode().count("data-open href") == 10


def test_exports_are_what_is_shown(client):
    sign_in(client)
    row = make_request("pothole", place=place("=1+1"))
    answer = take_file(client, reverse("service_requests:queue") + "?show=open&as=csv")
    text = b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    assert row.number in text and "'=1+1" in text


def test_a_file_of_requests_is_asked_why_and_leaves_a_trace(client):
    user = sign_in(client)
    make_request("pothole")
    make_request("pothole")
    address = reverse("service_requests:queue") + "?show=open&as=csv"
    assert "2 rows leave the house." in client.get(address).content.decode()
    nothing_said = client.post(reverse("kernel:take_out"), {"address": address, "reason": "  "})
    assert nothing_said.status_code == 422 and "Say why" in nothing_said.content.decode()
    elsewhere = client.post(reverse("kernel:take_out"), {"address": "//evil.example/desk/", "reason": "x"})
    assert elsewhere.status_code == 404
    sent = client.post(reverse("kernel:take_out"), {"address": address, "reason": "For the council"})
    assert "council" not in sent.headers["Location"]
    assert client.get(sent.headers["Location"])["content-type"].startswith("text/csv")
    [line] = taken_lately(LIST_CODE)
    assert (line.actor, line.reason, line.after["count"]) == (user.name, "For the council", 2)
    # The address with the reason in it serves nobody else, and no other list.
    stranger = Client()
    sign_in(stranger, username="stranger")
    assert b'name="reason"' in stranger.get(sent.headers["Location"]).content
    assert len(taken_lately(LIST_CODE)) == 1


def test_bulk_assigning_takes_what_it_can_and_says_what_was_refused(client):
    user = sign_in(client)
    one, two = make_request("pothole"), make_request("pothole")
    answer = client.post(
        reverse("service_requests:bulk"),
        {"id": [one.pk, two.pk], "act": "take", "query": "show=open"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200 and "2 done" in answer.content.decode()
    assert set(ServiceRequest.objects.values_list("owner_id", flat=True)) == {user.pk}


def test_the_request_page_shows_everything_in_few_statements(client, no_look_is_due):
    sign_in(client)
    access = everything("forestry_crew_2")
    row = make_request(
        "tree_down",
        answers={"wires": "no", "lanes": "all", "way_out": "no"},
        reporter=services.Person("Henrike Dahl", "email", "h@x.example"),
        followers=(services.Person("Rubén Garcia", "sms", "+14235550111", "es"),),
    )
    services.add_note(request_id=row.pk, text="Hydrant under the crown.", access=access, now=MORNING + HOUR)
    services.hold(
        request_id=row.pk,
        reason="other_agency",
        review_at=MORNING + timedelta(days=1),
        access=access,
        now=MORNING + HOUR,
    )
    services.resume(request_id=row.pk, access=access, now=MORNING + HOUR + timedelta(minutes=14))
    url = reverse("service_requests:detail", args=[row.number])
    text = client.get(url).content.decode()
    for words in (
        "Tree down, blocking",
        "Henrike Dahl",
        "All lanes",
        "Rule 18",
        "Make safe",
        "Hydrant",
        "Paused 14 min",
    ):
        assert words in text, words
    assert statements(client, url) <= 12


def test_a_refused_move_comes_back_with_what_was_typed(client):
    sign_in(client)
    row = make_request("pothole")
    url = reverse("service_requests:act", args=[row.number])
    answer = client.post(
        url,
        {"act": "close_other", "reason": "not_ours", "text": "The state repaired it."},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert answer.status_code == 400 and "The state repaired it." in text and "the reason does not" in text


def test_moves_by_the_page(client):
    sign_in(client)
    row = make_request("pothole", now=utc_now())
    url = reverse("service_requests:act", args=[row.number])
    for given, state in (
        ({"act": "start", "version": "1"}, "in_progress"),
        (
            {"act": "hold", "hold_reason": "weather", "review_at": (utc_now() + timedelta(days=2)).date().isoformat()},
            "on_hold",
        ),
        ({"act": "resume"}, "in_progress"),
        ({"act": "ask", "question": "Which side?"}, "waiting"),
        ({"act": "answered"}, "in_progress"),
        ({"act": "refer", "to": "State DOT", "reason": "state road"}, "referred"),
        ({"act": "back", "answer": "not ours", "outcome": "returned"}, "in_progress"),
        ({"act": "close_done", "text": "Filled."}, "closed"),
        ({"act": "reopen", "reason": "still there"}, "open"),
    ):
        assert client.post(url, given).status_code == 302, given
        assert ServiceRequest.objects.get(pk=row.pk).state == state, given


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_an_act_that_takes_the_request_out_of_sight_says_so(client, headers):
    sign_in(client, role="department_lead")
    row = make_request("pothole", now=utc_now())
    url = reverse("service_requests:act", args=[row.number])
    answer = client.post(url, {"act": "return", "reason": "It is a state road"}, headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 200 and row.number in text and "went on to others" in text
    assert ("<html" in text) is (not headers)
    assert client.get(reverse("service_requests:detail", args=[row.number])).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["assign", "hold", "ask", "back", "refer", "close_done", "close_other", "return", "reopen", "work_order", "follow"],
)
def test_every_panel_opens(client, name):
    sign_in(client)
    row = make_request("pothole")
    assert client.get(reverse("service_requests:move_panel", args=[row.number, name])).status_code == 200


def test_the_small_pages_open(client):
    sign_in(client)
    row, other = make_request("tree_down"), make_request("tree_down")
    for name in ("peek", "near", "beside", "route", "correct", "print"):
        answer = client.get(reverse(f"service_requests:{name}", args=[row.number]))
        assert answer.status_code == 200, name
    assert other.number in client.get(reverse("service_requests:near", args=[row.number])).content.decode()
    assert client.get(reverse("service_requests:catalog") + "?q=fallen").status_code == 200
    assert client.get(reverse("service_requests:code", args=["tree_down"])).status_code == 200
    many = client.get(reverse("service_requests:print_many"), {"id": [row.pk, other.pk]})
    assert many["Content-Type"] == "application/pdf" and many.content[:4] == b"%PDF"


def test_correcting_by_the_page(client):
    sign_in(client)
    row = make_request("tree_down")
    answer = client.post(
        reverse("service_requests:correct", args=[row.number]),
        {
            "code": "tree_down",
            "was_code": "tree_down",
            "q.wires": "no",
            "q.lanes": "all",
            "q.way_out": "no",
            "place": row.place_label,
            "was_place": row.place_label,
            "description": row.description,
            "was_description": row.description,
            "reason": "caller called back",
        },
    )
    assert answer.status_code == 302
    assert ServiceRequest.objects.get(pk=row.pk).urgency == "emergency"


def test_confidential_requests_are_not_there_for_who_may_not_see_them(client):
    sign_in(client, "clara", "representative", "public_works")
    row = make_request("complaint", place=None, reporter=services.Person("Secret Name", "email", "s@x.example"))
    assert client.get(reverse("service_requests:detail", args=[row.number])).status_code == 404
    assert row.number not in client.get(reverse("service_requests:queue") + "?show=open").content.decode()


def test_the_team_of_a_confidential_request_sees_it_without_the_reporter(client):
    sign_in(client, "clara", "representative", "desk_311")
    row = make_request("complaint", place=None, reporter=services.Person("Secret Name", "email", "s@x.example"))
    text = client.get(reverse("service_requests:detail", args=[row.number])).content.decode()
    assert row.number in text and "Secret Name" not in text and "s@x.example" not in text


def test_spanish_pages_speak_spanish(client):
    user = sign_in(client)
    user.language = "es"
    user.save(update_fields=["language"])
    row = make_request("pothole")
    text = client.get(
        reverse("service_requests:detail", args=[row.number]), headers={"Accept-Language": "es"}
    ).content.decode()
    assert "Bache" in text
