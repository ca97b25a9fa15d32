"""The queue and the request page in a real browser: keys, inline panels, bulk acts, refusals, 320 px, Spanish."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def rows():
    load_city(now=utc_now())
    return [
        make_request("pothole", now=utc_now(), reporter=services.Person("Ana", "email", "a@x.example"))
        for _ in range(3)
    ]


@pytest.fixture
def pam(rows):
    return make_user("pam", roles=["supervisor"], teams=[make_team("public_works")])


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def status(page) -> str:
    return page.inner_text(".pagehead__line >> nth=0")


def test_a_request_is_walked_to_opened_held_and_resumed_by_keys(desk_page, axe, rows, pam):
    page = desk_page(user=pam)
    page.goto(reverse("service_requests:queue"))
    axe(page)
    page.click("tbody tr:nth-child(1) td:nth-child(6)")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector("text=1 selected")
    page.keyboard.press("Space")
    page.wait_for_selector("#peek h2")
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/SR-**")
    axe(page)
    page.focus("[aria-label=Next][data-letters]")
    page.keyboard.press("h")
    page.wait_for_selector("#move form")
    axe(page)
    page.click("#move button[type=submit]")
    page.wait_for_selector(".pagehead .bd--on_hold")
    axe(page)
    page.wait_for_selector("#timeline-first:focus")
    page.focus("[aria-label=Next][data-letters]")
    page.keyboard.press("u")
    page.wait_for_selector(".pagehead .bd--open")


def test_selected_rows_are_taken_and_the_toast_says_so(desk_page, axe, rows, pam):
    page = desk_page(user=pam)
    page.goto(reverse("service_requests:queue"))
    page.check("tbody tr:nth-child(1) input[type=checkbox]")
    page.check("tbody tr:nth-child(2) input[type=checkbox]")
    page.click("#bulk button[value=take]")
    page.wait_for_selector("[data-toast] >> text=2 done")
    expect(page.locator("text=Unassigned")).to_have_count(2)  # the view's name and the third row
    axe(page)


def test_a_false_closing_comes_back_with_the_words_kept(desk_page, axe, rows, pam):
    page = desk_page(user=pam)
    page.goto(reverse("service_requests:detail", args=[rows[0].number]))
    page.fill(".notebar input[name=text]", "Deep one")
    page.click(".notebar button")
    page.wait_for_selector("text=Deep one")
    page.focus("[aria-label=Next][data-letters]")
    page.keyboard.press("c")
    page.select_option("#move select[name=reason]", "not_ours")
    page.fill("#move textarea[name=text]", "The state fixed it.")
    page.click("#move button[type=submit]")
    page.wait_for_selector("#move [aria-invalid]")
    assert page.input_value("#move textarea[name=text]") == "The state fixed it."
    axe(page)


@pytest.mark.parametrize("size", [None, NARROW])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_clean_and_fits(desk_page, axe, rows, size, language):
    user = make_user("sol", roles=["supervisor"], teams=[make_team("public_works")], language=language)
    page = desk_page(user=user, **({"viewport": size} if size else {}))
    number = rows[0].number
    for name, given in (
        ("queue", []),
        ("detail", [number]),
        ("route", [number]),
        ("correct", [number]),
        ("catalog", []),
        ("code", ["tree_down"]),
    ):
        page.goto(reverse(f"service_requests:{name}", args=given))
        assert fits(page), name
        axe(page)
