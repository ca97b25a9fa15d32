"""The demo city with its people, for the scripted days. Nothing of it is shared between tests."""

import pytest
from django.conf import settings
from django.test import Client

from tests.fixtures.browser import watch
from tests.journeys import pictures
from tests.journeys.city import City
from tests.journeys.keyboard import Hands


@pytest.fixture
def city(transactional_db):
    """Riverton as it is shipped: codes, addresses, districts, teams and the sample people."""
    return City()


@pytest.fixture
def picture():
    """`picture(page, "queue", at="/desk/requests/")` keeps a picture for the README; in a test run it does nothing."""
    return pictures.take


@pytest.fixture
def seat(city, browser, live_server):
    """`seat("dana")` is a page signed in as one of the city's people, `seat("")` a resident's.

    Each is left in good order at the end. What the browser's console complains about fails the test, but where the
    test takes the network away itself (`watched=False`).
    """
    faults = []

    def sit(username, *, watched=True, **options):
        context = browser(**options)
        if username:
            client = Client()
            client.force_login(city.person(username), backend=settings.AUTHENTICATION_BACKENDS[0])
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        if watched:
            faults.append(watch(page))
        return page

    yield sit
    assert not [fault for found in faults for fault in found], faults


@pytest.fixture
def hands(seat):
    """`hands("dana")` sits down as one of the city's people, without a mouse."""
    return lambda username, **options: Hands(seat(username, **options))
