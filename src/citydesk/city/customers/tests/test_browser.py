"""The room's pages in a real browser: by keyboard, without accessibility faults, at 320 px, in both languages."""

import pytest
from django.urls import reverse

from citydesk.city.customers import queries, services
from citydesk.city.customers.tests.factories import NOW, make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def maria():
    return make_customer("María", "García", phone="423 555 0123", email="maria@example.org", address="1210 Oak St")


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_customer_is_found_by_four_digits_and_opened_by_keyboard(desk_page, axe, maria):
    page = desk_page("representative")
    page.goto(reverse("customers:find"))
    axe(page)
    page.focus("main input[name=q]")
    page.keyboard.type("0123")
    page.wait_for_selector(f"text={maria.number}")
    page.wait_for_function("() => !window.underWay.is()")  # the answer to all four digits
    axe(page)
    assert page.inner_text("#customer-hits [role=status]") == "1 customer found"
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Tab")
    for _ in range(6):
        if page.evaluate("document.activeElement.textContent").strip() == "María García":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{maria.number}/")
    axe(page)


# Wide and narrow in English is the guard's walk over every page (tests/guards/test_pages_axe.py).
@pytest.mark.parametrize(("size", "language"), [(None, "en-US"), (NARROW, "es")])
def test_every_page_is_clean_and_fits(desk_page, axe, maria, size, language):
    twin = make_customer("Maria", "Garcia", phone="423 555 0123")
    services.check_duplicates(now=NOW)
    supervisor = make_user("sue", roles=["supervisor"], language=language[:2])
    access = access_of(supervisor)
    clerk = access_of(make_user("dana", roles=["representative"]))
    today = utc_now().date()
    services.propose_caution(
        kind="animal",
        text="Dog in the yard",
        source="crew 2",
        expires_on=today.replace(year=today.year + 1),
        today=today,
        customer_id=maria.id,
        access=clerk,
        now=utc_now(),
    )
    pair = queries.list_duplicates(access)[0]
    page = desk_page(user=supervisor, viewport=size, language=language)
    addresses = [
        reverse("customers:find"),
        reverse("customers:new"),
        reverse("customers:detail", args=[maria.number]),
        reverse("customers:edit", args=[maria.number]),
        reverse("customers:duplicates"),
        reverse("customers:pair", args=[pair.id]),
        reverse("customers:compare", args=[maria.number]) + f"?other={twin.number}",
        reverse("customers:cautions"),
    ]
    for address in addresses:
        page.goto(address)
        axe(page)
        assert fits(page), address
    page.goto(reverse("customers:detail", args=[maria.number]))
    for summary in page.query_selector_all("main details:not([open]) > summary"):
        if summary.is_visible():
            summary.click()
    axe(page)
    assert fits(page)
    page.goto(reverse("customers:new"))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_selector("#error-summary")
    axe(page)
