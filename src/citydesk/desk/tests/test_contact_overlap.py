"""Answers that overlap on the contact screen: keys wait for them, and none of them undoes what the clerk did."""

import re

import pytest

from citydesk.contact.interactions.tests.factories import Interaction
from citydesk.contact.service_requests.tests.factories import ServiceRequest
from citydesk.desk.tests.contact_city import make_city, make_maria, quiet, wait_for_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = re.compile(r"/desk/contact/\d+/parts/$")


class Held:
    """Questions of the screen that the server does not get before they are let go."""

    def __init__(self, page):
        self.page, self.routes, self.is_over = page, [], False
        page.route(PARTS, lambda route: route.continue_() if self.is_over else self.routes.append(route))

    def wait(self, count=1):
        """Until so many questions were asked."""
        for _ in range(2400):  # a minute: a busy machine is slow, not wrong
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{len(self.routes)} questions were asked, not {count}.")

    def let_go(self, *, older=None):
        """Let all of them go, and hold no more; `older` goes when the newer ones are answered."""
        self.is_over = True
        for route in [one for one in self.routes if one is not older] + [one for one in self.routes if one is older]:
            with self.page.expect_response(PARTS):
                route.continue_()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.is_over:
            self.let_go()


@pytest.fixture
def desk(desk_page):
    make_city()
    make_maria()
    page = desk_page("representative")
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")
    return page


def test_a_digit_pressed_before_the_codes_came_takes_the_code_that_comes(desk):
    with Held(desk) as held:
        desk.keyboard.insert_text("Big tree fell")
        desk.keyboard.press("Alt+1")
        held.wait()
        assert not desk.query_selector("[data-alt='1']")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    assert desk.get_attribute("[name=code]:checked", "value") == "tree_down"


@pytest.mark.parametrize("is_late", [True, False])
def test_an_older_answer_does_not_undo_the_chosen_code(desk, is_late):
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    quiet(desk)
    with Held(desk) as held:
        desk.keyboard.insert_text(" across")
        held.wait()
        desk.keyboard.press("Alt+1")
        held.wait(2)
        held.let_go(older=held.routes[0] if is_late else None)
    desk.wait_for_selector("[id='f-q.wires']:focus")
    quiet(desk)
    assert desk.get_attribute("[name=code]:checked", "value") == "tree_down"
    assert desk.evaluate("document.activeElement.id") == "f-q.wires"
    assert desk.query_selector("#part-answers .contact__script")


def test_an_answer_to_later_words_does_not_take_the_place_of_the_code_that_was_asked_for(desk):
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    quiet(desk)
    with Held(desk) as held:
        desk.keyboard.insert_text(" across")
        desk.keyboard.press("Alt+1")  # the words are asked for after a pause, so after the code
        held.wait(2)
        held.let_go(older=next(one for one in held.routes if "part=code" in (one.request.post_data or "")))
    desk.wait_for_selector("[id='f-q.wires']:focus")
    quiet(desk)
    assert desk.get_attribute("[name=code]:checked", "value") == "tree_down"


def test_answered_while_a_part_is_drawn_is_noted_once_and_saves_nothing(desk):
    with Held(desk) as held:
        desk.keyboard.insert_text("When is city hall open")
        held.wait()
        desk.keyboard.press("F8")
        desk.keyboard.press("F8", delay=5)
    desk.wait_for_selector("#part-outcomes .outcome")
    quiet(desk)
    assert "/saved/" not in desk.url
    assert Interaction.objects.get().state == "draft"
    assert len(Interaction.objects.get().draft["outcomes"]) >= 1


def test_saving_at_once_after_the_place_saves_with_the_place(desk):
    desk.keyboard.type("Hole in the road")
    wait_for_code(desk, "pothole")
    quiet(desk)
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[name=code]:checked", state="attached")
    quiet(desk)
    desk.focus("#f-name_refused")
    desk.keyboard.press("Space")
    desk.focus("#f-where")
    with Held(desk) as held:
        desk.keyboard.insert_text("1218 oak st")
        desk.keyboard.press("F12")
        held.wait()
        assert "/saved/" not in desk.url
    desk.wait_for_selector("#saved-number:focus")
    assert ServiceRequest.objects.get().place_label == "1218 Oak St"


def test_what_a_key_stood_for_is_never_replaced_by_another_thing(desk):
    desk.keyboard.type("Big tree fell")
    wait_for_code(desk, "tree_down")
    desk.keyboard.press("Alt+1")
    desk.wait_for_selector("[id='f-q.wires']:focus")
    desk.keyboard.press("Space")
    desk.wait_for_selector(".stop[role=alert]")
    quiet(desk)
    desk.wait_for_selector("[id='f-q.wires']:focus:checked")  # drawn anew, it holds the focus and the answer still
    with Held(desk) as held:
        desk.keyboard.press("ArrowRight")
        desk.wait_for_selector("[id='f-q.wires']:not(:checked)")
        held.wait()
        desk.keyboard.press("F8")  # the stop's own; below it, the plain "answered" wears it too
    desk.wait_for_selector(".toast >> text=no longer on the page")
    assert not desk.query_selector(".stop, #part-outcomes .outcome >> text=Answered")
