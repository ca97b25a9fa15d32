"""A reader chooses columns and their order: for every look at the queue, and for a saved view; files follow."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests.queries.columns import (
    ALWAYS,
    NAMES,
    USUAL,
    choices_of,
    columns_posted,
    columns_shown,
)
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.clock import utc_now
from citydesk.kernel.tests.taking import take_file

pytestmark = pytest.mark.django_db
QUEUE = "service_requests:queue"


@pytest.fixture(autouse=True)
def _city(client):
    load_city(now=utc_now())
    client.force_login(make_user("pam", roles=["supervisor"], teams=[make_team("public_works")]))
    make_request("pothole", now=utc_now())


def heads(client, query="") -> list[str]:
    text = client.get(reverse(QUEUE) + query).content.decode()
    head = text.split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<th scope="col".*?</th>', head, re.S)]


def test_the_usual_columns_stand_until_others_are_chosen_and_come_back(client):
    usual = heads(client)
    assert usual[:6] == ["Due", "Status", "Number", "Code", "Place", "District"]
    asked = {"place": "1", "number": "2", "received": "3", "due": "", "query": "show=open"}
    answer = client.post(reverse("service_requests:columns"), asked)
    assert answer["Location"].endswith("?show=open")
    assert heads(client) == ["Place", "Number", "Received"]
    client.post(reverse("service_requests:columns"), {"usual": "1"})
    assert heads(client) == usual


def test_a_saved_view_keeps_its_columns_while_one_pages_sorts_and_filters(client):
    client.post(reverse("service_requests:columns"), {"number": "1", "team": "2", "query": "show=open"})
    page = client.get(reverse(QUEUE) + "?show=open").content.decode()
    saves = re.search(r'name="query" value="([^"]*)"[^>]*>(?=<div[^>]*>\s*<label[^>]*for="view-name")', page)
    query = saves[1].replace("&amp;", "&") if saves else "show=open&cols=number.team"
    assert "cols=number.team" in query
    client.post(reverse("service_requests:keep_view"), {"name": "By team", "query": query})
    client.post(reverse("service_requests:columns"), {"usual": "1"})
    assert heads(client, f"?{query}") == ["Number", "Team"] and len(heads(client)) == len(USUAL)
    posted = client.post(reverse("service_requests:filter"), {"show": "open", "cols": "number.team"})
    assert "cols=number.team" in posted["Location"]


def test_files_have_the_columns_that_are_seen(client):
    client.post(reverse("service_requests:columns"), {"age": "1", "number": "2"})
    lines = b"".join(take_file(client, reverse(QUEUE) + "?show=open&as=csv").streaming_content).decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "Received,Number"


def test_nobody_gets_the_columns_of_another(client):
    client.post(reverse("service_requests:columns"), {"number": "1"})
    client.force_login(make_user("kim", roles=["supervisor"], teams=[make_team("public_works")]))
    assert len(heads(client)) == len(USUAL)


@given(st.dictionaries(st.sampled_from([*NAMES, "other"]), st.text(max_size=4)), st.text(max_size=40))
def test_any_choice_is_a_list_of_columns_with_the_number(places, own):
    for shown in (columns_posted(places), columns_shown(None, own)):
        assert ALWAYS in shown and set(shown) <= set(NAMES) and len(set(shown)) == len(shown)
        assert {one.code for one in choices_of(shown)} == set(NAMES)
