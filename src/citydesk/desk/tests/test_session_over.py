"""A session that ends in mid-work: at the desk and on a crew's phone nothing typed is lost, and it is sent once, in the
name of who typed it, after signing in again."""

from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from citydesk.city.staff.tests.factories import PASSWORD, make_team, make_user
from citydesk.contact.interactions.tests.factories import Interaction
from citydesk.contact.work_orders.tests.factories import make_work_order
from citydesk.desk.tests.contact_city import kept, make_city, wait_for_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open("citydesk-crew", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("waiting").objectStore("waiting").count();
    all.onsuccess = () => { asked.result.close(); done(all.result); };
  };
})"""


def sign_in_elsewhere(page, username):
    """In another tab of the same browser, by name and password."""
    other = page.context.new_page()
    other.goto("/accounts/login/?next=/desk/staff/account/")
    other.fill("#id_login", username)
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    # The door's own address ends with the page it leads to: the path alone tells them apart.
    other.wait_for_url(lambda address: urlsplit(address).path == "/desk/staff/account/")
    return other


def door(page):
    return page.locator("#session").get_by_role("link", name="Sign in in another tab")


def test_a_call_goes_on_where_it_was_after_signing_in_again(desk_page):
    make_city()
    page = desk_page(user=make_user("rosa", roles=["representative"], password=PASSWORD))
    make_user("dana", roles=["representative"], password=PASSWORD)
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")
    page.keyboard.type("Big tree fell")
    wait_for_code(page, "tree_down")
    kept(page)
    Session.objects.all().delete()
    page.keyboard.type(" on my street")
    door(page).wait_for(state="visible")
    assert page.locator("#lost").is_hidden() and page.input_value("#f-words") == "Big tree fell on my street"
    # Whoever sits down meanwhile does not get it in their name.
    other = sign_in_elsewhere(page, "dana")
    page.get_by_text("Somebody else signed in in this browser.").wait_for()
    assert Interaction.objects.get().draft["words"] == "Big tree fell"
    other.close()
    page.context.clear_cookies()
    sign_in_elsewhere(page, "rosa")
    page.get_by_text("You are signed in again.").wait_for(state="attached")  # the strip goes by itself, its words stay
    page.wait_for_function("() => window.contactIsKept()")
    drafts = list(Interaction.objects.values_list("draft__words", flat=True))
    assert drafts == ["Big tree fell on my street"]


def test_what_a_crew_did_in_a_dead_spot_outlives_the_session_and_is_sent_once(desk_page):
    crew = make_team("trees", kind="crew")
    _order, number = make_work_order(crew_id=crew.pk)
    page = desk_page(user=make_user("bo", roles=["crew"], teams=[crew], password=PASSWORD))
    page.goto(reverse("work_orders:crew_order", args=[number]))
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => window.ourSession")
    page.context.set_offline(True)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.fill("#f-hours", "2.5")
    page.get_by_role("button", name="Note hours").click()
    page.get_by_text("1 thing kept on this phone").wait_for()
    page.fill("#f-hours", "a lot")
    page.get_by_role("button", name="Note hours").click()
    page.get_by_text("2 things kept on this phone").wait_for()
    Session.objects.all().delete()
    page.context.set_offline(False)
    door(page).wait_for(state="visible")
    assert page.evaluate(KEPT) == 2
    sign_in_elsewhere(page, "bo")
    page.get_by_text("2.50 h").wait_for(state="attached")
    assert page.evaluate(KEPT) == 0
    page.reload()
    assert page.get_by_text("2.50 h").count() == 1
    # What the desk refused is not gone without a word.
    refused = page.locator("#not-taken")
    refused.wait_for(state="visible")
    assert "crew, a lot" in refused.inner_text()
    refused.get_by_role("button", name="Seen").click()
    refused.wait_for(state="hidden")
