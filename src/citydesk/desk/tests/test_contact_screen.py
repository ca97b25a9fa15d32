"""The contact screen in a real browser: by keyboard, through reloads, parking, refusals and a lost server."""

import re

import pytest

from citydesk.city.correspondence.services import record_consent
from citydesk.contact.interactions.tests.factories import Interaction
from citydesk.contact.service_requests.tests.factories import ServiceRequest
from citydesk.desk.tests.contact_city import NOON, kept, make_city, make_maria, quiet, try_now, wait_for_code
from citydesk.kernel.actors import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(desk_page):
    make_city()
    maria = make_maria()
    page = desk_page("representative")
    page.maria = maria
    return page


class Keys:
    """A keyboard that counts: one for every key pressed, a chord is one."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *keys):
        for key in keys:
            self.count += 1
            self.page.keyboard.press(key)

    def type(self, text):
        self.count += len(text)
        self.page.keyboard.type(text, delay=15)


def open_contact(page):
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")


def test_a_known_caller_with_a_common_code_takes_at_most_20_keystrokes_beyond_the_words(desk):
    keys = Keys(desk)
    open_contact(desk)
    desk.keyboard.type("Big tree fell across my street", delay=5)
    wait_for_code(desk, "tree_down")
    keys.press("Alt+1")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    keys.press("ArrowRight")  # wires: no
    # Who: four digits, then the one who wears 4; where: the home that is offered.
    keys.press("Tab", "Tab")
    assert desk.evaluate("document.activeElement.id") == "f-who"
    keys.type("0148")
    desk.wait_for_selector("#part-people [data-alt='4']")
    keys.press("Alt+4")
    desk.wait_for_selector("#part-place [data-alt='9']")
    keys.press("Alt+9")
    desk.wait_for_selector("#part-place .facts-line b")
    keys.press("F12")
    desk.wait_for_selector("#saved-number:focus")
    print("KEYSTROKES known caller:", keys.count)
    assert keys.count <= 20
    request = ServiceRequest.objects.get()
    assert (request.customer_id, request.place_label, request.answers["wires"]) == (
        desk.maria.id,
        "1200 Oak St",
        "no",
    )
    assert request.number.replace("-", " ")[:5] in desk.inner_text("#saved-number")


def test_an_unknown_caller_who_refuses_a_name_takes_fewer(desk):
    keys = Keys(desk)
    open_contact(desk)
    desk.keyboard.type("Hole in the road at 1218 Oak", delay=5)
    wait_for_code(desk, "pothole")
    keys.press("Alt+1")
    desk.wait_for_selector("[name=code]:checked")
    keys.press("Tab")
    keys.type("1218 oak st")
    desk.wait_for_selector("#part-place .facts-line b")
    keys.press("Tab", "Tab", "Space")
    keys.press("F12")
    desk.wait_for_selector("#saved-number:focus")
    print("KEYSTROKES name refused:", keys.count)
    assert keys.count < 20
    assert ServiceRequest.objects.get().is_anonymous


def test_a_draft_survives_reload_and_keeps_the_focus(desk):
    open_contact(desk)
    desk.keyboard.type("Big tree fell")
    kept(desk)
    desk.press("#f-words", "Tab")
    desk.focus("#f-where")
    desk.reload()
    assert desk.input_value("#f-words") == "Big tree fell"
    assert desk.evaluate("document.activeElement.id") == "f-where"
    assert "Big tree fell" in desk.inner_text("#strip")


def test_park_and_resume_by_key_and_several_contacts_open(desk):
    open_contact(desk)
    desk.keyboard.type("First")
    kept(desk)
    desk.keyboard.press("F2")
    desk.wait_for_function("() => document.querySelector('#f-words:focus')?.value === ''")
    assert desk.inner_text("#strip").count("Parked") == 1
    desk.keyboard.type("Second")
    kept(desk)
    desk.keyboard.press("F4")
    desk.wait_for_selector("text=Time counts as parked")
    desk.keyboard.press("F4")
    desk.wait_for_selector("text=Time counts as parked", state="detached")
    states = list(Interaction.objects.order_by("id").values_list("state", flat=True))
    assert states == ["parked", "draft"]


def test_a_refused_save_shows_the_summary_and_keeps_everything(desk, axe):
    open_contact(desk)
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    desk.keyboard.press("F12")
    desk.wait_for_selector("#error-summary:focus")
    quiet(desk)
    assert desk.input_value("#f-words") == "Big tree fell"
    assert "repair" in desk.inner_text("#error-summary")
    axe(desk)


def test_yes_at_wires_stops_and_is_told_by_f8(desk):
    open_contact(desk)
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    desk.keyboard.press("Space")
    desk.wait_for_selector(".stop[role=alert]")
    assert desk.evaluate("document.activeElement.id") == "f-q.wires"
    desk.keyboard.press("F8")
    desk.wait_for_selector("#part-outcomes >> text=911")


def test_a_better_suggestion_never_replaces_the_chosen_code(desk):
    open_contact(desk)
    desk.keyboard.type("tree fell")
    wait_for_code(desk, "tree_down")
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[name=code]:checked")
    desk.focus("#f-words")
    desk.keyboard.press("Control+A")
    desk.keyboard.type("pothole hole in the road")
    desk.wait_for_selector("#part-codes >> text=Pothole")
    assert desk.get_attribute("[name=code]:checked", "value") == "tree_down"
    assert desk.evaluate("document.activeElement.id") == "f-words"


def test_enter_in_a_field_saves_nothing(desk):
    open_contact(desk)
    desk.focus("#f-where")
    desk.keyboard.type("1200 Oak St")
    desk.keyboard.press("Enter")
    kept(desk)
    quiet(desk)
    assert "/saved/" not in desk.url
    assert not ServiceRequest.objects.exists()


def test_a_lost_server_loses_nothing_and_gets_it_once(desk):
    open_contact(desk)
    desk.keyboard.type("Before")
    kept(desk)
    desk.route(re.compile("/save/$"), lambda route: route.abort())
    desk.keyboard.type(" and after")
    desk.wait_for_selector("#lost:not([hidden])")
    assert desk.input_value("#f-words") == "Before and after"
    desk.unroute(re.compile("/save/$"))
    try_now(desk)
    kept(desk)
    assert Interaction.objects.get().draft["words"] == "Before and after"


def test_it_works_at_320_pixels_in_spanish_and_in_the_dark(desk_page, axe):
    make_city()
    page = desk_page("representative", viewport={"width": 320, "height": 640}, language="es-ES", color_scheme="dark")
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")
    page.fill("#f-words", "árbol caído")
    wait_for_code(page, "tree_down")
    page.click("label:has([data-alt='1'])")
    page.wait_for_selector("[id='f-q.wires']")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
    page.click("[data-opens=contact-about]")
    page.click("[data-opens=contact-code-word]")
    page.wait_for_selector("#contact-code-word input:focus")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)


def test_the_whole_screen_is_clean_with_everything_open(desk, axe):
    record_consent(phone="+14235550148", how="asked", actor=SYSTEM, now=NOON)
    open_contact(desk)
    # Nothing is drawn before the last part has come, so nothing moves when it does.
    links = desk.query_selector_all("head link[rel=expect][blocking=render]")
    awaited = [one.get_attribute("href") for one in links]
    assert any(desk.query_selector(f"#contact > {one}:last-child") for one in awaited), awaited
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    desk.focus("#f-who")
    desk.keyboard.type("0148")
    desk.wait_for_selector("[data-alt='4']")
    desk.keyboard.press("Alt+4")
    quiet(desk)
    desk.wait_for_selector("#part-person >> text=Maria Garcia")
    assert desk.input_value("#f-tell_by") == "sms"  # what she prefers, though the form said "do not write" before
    desk.keyboard.press("F10")
    desk.wait_for_selector("#f-callback_at:focus")
    quiet(desk)
    axe(desk)
    desk.keyboard.press("Escape")
