"""The help key, by keyboard in two browsers: asked, seen while typed, a note read, taken over, handed back, saved."""

import pytest

from citydesk.contact.interactions.tests.factories import Interaction
from citydesk.contact.service_requests.tests.factories import ServiceRequest
from citydesk.desk.tests.contact_city import kept, make_city, make_maria, quiet, wait_for_code
from citydesk.kernel import audit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(desk_page, event_process):
    """A clerk with an open contact and a supervisor, both hearing the event process."""
    make_city()
    make_maria()
    clerk, boss = desk_page("representative"), desk_page("supervisor")
    with boss.expect_response(lambda answer: "/stream/" in answer.url):
        boss.goto("/desk/interactions/promises/")
    clerk.goto("/desk/contact/")
    with clerk.expect_response(lambda answer: "/stream/" in answer.url):
        clerk.keyboard.press("F2")
    clerk.wait_for_selector("#f-words:focus")
    return clerk, boss


def ask_for_help(clerk, boss):
    """The clerk asks and says why; the supervisor opens the live view from the top of their page."""
    clerk.keyboard.press("Shift+F1")
    clerk.wait_for_selector("#help-question")
    clerk.fill("#help-question", "Whose tree is it?")
    clerk.press("#help-question", "Enter")
    clerk.wait_for_selector("#contact-beside q >> text=Whose tree is it?")
    boss.wait_for_selector("#alerts >> text=Whose tree is it?")
    with boss.expect_response(lambda answer: "/stream/" in answer.url):
        boss.click("#alerts a.link")
    boss.wait_for_selector("#typed")


def test_the_help_key_from_the_question_to_the_saved_contact(two, axe):
    clerk, boss = two
    clerk.keyboard.type("Big tree fell")
    ask_for_help(clerk, boss)
    clerk.wait_for_selector("#contact-beside >> text=sees this contact as you type")

    # Seen as it is typed, drawn anew by news, while the supervisor's own note stays under the hand.
    boss.keyboard.press("F6")
    boss.wait_for_selector("#f-text:focus")
    boss.keyboard.type("It is the city's")
    clerk.focus("#f-words")
    clerk.keyboard.press("End")
    clerk.keyboard.type(" on my fence")
    boss.wait_for_selector("#typed >> text=Big tree fell on my fence")
    assert boss.input_value("#f-text") == "It is the city's"
    axe(boss)

    with boss.expect_response(lambda answer: "/stream/" in answer.url):
        boss.keyboard.press("F8")
    clerk.wait_for_selector("#notices >> text=It is the city's")
    assert clerk.input_value("#f-words") == "Big tree fell on my fence"
    assert clerk.evaluate("document.activeElement.id") == "f-words"
    axe(clerk)
    clerk.keyboard.press("Shift+F3")
    clerk.wait_for_selector("#notices .note", state="detached")
    boss.reload()
    boss.wait_for_selector("#typed >> text=Read")

    # Taken over: the form is the supervisor's; handed back, it lies with the clerk.
    with boss.expect_navigation(url="**/desk/contact/*/"):
        boss.keyboard.press("F9")
    boss.wait_for_selector("#contact-beside >> text=Taken over from")
    clerk.wait_for_selector("#contact-beside[data-taken]")
    clerk.wait_for_selector("#contact[inert]")
    axe(clerk)
    assert boss.input_value("#f-words") == "Big tree fell on my fence"
    with boss.expect_navigation(url="**/desk/contact/"):
        boss.keyboard.press("Shift+F9")
    clerk.wait_for_selector("#notices >> text=Handed back to you.")
    clerk.wait_for_selector("text=Time counts as parked")
    clerk.wait_for_selector("#contact:not([inert])")
    clerk.wait_for_load_state()  # the page is loaded anew, and hears keys when it is
    quiet(clerk)
    clerk.keyboard.press("F4")
    clerk.wait_for_selector("text=Time counts as parked", state="detached")

    wait_for_code(clerk, "tree_down")
    clerk.keyboard.press("Alt+1")
    clerk.wait_for_selector("[id='f-q.wires']:focus")
    clerk.keyboard.press("ArrowRight")
    clerk.focus("#f-name_refused")
    clerk.keyboard.press("Space")
    clerk.fill("#f-where", "1200 Oak St")
    quiet(clerk)
    clerk.keyboard.press("F12")
    clerk.wait_for_selector("#saved-number:focus")
    request = ServiceRequest.objects.get()
    told = [one for one in audit.history_of("service_requests.request", request.pk) if "together" in one.code]
    assert [one.after["names"].count(",") for one in told] == [1]


def test_a_contact_in_confidence_is_not_seen_although_its_clerk_asks(two):
    clerk, boss = two
    clerk.keyboard.type("My neighbor threatens me")
    kept(clerk)
    ask_for_help(clerk, boss)
    boss.wait_for_selector("#typed >> text=My neighbor threatens me")
    clerk.click("[data-opens=contact-about]")
    clerk.check("#f-is_confidential")
    boss.wait_for_selector("#typed >> text=in confidence")
    assert "threatens" not in boss.content()
    assert Interaction.objects.get().draft["is_confidential"] == "1"
