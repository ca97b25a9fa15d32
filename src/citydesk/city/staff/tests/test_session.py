"""How long somebody stays signed in: work makes it longer, what a page asks by itself does not; gone on with after
signing in again."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.adapters import sessions
from citydesk.city.staff.queries import ask_person, user_with_rights
from citydesk.city.staff.rules import remaining
from citydesk.city.staff.tests.factories import PASSWORD, make_user
from citydesk.kernel.tests.journeys import journeys

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
BY_ITSELF = {"X-By-Itself": "1"}
SEND = """document.querySelector("main form[action$='/account/language/']").requestSubmit()"""


@pytest.mark.parametrize(
    ("started", "seen", "seconds", "is_final"),
    [
        (0, 0, 3600, False),
        (10, 10, 50 * 60, False),
        (60, 60, 1, False),
        (61, 61, 0, False),
        (11 * 60 + 50, 0, 10 * 60, True),
        (12 * 60 + 1, 0, 0, True),
    ],
)
def test_an_hour_without_work_and_twelve_in_all(started, seen, seconds, is_final):
    """Minutes since the sign-in and since the last work; what is left, and whether work makes it no longer."""
    at = NOW.timestamp()
    left = remaining(started=at - started * 60, seen=at - seen * 60, now=NOW)
    assert (left.seconds, left.is_final, left.is_over) == (seconds, is_final, seconds == 0)


def test_a_session_that_no_sign_in_made_is_over():
    assert remaining(started=None, seen=None, now=NOW).is_over
    assert remaining(started=NOW.timestamp(), seen=None, now=NOW).is_over


@given(worked=st.integers(0, 13 * 3600), later=st.integers(0, 13 * 3600))
def test_work_never_makes_it_shorter_and_never_more_than_an_hour(worked, later):
    started, now = NOW.timestamp(), NOW + timedelta(seconds=worked + later)
    before = remaining(started=started, seen=started, now=now)
    after = remaining(started=started, seen=started + worked, now=now)
    assert before.seconds <= after.seconds <= 3600


@pytest.mark.django_db
def test_work_makes_it_longer_and_news_do_not():
    make_user("rosa", roles=["representative"], password=PASSWORD)
    page, client = reverse("staff:session"), Client()
    with time_machine.travel(NOW, tick=False) as clock:
        client.post("/accounts/login/", {"login": "rosa", "password": PASSWORD})
        clock.shift(timedelta(minutes=50))
        told = client.get(page, headers=BY_ITSELF).json()
        assert (told["left"], told["is_final"]) == (600, False) and told["who"] and told["token"]
        # A bulletin that draws itself anew is nobody's work either.
        assert client.get(reverse("knowledge:bulletin_strip"), headers=BY_ITSELF).status_code != 302
        assert client.get(page, headers=BY_ITSELF).json()["left"] == 600
        assert client.post(page).json()["left"] == 3600
        clock.shift(timedelta(minutes=61))
        answer = client.get(page, headers=BY_ITSELF)
        assert answer.json() == {"who": "", "left": 0, "is_final": False, "token": ""}
        assert answer["Cache-Control"] == "no-store"


@pytest.fixture
def rosa(transactional_db):
    return make_user("rosa", name="Rosa Lopez", roles=["representative"], password=PASSWORD)


def signed_in(page):
    page.goto("/accounts/login/?next=/desk/staff/account/")
    page.fill("#id_login", "rosa")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    # The door's own address ends with the page it leads to: the path alone tells them apart.
    page.wait_for_url(lambda address: urlsplit(address).path == "/desk/staff/account/")
    page.wait_for_function("() => window.ourSession")


@pytest.mark.browser
def test_the_end_is_said_in_time_and_what_was_typed_outlives_it(browser, rosa, axe):
    context = browser()
    page = context.new_page()
    signed_in(page)
    strip = page.locator("#session")
    assert strip.is_hidden()
    # Five minutes before the end it is said, and one key makes it longer.
    stored = Session.objects.get()
    data = stored.get_decoded() | {"seen_at": datetime.now(UTC).timestamp() - 57 * 60}
    Session.objects.filter(pk=stored.pk).update(session_data=Session.objects.encode(data))
    page.evaluate("ourSession.ask()")
    strip.get_by_role("button", name="Stay signed in").wait_for(state="visible")
    assert "You will be signed out at" in strip.inner_text()
    axe(page)
    page.keyboard.press("Shift")
    strip.wait_for(state="hidden")
    # It ended (a long break): the form asks first, and keeps what was typed.
    Session.objects.all().delete()
    page.evaluate("ourSession.ask()")
    door = strip.get_by_role("link", name="Sign in in another tab")
    door.wait_for(state="visible")
    page.evaluate(SEND)
    assert "nothing typed is lost" in strip.inner_text() and urlsplit(page.url).path == "/desk/staff/account/"
    # Signed in again in another tab: this one hears of it, and its form is taken with the token of now.
    signed_in(context.new_page())
    page.get_by_text("You are signed in again.").wait_for(state="attached")  # the strip goes by itself, its words stay
    with page.expect_response(lambda one: one.request.method == "POST" and "/session/" not in one.url) as sent:
        page.evaluate(SEND)
    assert sent.value.status < 400


@pytest.mark.django_db
def test_the_session_and_the_person_it_is_of_are_asked_for_at_once():
    user = make_user("rosa")
    client = Client()
    client.force_login(user)
    key = client.session.session_key

    def enter():
        session = sessions.SessionStore(key)
        owner = session[SESSION_KEY]
        return user_with_rights(int(owner), NOW).pk

    for _ in range(8):  # until the statements are prepared
        assert enter() == user.pk
    asked, found = journeys(enter)
    assert (asked, found) == (1, user.pk)
    # What this process remembers is a guess: another's person is read, and not taken.
    sessions._owners[key] = make_user("ben").pk
    assert journeys(enter) == (2, user.pk)
    assert journeys(enter) == (1, user.pk)


@pytest.mark.django_db
def test_who_was_asked_for_is_forgotten_with_the_request():
    user = make_user("rosa", name="Rosa")
    client = Client()
    client.force_login(user)
    assert client.get(reverse("staff:account")).status_code == 200
    key = client.session.session_key
    Session.objects.filter(session_key=key).delete()
    assert client.get(reverse("staff:account")).status_code == 302
    user.name = "Rosa Diaz"
    user.save(update_fields=["name"])
    assert user_with_rights(user.pk, NOW).name == "Rosa Diaz"


@pytest.mark.django_db
def test_who_was_asked_for_is_taken_once():
    user = make_user("rosa", name="Rosa")
    ask_person(user.pk)
    assert user_with_rights(user.pk, NOW).name == "Rosa"
    user.name = "Rosa Diaz"
    user.save(update_fields=["name"])
    assert user_with_rights(user.pk, NOW).name == "Rosa Diaz"
    ask_person(user.pk)
    ask_person(None)
    user.name = "Rosa M. Diaz"
    user.save(update_fields=["name"])
    assert user_with_rights(user.pk, NOW).name == "Rosa M. Diaz"
