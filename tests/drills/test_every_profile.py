"""Each shipped profile in turn: it loads, and every page answers every one of its sample people as its policy says."""

import pytest
from django.test import Client

from citydesk.city.profile.tests.test_shipped import NAMES
from citydesk.city.staff import queries as staff
from citydesk.kernel.clock import utc_now
from tests.drills.conftest import FULL
from tests.guards.test_every_profile import loaded, sign_in
from tests.guards.test_pages import addresses, faults

pytestmark = [pytest.mark.drill, pytest.mark.django_db, pytest.mark.timeout(1800)]


@pytest.mark.skipif(not FULL, reason="the suite opens the two outermost: tests/guards/test_every_profile.py")
@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_every_office_answers(name):
    loaded(name)
    known, now, seen = list(addresses()), utc_now(), set()
    client = Client(raise_request_exception=False)
    found = list(faults(client, None, known))
    for one in staff.list_people():
        user = staff.user_with_rights(one.id, now)
        access = staff.access_for(user, now)
        if access.roles <= seen:
            continue
        seen |= access.roles
        sign_in(client, user)
        found += [f"{one.username}: {fault}" for fault in faults(client, access, known)]
    assert found == [], "\n".join(found)
