"""A public-records production without a canary: asked by a visitor, answered by an officer, read by everybody."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from citydesk.kernel.clock import utc_now
from citydesk.management.records.tests.factories import load_city_with_schedule, old_request
from tests.guards.test_pages_axe import NARROW, WIDE, faults_both_ways, leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CANARY = "CNRYwitness6604"


def test_a_production_without_a_canary(desk_page, browser, axe, live_server):
    load_city_with_schedule(now=utc_now())
    row = old_request(CANARY, now=utc_now())
    visitor = browser(viewport=NARROW, javascript=False).new_page()
    visitor.goto(reverse("public_records:ask"))
    visitor.locator("#f-words").fill("The pothole reports of Oak Street")
    visitor.keyboard.press("Tab")
    with visitor.expect_navigation():
        visitor.get_by_role("button", name="Send").press("Enter")
    status = visitor.url
    assert "The pothole reports of Oak Street" in visitor.inner_text("main")

    officer = desk_page("records_officer")
    found = faults_both_ways(officer, axe, reverse("records:requests"))
    faults = list(found)
    officer.locator("main a[data-open]").first.press("Enter")
    officer.locator("#f-text").fill(CANARY)
    officer.keyboard.press("Enter")
    officer.wait_for_selector(f"main >> text={row.number}")
    request_page = officer.url
    boxes = officer.locator("main input[name=record]")
    for at in range(boxes.count()):
        boxes.nth(at).press("Space")
    with officer.expect_navigation():
        officer.get_by_role("button", name="Unrelated").press("Enter")
    officer.locator("tr", has_text=row.number).first.locator("input[name=record]").press("Space")
    with officer.expect_navigation():
        officer.get_by_role("button", name="To be produced").press("Enter")
    officer.locator("main td a.link", has_text=row.number).first.press("Enter")
    officer.locator("#f-phrase").fill(CANARY)
    officer.locator("#f-exemption").select_option(index=1)
    officer.get_by_role("button", name="Take out").last.press("Enter")
    officer.wait_for_selector("main >> text=[PRA 504(f)]")
    assert CANARY not in officer.inner_text("main dl")
    faults += faults_both_ways(officer, axe, officer.url)
    officer.goto(request_page)
    faults += faults_both_ways(officer, axe, request_page)
    officer.get_by_role("button", name="Produce", exact=True).press("Enter")
    officer.wait_for_selector("main >> text=1 records, 0 withheld")
    officer.set_viewport_size(WIDE)

    visitor.goto(status)
    link = visitor.locator("main a[href*='/files/']")
    answers = [visitor.request.get(link.nth(at).get_attribute("href")) for at in range(link.count())]
    package = answers[0].body()
    assert package.startswith(b"%PDF")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(package)).pages)
    assert CANARY.lower() not in text.lower() and CANARY.encode() not in package
    assert CANARY.lower() not in answers[1].text().lower()
    assert "504(f)" in text
    leave(officer)
    assert not faults, "\n".join(faults)
