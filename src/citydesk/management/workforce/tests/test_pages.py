"""The what-if page: answers from its address alone, refuses beside the field, and belongs to those who plan."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.management.workforce.choices import VIEW

pytestmark = pytest.mark.django_db

ASKED = {"volume": 100, "interval": 30, "aht": 180, "patience": 300, "target": 80, "threshold": 20, "formula": "strict"}
ASKED |= {"short": 5, "shrinkage": 30}


@pytest.fixture
def planner():
    return signed_in("planner", "desk.home", VIEW)


def signed_in(role, *permissions, **fields):
    user = make_user(f"one_{role}", roles=[make_role(role, permissions)], **fields)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_of(client, **given):
    answer = client.get(reverse("workforce:what_if"), given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_script_that_asks_gets_the_whole_page_too(planner):
    answer = planner.get(reverse("workforce:what_if"), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<h1>" in answer.content.decode()


def test_page_opens_with_an_example_and_its_answer(planner):
    page = page_of(planner)
    assert "These are example values" in page
    assert "= 13.3 Erlangs +" in page and "The same people by each formula" in page


def test_answer_follows_the_address(planner):
    page = page_of(planner, **ASKED)
    assert "13 = 10.0 Erlangs + 3.0. With 12 the service level falls to 77.2 %." in page
    for people, level in ((11, "65.7"), (12, "77.2"), (13, "85.8"), (14, "91.7"), (15, "95.4")):
        assert f'class="list__name">{people}' in page and f"{level} %" in page
    asked = page_of(planner, **ASKED, people=14, hourly="31.50")
    assert "With 14 people at work" in asked and "1.4 %" in asked
    # 14 at work are 20 rostered; half an hour of 20 at $31.50.
    assert "$315.00" in asked and "$299.25" in asked


def test_too_few_without_hanging_up_say_so(planner):
    page = page_of(planner, **{**ASKED, "patience": "", "people": 9})
    assert "With 9 people the line grows without end" in page and "no end" in page


def test_what_the_address_leaves_out_is_as_in_the_example(planner):
    page = page_of(planner, volume=0)
    assert "Nothing comes, so nobody is needed." in page and "These are example values" not in page


def test_nonsense_is_refused_beside_its_field(planner):
    page = page_of(planner, **{**ASKED, "target": 100, "aht": "three", "formula": "best"})
    assert "At most 99.9." in page and "Write a number." in page and "Choose a formula." in page
    assert "The same people by each formula" not in page
    assert "At most" in page_of(planner, **{**ASKED, "volume": "1e12"})
    assert "Write a number." in page_of(planner, **{**ASKED, "volume": "nan"})


def test_only_planners_open_it():
    assert signed_in("clerk", "desk.home").get(reverse("workforce:what_if")).status_code == 403


def test_page_in_spanish():
    page = page_of(signed_in("planner", "desk.home", VIEW, language="es"), **ASKED)
    assert "Con 12 el nivel de servicio baja al 77.2 %." in page and "Personal necesario" in page
