"""A referral answered by link: the desk refers, the other side answers without an account and without a script, the
request follows."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.tests.factories import load_with_agencies
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def proof(tmp_path):
    raw = BytesIO()
    Image.new("RGB", (80, 60), "gray").save(raw, "JPEG")
    path = tmp_path / "filled.jpg"
    path.write_bytes(raw.getvalue())
    return path


def test_a_referral_is_sent_answered_by_its_link_and_comes_back(transactional_db, desk_page, browser, axe, proof):
    load_with_agencies(now=utc_now())
    request = make_request(now=utc_now())
    desk = desk_page("supervisor")

    desk.goto(f"/desk/requests/{request.number}/")
    desk.locator("summary", has_text="Referrals").click()
    desk.get_by_role("link", name="Refer by link").last.click()
    desk.get_by_label("To", exact=False).first.select_option(label="State roads")
    desk.get_by_label("What they read").fill("Hole in the right lane of Route 9.")
    desk.get_by_role("button", name="Refer", exact=False).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("RF-")

    row = Referral.objects.get()
    (mail,) = correspondence.list_messages("referrals.referral", row.pk)
    address = next(word for word in mail["body"].split() if "/refer/" in word)
    outside = browser(javascript=False, viewport={"width": 360, "height": 740}).new_page()
    outside.goto("/refer/" + address.split("/refer/", 1)[1])
    expect(outside.get_by_text("Hole in the right lane of Route 9.")).to_be_visible()
    outside.get_by_label("Your name").fill("Pat Doe")
    outside.get_by_label("Your number for this").fill("ST-77")
    outside.get_by_role("button", name="Take it on").click()
    expect(outside.get_by_text("We noted that you take it on.")).to_be_visible()

    outside.get_by_role("button", name="Done").click()
    expect(outside.get_by_text("Write what was done.").first).to_be_visible()
    outside.get_by_label("Message, reason, or what was done").fill("Filled with hot asphalt.")
    outside.locator("input[type=file]").set_input_files(proof)
    outside.get_by_role("button", name="Done").click()
    expect(outside.get_by_text("This referral has ended.")).to_be_visible()

    desk.reload()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(row.number)
    expect(desk.get_by_text("They say done").first).to_be_visible()
    expect(desk.get_by_role("link", name="filled.jpg")).to_be_visible()
    desk.get_by_role("button", name="Note the answer as seen").click()
    expect(desk.get_by_role("button", name="Note the answer as seen")).to_have_count(0)
    axe(desk)

    desk.goto(f"/desk/requests/{request.number}/")
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    desk.locator("summary", has_text="Referrals").click()
    expect(desk.get_by_text("They say done").first).to_be_visible()
    request.refresh_from_db()
    assert (request.state, request.is_open) == ("open", True)
    desk.goto("about:blank")
