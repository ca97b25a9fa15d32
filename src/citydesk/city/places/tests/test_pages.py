"""Suggestions over HTTP: for staff by right, for residents with a brake; shapes for maps."""

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.places import queries
from citydesk.city.places.tests import factories
from citydesk.city.staff.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    factories.make_districts()
    factories.make_grid()


def test_staff_suggestions_need_the_right(town):
    address = reverse("places:suggest")
    clerk, visitor = Client(), Client()
    clerk.force_login(make_user("clerk", roles=["representative"]))
    page = clerk.post(address, {"place": "202 n oa"}).content.decode()
    assert "202 N Oak St" in page and 'value="address:' in page and "<html" not in page
    assert visitor.post(address, {"place": "202 n oa"}).status_code == 302
    assert clerk.get(address).status_code == 405


def test_residents_are_braked(town):
    address, visitor = reverse("places:public_suggest"), Client()
    assert "202 N Oak St" in visitor.post(address, {"place": "202 n oak"}).content.decode()
    assert "No place of the city fits" in visitor.post(address, {"place": "qqqq zzzz"}).content.decode()
    codes = [visitor.post(address, {"place": "x"}).status_code for _ in range(130)]
    assert codes[0] == 200 and codes[-1] == 429
    braked = visitor.post(address, {"place": "x"})
    assert int(braked["Retry-After"]) >= 1
    other = visitor.post(address, {"place": "x"}, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 200


def test_a_choice_counts_unless_the_text_was_changed(town):
    hit = queries.typeahead("202 n oak")[0]
    assert queries.resolve_choice(hit.label, hit.choice).address_id == hit.address_id
    assert queries.resolve_choice("", hit.choice).address_id == hit.address_id
    assert queries.resolve_choice("208 N Oak St", hit.choice).label == "208 N Oak St"
    assert queries.resolve_choice("N Oak St & 1st St", "N Oak St & 1st St").kind == "intersection"
    assert queries.resolve_choice("by the river", "address:x").kind == "described"


def test_shapes_are_public_and_cached_until_they_change(town):
    address = reverse("places:shapes", args=["council"])
    answer = Client().get(address)
    assert answer.status_code == 200 and len(answer.json()["features"]) == 2
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Client().get(reverse("places:shapes", args=["streets"])).json()["features"] == []
    factories.make_districts()
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
