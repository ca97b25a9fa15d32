"""The report in a real browser: charts drawn, axe clean, wide and at 320 px, in both languages, by keyboard."""

import pytest

from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.counted import NOW, load_new_york
from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.management.statistics import services
from citydesk.management.statistics.tests.test_peers import PEERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def new_york(live_server):
    load_city(now=NOW)
    load_new_york()
    requests.refresh_request_facts(now=NOW)
    services.refresh_facts(now=NOW)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_report_is_drawn_and_everybody_can_use_it(new_york, desk_page, axe):
    page = desk_page("supervisor")
    page.goto("/desk/reports/?dates=all")
    drawn_last = page.locator(".chart").count()
    page.locator(".chart.is-drawn").nth(drawn_last - 1).wait_for()
    assert page.locator(".figure__value").first.inner_text().endswith("4,969")
    assert page.locator(".chart.is-drawn").count() >= 3
    assert page.locator(".chart svg a").count() > 5
    axe(page)
    page.keyboard.press("Tab")
    page.locator("summary", has_text="Dates").focus()
    page.keyboard.press("Enter")
    assert page.locator('input[name="dates"]').first.is_visible()
    axe(page)
    page.locator(".figure__value").first.click()
    page.wait_for_url("**/records/**")
    assert "1,000+" in page.locator(".titleline__fact").inner_text()
    axe(page)


def test_a_narrow_report_does_not_run_over_the_edge(new_york, desk_page, axe):
    page = desk_page("supervisor", viewport={"width": 320, "height": 700}, language="es-MX")
    page.goto("/desk/reports/?dates=all")
    page.wait_for_selector(".chart.is-drawn svg")
    axe(page)
    assert fits(page)
    page.goto("/desk/reports/measures/requests_closed_hours_median/")
    assert fits(page)
    axe(page)


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "es-MX")])
def test_other_offices_are_drawn_beside_ours_and_everybody_can_use_it(live_server, desk_page, axe, width, language):
    load_city({"peers.toml": PEERS}, now=NOW)
    page = desk_page("supervisor", viewport={"width": width, "height": 700}, language=language)
    page.goto("/desk/reports/peers/")
    page.locator(".chart.is-drawn").nth(1).wait_for()
    assert page.locator("main table").count() == 3
    assert fits(page)
    axe(page)
    page.keyboard.press("Tab")
    page.locator("main [role=group]").first.focus()
    assert fits(page)
