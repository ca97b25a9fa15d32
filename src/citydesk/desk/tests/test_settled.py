"""Whether the matter is settled: said by one key at the end of a contact, or not at all."""

import pytest

from citydesk.contact.interactions.services import refresh_contact_facts
from citydesk.contact.interactions.tests.factories import ContactFact, Interaction, clerk
from citydesk.desk.services import finish_contact
from citydesk.desk.tests.contact_city import NOON, kept, make_city, open_contact, quiet


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "known"), [("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("", "unknown"), ("perhaps", "unknown")]
)
def test_what_is_not_said_is_not_known_and_never_a_yes(said, known):
    make_city()
    access = clerk()
    contact = open_contact(access, words="When do you open?")
    fields = {"settled": said, "outcomes": [{"kind": "answered", "label": "Opening hours", "key": "a"}]}
    finish_contact(interaction_id=contact, version=2, fields=fields, access=access, now=NOON)
    refresh_contact_facts(now=NOON)
    assert Interaction.objects.get(pk=contact).settled == known
    assert ContactFact.objects.get(pk=contact).settled == known


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_key_says_it_and_nothing_on_the_screen_moves(desk_page):
    make_city()
    page = desk_page("representative")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")
    page.keyboard.type("When do you open?")
    bar = page.locator("#part-outcomes").bounding_box()
    assert bar["height"] < 60  # one line, as before anything was noted
    assert page.input_value("#f-settled") == "unknown"
    quiet(page)
    page.keyboard.press("Shift+F12")
    page.wait_for_selector("#f-settled:focus")
    page.keyboard.press("y")
    assert page.input_value("#f-settled") == "yes"
    page.keyboard.press("F8")  # the bar is drawn anew: what was chosen stays chosen
    page.wait_for_selector("#part-outcomes .outcome")
    quiet(page)
    kept(page)
    assert page.input_value("#f-settled") == "yes"
    assert page.locator("#part-outcomes").bounding_box() == bar
    page.keyboard.press("F12")
    page.wait_for_selector(".contact__saved")
    assert Interaction.objects.get().settled == "yes"
    page.click(".contact__saved a.link.n >> nth=-1")
    page.wait_for_selector("dt:has-text('Settled with this contact') + dd:has-text('Yes')")
