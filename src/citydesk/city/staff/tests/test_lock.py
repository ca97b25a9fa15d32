"""At the counter a page left alone is locked; the password opens it, and the server keeps it shut until then."""

from datetime import timedelta

import pytest
from django.test import Client

from citydesk.city.staff.tests.factories import make_user
from citydesk.kernel import clock

pytestmark = pytest.mark.django_db
PASSWORD = "counter-window-seven"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def later(monkeypatch):
    """Move the clock of the middleware on."""

    def move(minutes: int) -> None:
        moment = clock.utc_now() + timedelta(minutes=minutes)
        monkeypatch.setattr("citydesk.city.staff.middleware.utc_now", lambda: moment)

    return move


def at(desk: str) -> Client:
    user = make_user("dana", roles=["representative"], password=PASSWORD)
    type(user).objects.filter(pk=user.pk).update(desk=desk)
    client = Client(headers=PAGE)
    client.force_login(user)
    return client


def test_a_counter_left_for_a_quarter_of_an_hour_is_locked_until_the_password(later):
    client = at("Counter 2")
    assert client.get("/desk/staff/account/").status_code == 200
    assert client.cookies["lock"].value.startswith("900.")
    later(16)
    answer = client.get("/desk/staff/account/")
    assert answer.status_code == 302 and answer["Location"] == "/desk/staff/locked/?next=%2Fdesk%2Fstaff%2Faccount%2F"
    assert client.post("/desk/contact/new/").status_code == 423
    assert "Dana" in client.get(answer["Location"]).content.decode()
    wrong = client.post("/desk/staff/locked/", {"password": "wrong"})
    assert wrong.status_code == 422 and client.get("/desk/staff/account/").status_code == 302
    right = client.post("/desk/staff/locked/", {"password": PASSWORD, "next": "/desk/staff/account/"})
    assert right["Location"] == "/desk/staff/account/"
    assert client.get("/desk/staff/account/").status_code == 200


def test_the_script_locks_and_opens_over_the_page():
    client, script = at("Counter 2"), {"X-Lock": "1"}
    assert "<dialog" in client.post("/desk/staff/locked/now/", headers=script).content.decode()
    assert client.get("/desk/staff/account/").status_code == 302
    assert client.post("/desk/staff/locked/", {"password": PASSWORD}, headers=script).status_code == 204
    assert client.get("/desk/staff/account/").status_code == 200


def test_the_lock_leads_to_no_other_site():
    client = at("Counter 2")
    answer = client.post("/desk/staff/locked/", {"password": PASSWORD, "next": "//example.org/desk/"})
    assert answer["Location"] == "/desk/"


def test_a_desk_behind_the_counter_is_not_locked(later):
    client = at("Desk 4")
    later(16)
    answer = client.get("/desk/staff/account/")
    assert answer.status_code == 200 and "lock" not in client.cookies


def test_signing_out_says_so():
    client = at("Desk 4")
    answer = client.post("/accounts/logout/", follow=True)
    assert "You are signed out." in answer.content.decode()
