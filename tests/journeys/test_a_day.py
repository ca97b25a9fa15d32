"""A day in the city, through the pages alone: the calls, the counter, the department, the crew, the resident."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from PIL import Image

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.work_orders.models import WorkOrder, WorkPhoto
from citydesk.kernel.clock import utc_now
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.statistics import services as statistics
from tests.journeys import pictures
from tests.journeys.desk import Contact, saved_numbers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 375, "height": 812}, "device_scale_factor": 2}


@pytest.fixture
def residents(city):
    """Rosa speaks Spanish; Edna and Edgar Marsh are taken for each other."""
    rosa = {"phone": "(706) 555-0148", "email": "rosa@example.org", "address": "136 Quarry Rd", "language": "es"}
    return {
        "rosa": city.resident("Rosa", "Delgado", **rosa),
        "edna": city.resident("Edna", "Marsh", phone="(706) 555-0177", email="edna@example.org"),
        "edgar": city.resident("Edgar", "Marsh", phone="(706) 555-0178", email="edgar@example.org"),
    }


@pytest.mark.skipif(not pictures.FOLDER, reason="runs for its picture; the Monday asserts what it shows")
def test_a_call_about_what_is_known_for_its_picture(city, seat, residents, picture):
    for page, words, speaks, where, who in (
        (seat("dana"), "big pothole in the road", "en", "136 Quarry Rd", "706 555 0177"),
        (
            seat("lucille"),
            "hay un bache muy grande en la calle, ya se ponchó una llanta",
            "es",
            "138 Quarry Rd",
            "706 555 0148",
        ),
    ):
        contact = Contact.new(page).words(words).language(speaks).code("pothole").where(where)
        contact.answer("gas", "no").answer("water", "no").answer("where", "lane").who(who)
        if who.endswith("0148"):
            page.wait_for_selector("#part-nearby li")
            picture(page, "contact")
            return
        contact.save()


def mailed(address):
    """What the local mail server got for one person, as `(subject, body)`, after the worker's jobs ran."""
    run_jobs(only=("kernel.handle_events", "correspondence.deliver"))
    return [(sent.subject, sent.body) for sent in mail.outbox if address in sent.to]


def dumping_told_ten_days_late(page):
    """A Spanish message on the machine, keyed today with the day it was spoken. Returns the request's number."""
    contact = Contact.new(page)
    page.click("[data-opens=contact-about]")
    spoken = profile.city_today(utc_now()) - timedelta(days=10)
    page.fill("#f-received_at", f"{spoken:%Y-%m-%d} 09:40")
    page.fill("#f-received_reason", "Left on the answering machine")
    page.select_option("#f-language", "es")
    contact.settled()
    page.keyboard.press("Escape")
    contact.words("tiraron llantas en la esquina").code("illegal_dumping").where("142 Quarry Rd")
    contact.answer("kind", "tires").who("706 555 0148").tell_by("email").save()
    return saved_numbers(page)[0]


def crew_does(page, order, picture):
    """The crew on a phone: today's round, start, photo, done."""
    page.goto("/desk/work-orders/crew/")
    picture(page, "crew-round")
    page.click(f"a[href*='{order}']")
    page.click("main button:has-text('Start')")
    page.wait_for_selector("main >> text=Photos")
    page.wait_for_selector("main button:has-text('Start')", state="detached")
    picture(page, "crew")
    page.click("summary:has-text('Photos')")
    page.set_input_files("input[name=photo]", {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.check("[name=photo_kind][value=after]", force=True)
    page.click("button:has-text('Add photo')")
    page.wait_for_selector("figure img", state="attached")
    page.fill("#finish [name=result_note]", "Twelve tires taken to the landfill")
    page.click("button[name=result_code][value=done]")
    page.wait_for_url("**/crew/")


def among_records(page, number):
    """Turn the pages behind a figure until the request stands there: in the year of the pictures there are several."""
    page.wait_for_selector("main table")
    while not page.locator(f"main a:has-text('{number}')").count():
        address = page.url
        page.click("main a[rel=next]")
        page.wait_for_function("(before) => location.href !== before", arg=address)
        page.wait_for_selector("main table")


def photo():
    """A picture as a phone sends it."""
    kept = BytesIO()
    Image.new("RGB", (640, 480), "olivedrab").save(kept, "JPEG")
    return kept.getvalue()


def test_the_department_the_crew_the_resident_and_the_supervisor(city, seat, residents, axe, picture):
    number = dumping_told_ten_days_late(seat("lucille"))

    # It came to the department by rule, and anybody may see by which.
    harriet = seat("harriet")
    harriet.goto("/desk/requests/?show=open")
    harriet.click(f"a:has-text('{number}')")
    harriet.wait_for_selector("#timeline-first, .timeline")
    harriet.goto(f"/desk/requests/{number}/route/")
    assert re.search(r"first rule that held: Bulk items", harriet.inner_text("main"))

    # Ten days after it was told it is late: the supervisor sees so on the first page.
    priscilla = seat("priscilla")
    priscilla.goto("/desk/")
    picture(priscilla, "supervisor")
    picture(priscilla, "queue", at="/desk/requests/?show=open")
    picture(priscilla, "queue-dark", at="/desk/requests/?show=open", dark=True)
    priscilla.click("a[href*='due=late']:has-text('Sanitation bulk')")
    priscilla.wait_for_selector(f"main >> text={number}")

    # The work order, by the button of its panel; the crew on the phone.
    harriet.goto(f"/desk/requests/{number}/")
    harriet.click("section:has(h2:has-text('Work order')) button:has-text('New')")
    harriet.wait_for_selector("#move-crew:focus")
    harriet.select_option("#move-crew", label="Sanitation bulk")
    harriet.fill("#move-scheduled_date", profile.city_today(utc_now()).isoformat())
    harriet.click("#move button:has-text('Make a work order')")
    order = harriet.locator("a[href*='/desk/work-orders/WO-']").first.inner_text()
    bo = seat("bo", **PHONE, has_touch=True)
    picture(harriet, "request")
    crew_does(bo, order, picture)
    axe(bo)
    work = WorkOrder.objects.get(number=order)
    assert (work.state, work.result_code, WorkPhoto.objects.filter(work_order=work).count()) == ("done", "done", 1)

    # The request moved, and Rosa is told in her language; her link opens the page, where she opens it again.
    told = mailed("rosa@example.org")
    request = ServiceRequest.objects.get(number=number)
    assert request.state == "closed" and request.close_reason == "done"
    assert any(subject.startswith("Hecho:") and number in subject for subject, _body in told), told
    link = re.search(r"/track/[^/\s]+/", told[-1][1]).group()
    rosa = seat("", **PHONE, language="es-US")
    rosa.goto(link)
    picture(rosa, "track-es")
    picture(rosa, "portal-es", at="/")
    assert "Basura tirada ilegalmente" in rosa.inner_text("h1")
    axe(rosa)
    rosa.fill("#f-reopen", "Siguen ahí seis llantas")
    rosa.click("button:has-text('Abrir')")
    rosa.wait_for_selector("text=abierto de nuevo")
    request.refresh_from_db()
    assert (request.state, request.reopen_count) == ("open", 1)
    assert any(subject.startswith("Abierto de nuevo:") for subject, _body in mailed("rosa@example.org"))

    # The supervisor goes from the figure of the report to the record.
    requests.refresh_request_facts(now=utc_now())
    statistics.refresh_facts(now=utc_now())
    priscilla.goto("/desk/reports/?dates=30d")
    picture(priscilla, "report", at="/desk/reports/")
    priscilla.locator(".figure__value").first.click()
    priscilla.wait_for_url("**/records/**")
    among_records(priscilla, number)
    priscilla.click(f"a:has-text('{number}')")
    priscilla.wait_for_url(f"**/desk/requests/{number}/**")
    assert "Siguen ahí seis llantas" in priscilla.inner_text("main")
