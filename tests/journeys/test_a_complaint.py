"""A sensitive complaint to its appeal, through the pages alone: call, plan, approval, letter, call back, appeal."""

import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from citydesk.city.correspondence.models import Message
from citydesk.contact.complaints.models import Complaint
from tests.guards.test_pages_axe import faults_both_ways
from tests.journeys.desk import Contact, saved_numbers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "He called my mother a name"


def send(page, button: str, **typed: str) -> None:
    """Fill the form that has the button, press it, and wait for the page it leads to."""
    form = page.locator("form", has=page.locator("button", has_text=re.compile(f"^\\s*{button}\\s*$"))).first
    fold = form.locator("xpath=ancestor::details[not(@open)]")
    for at in range(fold.count()):
        fold.nth(at).locator("summary").first.click()
    for name, value in typed.items():
        control = form.locator(f"[name={name}]").first
        if control.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value={value}]").check(force=True)
        elif control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    with page.expect_navigation():
        form.get_by_role("button", name=button, exact=True).click()
    assert not page.locator("#error-summary").count(), page.inner_text("#error-summary")


def state_of(page) -> str:
    """The word beside the heading."""
    return page.locator(".pagehead .bd").first.inner_text().strip()


def text_of_pdf(page, address: str, path) -> str:
    """The words of a printed letter."""
    path.write_bytes(page.request.get(address).body())
    return " ".join(" ".join(one.extract_text() for one in PdfReader(path).pages).split())


def test_a_sensitive_complaint_to_its_appeal(city, seat, axe, tmp_path):
    # Dana takes the call; what is told in confidence is no longer hers once it is saved.
    dana = seat("dana")
    call = Contact.new(dana)
    call.words(f"complaint: rude driver. {SECRET}").code("employee_feedback").answer("kind", "complaint")
    dana.fill("#f-who", "Ofelia Marsh")
    dana.click("[data-opens=contact-about]")
    dana.fill("[name=code_word]", "Blue Heron")
    call.settled().page.keyboard.press("Escape")
    call.kept().save()
    request = saved_numbers(dana)[0]

    request_page = reverse("service_requests:detail", args=[request])
    assert dana.request.get(request_page).status == 404

    # A supervisor of the board that reads it opens a complaint from the request's page.
    priscilla = seat("priscilla")
    priscilla.goto(request_page)
    priscilla.locator("summary", has_text="Complaint").click()
    priscilla.get_by_role("link", name="Open a complaint").click()
    priscilla.wait_for_selector("[name=class_code]", state="attached")
    found = list(faults_both_ways(priscilla, axe, "open a complaint", go=False))
    send(priscilla, "Open the complaint", class_code="civil_rights", language="es")
    number = Complaint.objects.get(request_number=request).number
    page_of = reverse("complaints:detail", args=[number])

    # Vera's team handles it; she does not see the request itself.
    vera = seat("vera")
    vera.goto(reverse("complaints:list"))
    vera.get_by_role("link", name=number).click()
    assert SECRET in vera.inner_text("main") and "which you do not see" in vera.inner_text("main")
    send(vera, "I handle it")
    found += faults_both_ways(vera, axe, "a complaint under review", go=False)
    send(vera, "Keep the plan", summary="Training and an apology", kind_0="apology", words_0="A letter of the director")
    send(vera, "Ask for approval")
    assert state_of(vera) == "Awaiting approval" and not vera.get_by_role("button", name="Approve").count()

    # The board sends it back once, then agrees.
    gideon = seat("gideon")
    gideon.goto("/desk/")
    gideon.get_by_role("link", name=number).first.click()
    found += faults_both_ways(gideon, axe, "a plan to approve", go=False)
    send(gideon, "Send back", reason="Say by when")
    vera.goto(page_of)
    assert "Say by when" in vera.inner_text("main")
    send(
        vera, "Keep the plan", summary="Training and an apology by Friday", kind_0="apology", words_0="Letter",
        kind_1="work", words_1="Training of the crew", by_day_1="2027-01-15",
    )  # fmt: skip
    send(vera, "Ask for approval")
    gideon.goto(page_of)
    send(gideon, "Approve")
    vera.goto(page_of)
    send(vera, "Offered", words="By telephone, with the terms read aloud")
    send(vera, "Write it", kind="counter_offer", words="She wants it in writing")
    send(vera, "They accept", words="She agrees when it is in the letter")
    send(
        vera, "Decide and write the letter", outcome="settled", words="El conductor recibió una capacitación.",
        letter_to="Ofelia Marsh\n136 Quarry Rd, Riverton, TN 37400",
    )  # fmt: skip
    letter = vera.locator("a[href*='/letters/']").first.get_attribute("href")
    draft = text_of_pdf(vera, letter, tmp_path / "draft.pdf")
    assert "Borrador, sin aprobar" in draft and "Nuestra decisión sobre su queja" in draft and number in draft

    # The caller with her word hears only that it is looked into; then the letter is approved and mailed.
    assert "is being looked into" in told(dana, request)
    gideon.goto(page_of)
    send(gideon, "Approve the letter")
    vera.goto(page_of)
    send(vera, "Print")
    send(vera, "It is in the mail")
    printed = text_of_pdf(vera, letter, tmp_path / "letter.pdf")
    assert "Borrador" not in printed and "Usted puede apelar" in printed and "Ofelia Marsh" in printed
    heard = told(dana, number)
    assert "The letter was mailed." in heard and SECRET not in heard and "Training" not in heard

    # The appeal goes to somebody who had no part in it.
    send(vera, "Take the appeal in", words="The training has no date")
    assert state_of(vera) == "Appealed" and not vera.get_by_role("button", name="Decide the appeal").count()
    gideon.goto(page_of)
    assert not gideon.get_by_role("button", name="Decide the appeal").count()
    records = seat("records")
    records.goto(reverse("complaints:list") + "?show=appeals")
    records.get_by_role("link", name=number).click()
    found += faults_both_ways(records, axe, "an appeal", go=False)
    send(records, "Decide the appeal", outcome="changed", words="La capacitación será el 15 de enero.")
    # Who approved the first letter does not approve this one.
    gideon.goto(page_of)
    assert "You answered for the first decision" in gideon.inner_text("main")
    assert not gideon.get_by_role("button", name="Approve the letter").count()
    priscilla.goto(page_of)
    send(priscilla, "Approve the letter")
    vera.goto(page_of)
    send(vera, "Print")
    send(vera, "It is in the mail")
    second = vera.locator("a[href*='/letters/']").first.get_attribute("href")
    appeal = text_of_pdf(vera, second, tmp_path / "appeal.pdf")
    assert "La decisión sobre su apelación" in appeal and "15 de enero" in appeal
    send(vera, "Close the complaint", reason="The training is planned")
    assert state_of(vera) == "Closed"
    assert "Your complaint is closed. A letter told you how." in told(dana, number)

    # Who did what is all there; the letters were the only messages, and the desk's own queue never had them.
    history = vera.inner_text("main")
    for name in ("Priscilla Oyelaran", "Vera Lindholm", "Gideon Farr", "Cornelius Webb"):
        assert name in history
    assert set(Message.objects.filter(is_sealed=True).values_list("state", flat=True)) == {"sent"}
    dana.goto(reverse("correspondence:letters"))
    assert number not in dana.inner_text("main")
    assert not re.search(r"SR-|CP-", dana.inner_text("main"))
    assert not found, "\n".join(found)


def told(page, number: str) -> str:
    """What the clerk reads to a caller who gives the number and the word."""
    page.goto(reverse("desk:code_word"))
    page.fill("[name=word_number]", number)
    page.fill("[name=word_code]", "blue heron")
    page.get_by_role("button", name="Check").click()
    return page.inner_text("#code-word [role=status]")
