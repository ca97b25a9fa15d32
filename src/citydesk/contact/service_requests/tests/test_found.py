"""A list narrowed by words: the newest hits, wherever they lie in time, and open work whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from citydesk.contact.service_requests import queries
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import found
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.service_requests.tests.test_pages import sign_in
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
SAID = "These are the newest"


@pytest.fixture(autouse=True)
def _city(monkeypatch):
    load_city()
    monkeypatch.setattr(found, "MOST", 3)
    monkeypatch.setattr(queries, "MOST_FOUND", 3)


def received(days_ago: float, words: str = "Zebra crossing faded") -> ServiceRequest:
    return make_request("pothole", now=utc_now() - timedelta(days=days_ago), description=words)


def shown(client: Any, **asked: str) -> str:
    return str(client.get(reverse("service_requests:queue"), asked).content.decode())


def test_only_the_newest_hits_are_listed_and_the_page_says_so(client):
    sign_in(client)
    old, *new = [received(days) for days in (400, 100, 20, 1)]
    page = shown(client, show="all", q="zebra")
    assert SAID in page and "3+ requests" in page
    assert old.number not in page
    assert all(one.number in page for one in new)


def test_hits_of_every_age_are_found_soonest_due_first_and_not_called_the_newest(client):
    sign_in(client)
    rows = [received(days) for days in (1, 900, 40)]
    received(2, "Something else")
    page = shown(client, show="all", q="zebra")
    assert SAID not in page and "3 requests" in page
    by_due = sorted(rows, key=lambda row: row.due_at)
    places = [page.index(row.number) for row in by_due]
    assert places == sorted(places)


def test_open_work_is_listed_whole(client):
    sign_in(client)
    rows = [received(days) for days in (1, 2, 3, 4, 500)]
    page = shown(client, show="open", q="zebra")
    assert SAID not in page
    assert all(row.number in page for row in rows)


def test_the_neighbors_of_a_request_are_those_of_the_capped_list(client):
    user = sign_in(client)
    old, *new = [received(days) for days in (400, 100, 20, 1)]
    asked = client.get(reverse("service_requests:queue")).wsgi_request.GET.copy()
    asked.update({"show": "all", "q": "zebra"})
    from citydesk.city.staff import queries as staff

    now = utc_now()
    access = staff.access_for(staff.user_with_rights(user.pk, now), now)
    first = min(new, key=lambda row: (row.due_at, row.pk))
    before, after = queries.neighbors(access, first.number, asked, now=now)
    assert before == "" and after in {row.number for row in new}
    assert old.number not in (before, after)


def test_a_whole_number_finds_its_request(client):
    sign_in(client)
    row = received(700)
    assert row.number in shown(client, show="all", q=row.number)


def test_the_next_words_find_their_own_requests_and_are_shown_in_the_search_box(client):
    sign_in(client)
    zebras = [received(days) for days in (1, 300)]
    lamps = [received(days, "Lamp out, pole leans") for days in (2, 400)]
    for words, here, gone in (("zebra", zebras, lamps), ("lamp pole", lamps, zebras), ("zebra", zebras, lamps)):
        page = shown(client, show="all", q=words)
        assert all(row.number in page for row in here) and not any(row.number in page for row in gone)
        assert f'value="{words}"' in page
    assert "No request matches" in shown(client, show="all", q="giraffe")
