"""Guard 12, with a database: a shipped profile loads, a second time changes nothing, and its people's pages open.

Loading costs seconds. Here are the two outermost: the demo city with everything, and the office that differs most (no
311, few people, a counter). `make drill` opens every page of all of them: tests/drills/test_every_profile.py.
"""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.profile import queries as profile
from citydesk.city.profile.tests.factories import NOON, load_shipped
from citydesk.city.staff import queries as staff
from citydesk.city.staff.choices import STRONG
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
OUTERMOST = ("riverton", "oneida_water")
OF_ROLE = {
    "representative": ("desk:home", "desk:contact", "service_requests:queue", "workforce:mine"),
    "supervisor": ("desk:home", "service_requests:queue", "traffic:board"),
    "": ("portal:home", "portal:report", "portal:articles", "portal:nearby"),
}


def loaded(name: str) -> None:
    """Load a profile; loading it again must write nothing."""
    first = load_shipped(name)
    assert first.load_id is not None
    assert load_shipped(name).load_id is None
    assert profile.city().is_loaded
    assert profile.calendar("desk", date(2026, 11, 24)).is_open(NOON)


def person_of(role: str):
    """A sample person of the profile who has the role, with their rights."""
    now = utc_now()
    for one in staff.list_people():
        user = staff.user_with_rights(one.id, now)
        if role in staff.access_for(user, now).roles:
            return user
    raise AssertionError(f"nobody has the role {role}")


def sign_in(client: Client, user) -> None:
    """As somebody who gave a second factor, which some roles ask for: without it every page leads to the account."""
    client.force_login(user)
    session = client.session
    session[STRONG] = True
    session.save()


def status_of(client: Client, page: str) -> int:
    """The answer where a page leads; that of the first redirect when it leads to signing in, which is no page of it."""
    answer = client.get(page, follow=True)
    strayed = [status for address, status in answer.redirect_chain if address.startswith("/accounts/")]
    return next(iter(strayed), answer.status_code)


@pytest.mark.parametrize("name", OUTERMOST)
def test_it_loads_once_and_the_pages_of_its_people_open(name, client: Client):
    loaded(name)
    faults = []
    for role, pages in OF_ROLE.items():
        sign_in(client, person_of(role)) if role else client.logout()
        for page in pages:
            status = status_of(client, reverse(page))
            faults += [] if status == 200 else [f"{role or 'a resident'}: {page} answered {status}"]
    assert faults == []
    first = client.get("/").content.decode()
    quick = profile.entries("portal_quick", date(2026, 11, 24))["quick"]
    assert all(f"?about={code}" in first for code in quick["services"])
    assert all(f"/answers/{code}/" in first for code in quick["articles"])
    home = client.get("/", headers={"accept-language": "es"}).content.decode()
    tiles = profile.entries("portal_tiles", date(2026, 11, 24)).values()
    assert all(tile["text"]["es"] in home for tile in tiles if tile["text"])
