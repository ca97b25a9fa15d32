"""What moved most: a week against the four before it. Chance, small numbers and confidences are no news."""

from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request
from citydesk.management.statistics import services
from citydesk.management.statistics.queries.moved import list_moved
from citydesk.management.statistics.rules.movers import moved_most

DAY = timedelta(days=1)
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 400))


def test_the_farthest_in_units_of_chance_comes_first():
    week = {"pothole": 60, "carts": 130, "trees": 0, "noise": 22, "graffiti": 9}
    before = {"pothole": 80, "carts": 400, "trees": 40, "noise": 80, "graffiti": 0}
    found = moved_most(week, before)
    # 20 in a usual week became 60; 9 where there was nothing; 100 became 130, and two more than twenty are chance.
    assert [(one.code, one.week, one.usual, one.is_more) for one in found] == [
        ("graffiti", 9, 0, True),
        ("pothole", 60, 20, True),
        ("trees", 0, 10, False),
    ]
    assert [one.code for one in moved_most(week, before, most=9)] == ["graffiti", "pothole", "trees", "carts"]
    assert moved_most({"a": 4}, {}) == [] and moved_most({}, {}) == []


@given(week=COUNTS, before=COUNTS)
def test_what_is_named_moved_and_nothing_moved_farther(week, before):
    named = moved_most(week, before)
    assert len(named) <= 3 and all(abs(one.week - one.usual) >= 5 for one in named)
    whole = moved_most(week, before, most=99)
    assert whole[: len(named)] == named
    assert moved_most(week, {code: count * 4 for code, count in week.items()}) == []


@pytest.mark.django_db
def test_the_directors_page_names_it_and_leads_to_the_requests(client, time_machine):
    load_city({}, now=MORNING - 40 * DAY)
    time_machine.move_to(MORNING, tick=False)
    for ago in (1, 1, 2, 3, 4, 5, 6):
        make_request("pothole", now=MORNING - ago * DAY)
    make_request("pothole", now=MORNING)  # today is not over
    make_request("pothole", now=MORNING - 20 * DAY)
    services.refresh_facts(now=MORNING)
    today = profile.city_today(MORNING)
    [line] = list_moved(today, now=MORNING)
    assert (line.week, line.usual, line.is_more) == (7, 0.25, True)
    user = make_user("gideon", roles=["director"], language="es")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/desk/home/director/").content.decode()
    assert "Lo que más cambió" in page and line.href.replace("&", "&amp;") in page
    assert client.get(line.href).status_code == 200
