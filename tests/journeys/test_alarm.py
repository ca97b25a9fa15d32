"""A call for help reaches a supervisor's open page: pressed on one desk, read on another, through the real process."""

import time

import pytest

from citydesk.desk.tests.contact_city import make_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TARGET_SECONDS = 2


def test_panic_on_one_desk_stands_on_a_supervisors_open_page_within_seconds(event_process, desk_page, axe):
    make_city()
    boss = desk_page("supervisor")
    with boss.expect_response(lambda answer: "/stream/" in answer.url) as stream:
        boss.goto("/desk/interactions/promises/")
    assert stream.value.status == 200
    assert boss.locator("#alerts [role=alert]").count() == 0
    desk = desk_page("representative")
    desk.goto("/desk/contact/")
    desk.wait_for_selector("text=Panic")
    began = time.monotonic()
    desk.keyboard.press("Control+F1")
    boss.wait_for_selector("#alerts [role=alert] >> text=needs help now")
    took = time.monotonic() - began
    print(f"panic to banner: {took:.2f} s, target {TARGET_SECONDS} s")
    axe(boss)
    boss.click("#alerts button[type=submit]")
    boss.wait_for_selector("#alerts [role=alert]", state="detached")
