"""The site in a real browser: both languages, 320 px, without scripts, by keyboard alone."""

import os
from pathlib import Path
from typing import Any

import pytest

from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.portal.services import reporting
from citydesk.portal.tests.rows import REQUESTS, only

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 375, "height": 812}
NARROW = {"width": 320, "height": 640}
SHOTS = os.environ.get("PORTAL_SHOTS", "")


@pytest.fixture(autouse=True)
def city(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    load_city()
    monkeypatch.setattr(reporting, "_seconds", lambda draft, now: 60.0)


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def fits(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


WORDS = {
    "en": {"where": "What is wrong?", "next": "Continue", "yes": "No", "send": "Send the report", "kind": "Tree down"},
    "es": {"where": "¿Qué pasa?", "next": "Continuar", "yes": "No", "send": "Enviar el reporte", "kind": "Árbol caído"},
}


# English with scripts is walked by keyboard below; Spanish without them by the client and by tests/guards.
@pytest.mark.parametrize(("language", "javascript"), [("es", True), ("en", False)])
def test_a_report_from_end_to_end(browser: Any, axe: Any, language: str, javascript: bool) -> None:
    say = WORDS[language]
    page = browser(viewport=PHONE if javascript else NARROW, language=language, javascript=javascript).new_page()
    name = f"{language}-{'js' if javascript else 'plain'}"

    def look(step: str) -> None:
        shot(page, f"{name}-{step}")
        assert fits(page), step
        if javascript:
            axe(page)

    def press(label: str) -> None:
        """To the next page, and not on the old one twice."""
        with page.expect_navigation():
            page.get_by_role("button", name=label, exact=True).click()

    page.goto("/")
    look("0-home")
    page.goto("/report/")
    page.fill("#f-place", "The park by the old mill")
    page.fill("#f-words", "A fallen tree, un árbol caído")
    look("1-where")
    press(say["next"])
    page.get_by_label(say["kind"]).first.check()
    look("2-kind")
    press(say["next"])
    press(say["next"])
    page.wait_for_selector("#error-summary")
    look("3-details-refused")
    page.check("input[name=q_wires][value=yes]")
    press(say["next"])
    page.wait_for_selector(".stop")
    look("3-details-stop")
    press(say["next"])
    page.fill("#f-email", "ana@example.org")
    look("4-you")
    with page.expect_navigation():
        page.get_by_role("button", name=say["send"]).click()
    page.wait_for_selector(".portal-number")
    look("6-sent")
    row = only(REQUESTS)
    assert row.language == language and row.number in page.content()
    page.goto(f"/track/{row.public_token}/")
    look("7-track")
    for path in ("track", "answers", "reports", "privacy", "accessibility", "track/unknown"):
        page.goto(f"/{path}/")
        look(f"8-{path.replace('/', '-')}")


def test_a_report_by_keyboard_alone(browser: Any) -> None:
    page = browser(viewport=PHONE).new_page()
    page.goto("/report/")

    def tab_to(selector: str) -> None:
        for _step in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    tab_to("#f-place")
    page.keyboard.type("The park by the old mill")
    tab_to("#f-words")
    page.keyboard.type("A hole in the road")
    tab_to("main .btn--solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/kind/")
    tab_to("input[name=code]")
    page.keyboard.press("Space")
    tab_to("main .btn--solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/details/")
    tab_to("main .btn--solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/you/")
    tab_to("main .btn--solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/sent/")
    assert only(REQUESTS).number in page.content()


def test_the_first_page_is_light_and_the_pin_needs_scripts(page: Any) -> None:
    page.goto("/", wait_until="networkidle")
    weights = "performance.getEntries().map(one => one.transferSize || 0)"
    assert sum(page.evaluate(weights)) <= 300 * 1024
    page.goto("/report/", wait_until="networkidle")
    assert page.is_visible("[data-here]")


def test_a_place_picked_on_the_map_goes_with_the_report(browser: Any, axe: Any) -> None:
    page = browser(viewport=PHONE).new_page()
    page.goto("/report/")
    page.click("[data-pick-map] > summary")
    page.wait_for_selector("[data-pick-map] .leaflet-container")
    page.click("[data-pick-map] .map", position={"x": 60, "y": 60})
    page.wait_for_function("document.querySelector('#f-lat').value !== ''")
    assert "map" in page.inner_text("[data-here-said]")
    assert fits(page)
    axe(page)
    page.fill("#f-place", "1218 Oak St")
    assert page.input_value("#f-lat") == ""
