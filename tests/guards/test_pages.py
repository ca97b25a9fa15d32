"""Guard 13: every parameterless page answers every standard role as its policy says, and never with 500; and no page
shows a telephone number as machines dial it."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.guards.test_02_url_policies import views

pytestmark = pytest.mark.django_db

# Addresses that end the session, speak another protocol than a page's, or are a library's own steps.
NOT_WALKED = ("accounts/logout/", "live/", "healthz/", "metrics")
ALLOWED_WITH_RIGHT = {200, 204, 301, 302, 400, 404, 405}
# A number of ours among the words of a page; in links and fields it stays as it is dialed.
TAGS, DIALED = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL), re.compile(r"\+1[2-9]\d{9}\b")
ALLOWED_WITHOUT_LOGIN = {200, 204, 301, 302, 400, 401, 403, 404, 405, 429}


def addresses() -> Iterator[tuple[str, object]]:
    """Every address of the URL table that takes no parameter, with its view."""
    for address, view in views(get_resolver().url_patterns):
        plain = address.replace("^", "").replace("$", "").replace("\\Z", "")
        if not any(mark in plain for mark in "<(\\?") and not plain.startswith(NOT_WALKED):
            yield f"/{plain}", view


def faults(client: Client, access, found=None) -> Iterator[str]:
    """What is wrong with the answers one person gets."""
    from citydesk.kernel.pages import policy_of

    for address, view in found or list(addresses()):
        kind, permission = policy_of(view)
        answer = client.get(address)
        status = answer.status_code
        if kind == "public":
            is_right = status in ALLOWED_WITHOUT_LOGIN
        elif access is None:
            is_right = status == 302
        elif access.may(permission):
            is_right = status in ALLOWED_WITH_RIGHT
        else:
            is_right = status in {403, 405}
        if not is_right:
            yield f"{address} ({kind} {permission}) answered {status}"
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield from (f"{address} shows {number}" for number in dialed(answer.content.decode()))


def dialed(page: str) -> list[str]:
    """Numbers that a page shows as machines dial them."""
    return DIALED.findall(TAGS.sub(" ", page))


def test_a_planted_number_is_caught_in_words_alone():
    assert dialed('<a href="tel:+14235550100">(423) 555-0100</a>') == []
    assert dialed('<p>Call +14235550100.</p><input value="+14235550111">') == ["+14235550100"]


def roles() -> list[str]:
    from citydesk.city.staff.tests.factories import standard_role_data

    return sorted(standard_role_data())


@pytest.fixture
def small_city(db):
    from citydesk.contact.service_requests.tests.factories import load_city

    load_city()


@pytest.fixture
def client():
    """Answers 500 as the server would, instead of raising in the test."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("role", roles())
def test_every_page_answers_a_role_as_its_policy_says(role, small_city, client):
    from citydesk.city.staff.tests.factories import access_of, make_user

    user = make_user(f"walker_{role}", roles=[role])
    client.force_login(user)
    found = list(faults(client, access_of(user)))
    assert not found, "\n".join(found)


def test_nobody_gets_past_sign_in(small_city, client):
    found = list(faults(client, None))
    assert not found, "\n".join(found)


def test_a_planted_page_that_breaks_or_lets_anybody_in_is_caught(small_city, client, settings):
    from citydesk.city.staff.tests.factories import access_of, make_user
    from tests.guards.planted_urls import PLANTED

    settings.ROOT_URLCONF = "tests.guards.planted_urls"
    user = make_user("walker", roles=["crew"])
    client.force_login(user)
    found = list(faults(client, access_of(user), PLANTED))
    assert [fault.split()[0] for fault in found] == ["/broken/", "/lenient/"]
