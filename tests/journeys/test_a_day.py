"""A day in the city, through the pages alone: the calls, the counter, the department, the crew, the resident."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image

from citydesk.contact.interactions.models import Interaction, InteractionOutcome, Promise
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.work_orders.models import WorkOrder, WorkPhoto
from citydesk.desk.tests.contact_city import try_now
from citydesk.kernel.clock import utc_now
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.statistics import services as statistics
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


def call_about_a_pothole(page, who="706 555 0177"):
    """The first call of the morning, in English: what a later caller joins. Returns the request's number."""
    contact = Contact.new(page)
    contact.words("big pothole in the road").code("pothole").where("136 Quarry Rd")
    contact.answer("gas", "no").answer("water", "no").answer("where", "lane")
    contact.who(who).save()
    return saved_numbers(page)[0]


def call_about_dumping(page, who="706 555 0148"):
    """A call that a routing rule, not its code, sends to the bulk crew."""
    contact = Contact.new(page)
    contact.words("tiraron basura y llantas").language("es").code("illegal_dumping").where("142 Quarry Rd")
    contact.answer("kind", "tires").who(who).tell_by("email").save()
    return saved_numbers(page)[0]


def test_a_spanish_call_with_a_duplicate_and_a_second_request_parked_for_a_walk_in(city, seat, residents, picture):
    before = list(Interaction.objects.values_list("pk", flat=True))
    known = ServiceRequest.objects.count()
    dana, lucille = seat("dana"), seat("lucille")
    pothole = call_about_a_pothole(dana)

    spanish = Contact.new(lucille)
    spanish.words("hay un bache muy grande en la calle, ya se ponchó una llanta").language("es").code("pothole").where(
        "138 Quarry Rd"
    )
    spanish.answer("gas", "no").answer("water", "no").answer("where", "lane").who("706 555 0148")
    lucille.wait_for_selector(f"#part-nearby >> text={pothole}")
    picture(lucille, "contact")
    lucille.keyboard.press("F6")
    lucille.wait_for_selector("#part-outcomes >> text=Me too")
    lucille.keyboard.press("Shift+F2")
    lucille.wait_for_function("() => document.querySelector('#f-words')?.value === ''")
    spanish.words("tiraron basura y llantas en la esquina").code("illegal_dumping").where("142 Quarry Rd").kept()

    # Somebody stands at the glass: F2 parks the call.
    spoken_on = lucille.url
    counter = Contact.new(lucille)
    counter.words("street light flickers").code("street_light_out").where("112 Quarry Rd").answer("fault", "flicker")
    counter.refuse_name().save()
    assert ServiceRequest.objects.get(number=saved_numbers(lucille)[0]).is_anonymous

    # Back to the call: F4 takes it up where it was left.
    call = Interaction.objects.get(pk=re.search(r"/contact/(\d+)/", spoken_on).group(1))
    assert call.state == "parked"
    lucille.goto(spoken_on)
    lucille.wait_for_selector("text=Time counts as parked")
    lucille.keyboard.press("F4")
    lucille.wait_for_selector("text=Time counts as parked", state="detached")
    assert lucille.input_value("#f-words") == "tiraron basura y llantas en la esquina"
    spanish.answer("kind", "tires").save()

    call.refresh_from_db()
    outcomes = InteractionOutcome.objects.filter(interaction=call).values_list("kind", "target_number")
    dumping = ServiceRequest.objects.get(number=dict(outcomes)["request"])
    assert sorted(outcomes) == [("follow", pothole), ("request", dumping.number)]
    assert (dumping.customer_id, dumping.language) == (residents["rosa"].id, "es")
    assert call.parked_seconds >= 1
    assert ServiceRequest.objects.get(number=pothole).follower_count == 1
    assert [one.state for one in Interaction.objects.exclude(pk__in=before)] == ["saved"] * 3
    assert ServiceRequest.objects.count() == known + 3


def test_a_dropped_call_keeps_the_number_and_promises_to_call_back(city, seat, residents):
    page = seat("dana")
    contact = Contact.new(page)
    contact.words("the water in my").who("0178").kept()
    page.keyboard.press("Shift+F4")
    page.wait_for_selector("text=Time counts as parked")
    promise = Promise.objects.get()
    assert (promise.owner_id, promise.state) == (city.person("dana").id, "open")
    assert Interaction.objects.get().state == "parked"
    page.goto("/desk/interactions/promises/")
    assert "the line broke off" in page.inner_text("main")
    assert "555-0178" in page.inner_text("main")


def test_a_wrong_person_is_corrected_and_nothing_more_goes_to_them(city, seat, residents):
    page = seat("dana")
    number = call_about_a_pothole(page)
    link_of_edna = ServiceRequest.objects.get(number=number).public_token
    page.keyboard.press("Control+z")
    page.wait_for_selector("#f-right_who:focus")
    page.keyboard.type("0178", delay=5)
    page.wait_for_selector("#relink-people >> text=Edgar Marsh")
    page.fill("[name=reason]", "The voices are alike")
    with page.expect_navigation():
        page.click("text=Link to this person")
    request = ServiceRequest.objects.get(number=number)
    assert request.customer_id == residents["edgar"].id
    assert request.public_token != link_of_edna
    run_jobs()
    assert {one for sent in mail.outbox for one in sent.to} <= {"edgar@example.org"}


def test_a_server_lost_in_mid_form_loses_nothing(city, seat, residents):
    page = seat("dana", watched=False)
    contact = Contact.new(page)
    contact.words("big pothole in the road").code("pothole").kept()
    lost = re.compile(r"/desk/contact/\d+/(save|parts|front|leave)/")
    page.route(lost, lambda route: route.abort())
    page.focus("#f-where")
    page.keyboard.type("136 Quarry Rd", delay=5)
    page.wait_for_selector("#lost:not([hidden])")
    page.unroute(lost)
    try_now(page)
    contact.kept()
    page.reload()
    assert page.input_value("#f-words") == "big pothole in the road"
    assert page.input_value("#f-where") == "136 Quarry Rd"
    assert page.get_attribute("[name=code]:checked", "value") == "pothole"
    assert Interaction.objects.count() == 1


def mailed(address):
    """What the local mail server got for one person, as `(subject, body)`, after the worker's jobs ran."""
    run_jobs(only=("kernel.handle_event", "correspondence.deliver"))
    return [(sent.subject, sent.body) for sent in mail.outbox if address in sent.to]


def dumping_told_ten_days_late(page):
    """A Spanish message on the machine, keyed today with the day it was spoken. Returns the request's number."""
    contact = Contact.new(page)
    page.click("[data-opens=contact-about]")
    spoken = timezone.localtime(utc_now()) - timedelta(days=10)
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
    harriet.fill("#move-scheduled_date", f"{timezone.localtime(utc_now()):%Y-%m-%d}")
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
    priscilla.click(f"a:has-text('{number}')")
    priscilla.wait_for_url(f"**/desk/requests/{number}/**")
    assert "Siguen ahí seis llantas" in priscilla.inner_text("main")
