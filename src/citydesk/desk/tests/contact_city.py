"""A small city with a street, a resident and a clerk, for the tests of the contact screen."""

from datetime import UTC, datetime

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.places.tests.factories import make_address, make_districts
from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests.tests.factories import load_city

# Tuesday 24 November 2026, 12:10 in New York; the office is closed for lunch from 12:00 to 13:00.
NOON = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)


def make_city() -> None:
    """Codes with questions, an address, districts."""
    load_city()
    make_districts()
    make_address("1200 Oak St")
    make_address("1218 Oak St", lon=-85.3004)
    make_address("120 Oak Ct", lat=35.051)


def make_maria():
    """A resident with a phone, a mail address and a home."""
    return make_customer(
        "Maria", "Garcia", phone="(423) 555-0148", email="maria@example.org", address="1200 Oak St", language="es"
    )


def open_contact(access, *, now=NOON, **fields):
    """A contact in front of a clerk with these fields kept."""
    contact = interactions.start_draft(access=access, now=now)
    interactions.save_draft(interaction_id=contact, version=1, changes=fields, key="first", actor=access.actor, now=now)
    return contact


def wait_for_code(page, code: str) -> None:
    """Until the code is the first that is offered for all that was typed: on a slow machine the first words alone
    already bring suggestions, and a key takes what stands there."""
    page.wait_for_selector(f"[name=code][value={code}][data-alt='1']", state="attached")
    quiet(page)


def quiet(page) -> None:
    """Wait until the page is drawn, its scripts are there, and every answer that was asked for stands on it."""
    page.wait_for_function("() => document.readyState === 'complete' && !window.underWay?.is()")


def kept(page) -> None:
    """Wait until the server has all that the form holds, and said when."""
    page.wait_for_function(
        "() => window.contactIsKept?.()"
        " && document.querySelector('[data-saved-text]')?.textContent.match(/\\d\\d:\\d\\d:\\d\\d/)"
    )


def try_now(page) -> None:
    """Press "Try now" on the strip of a lost server, and wait until it answers.

    The page tries by itself too, and the strip goes a while after: whoever is quicker, its mark stays.
    """
    page.dispatch_event("[data-lost-try]", "click")
    page.wait_for_selector("#lost.lost--back", state="attached")
