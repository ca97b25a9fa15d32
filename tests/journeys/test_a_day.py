"""A day in the city, through the pages alone: the calls, the counter, the department, the crew, the resident."""

import re
from collections import Counter

import pytest
from django.core import mail

from citydesk.contact.interactions.models import Interaction, InteractionOutcome, Promise
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.kernel.tests.jobs import run_jobs
from tests.journeys.desk import Contact, saved_numbers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 375, "height": 812}


@pytest.fixture
def residents(city):
    """Rosa speaks Spanish; Edna and Edgar Marsh are taken for each other."""
    rosa = {"phone": "(423) 555-0148", "email": "rosa@example.org", "address": "136 Quarry Rd", "language": "es"}
    return {
        "rosa": city.resident("Rosa", "Delgado", **rosa),
        "edna": city.resident("Edna", "Marsh", phone="(423) 555-0177", email="edna@example.org"),
        "edgar": city.resident("Edgar", "Marsh", phone="(423) 555-0178", email="edgar@example.org"),
    }


def call_about_a_pothole(page, who="0177"):
    """The first call of the morning, in English: what a later caller joins. Returns the request's number."""
    contact = Contact.new(page)
    contact.words("big pothole in the road").code("pothole").where("136 Quarry Rd")
    contact.answer("gas", "no").answer("water", "no").answer("where", "lane")
    contact.who(who).save()
    return saved_numbers(page)[0]


def call_about_dumping(page, who="0148"):
    """A call that a routing rule, not its code, sends to the bulk crew."""
    contact = Contact.new(page)
    contact.words("tiraron basura y llantas").language("es").code("illegal_dumping").where("142 Quarry Rd")
    contact.answer("kind", "tires").who(who).tell_by("email").save()
    return saved_numbers(page)[0]


def test_a_spanish_call_with_a_duplicate_and_a_second_request_parked_for_a_walk_in(city, seat, residents):
    dana, lucille = seat("dana"), seat("lucille")
    pothole = call_about_a_pothole(dana)

    spanish = Contact.new(lucille)
    spanish.words("hay un bache muy grande en la calle").language("es").code("pothole").where("138 Quarry Rd").who(
        "0148"
    )
    lucille.wait_for_selector(f"#part-nearby >> text={pothole}")
    lucille.keyboard.press("F6")
    lucille.wait_for_selector("#part-outcomes >> text=Me too")
    lucille.keyboard.press("Shift+F2")
    lucille.wait_for_function("() => document.querySelector('#f-words')?.value === ''")
    spanish.words("tiraron basura y llantas en la esquina").code("illegal_dumping").where("142 Quarry Rd").kept()

    # Somebody stands at the glass: F2 parks the call.
    counter = Contact.new(lucille)
    counter.words("street light flickers").code("street_light_out").where("112 Quarry Rd").answer("fault", "flicker")
    counter.refuse_name().save()
    assert ServiceRequest.objects.get(service__code="street_light_out").is_anonymous

    # Back to the call: F4 takes it up where it was left.
    call = Interaction.objects.get(state="parked")
    lucille.goto(f"/desk/contact/{call.id}/")
    lucille.wait_for_selector("text=Time counts as parked")
    lucille.keyboard.press("F4")
    lucille.wait_for_selector("text=Time counts as parked", state="detached")
    assert lucille.input_value("#f-words") == "tiraron basura y llantas en la esquina"
    spanish.answer("kind", "tires").save()

    call.refresh_from_db()
    outcomes = InteractionOutcome.objects.filter(interaction=call).values_list("kind", "target_number")
    dumping = ServiceRequest.objects.get(service__code="illegal_dumping")
    assert sorted(outcomes) == [("follow", pothole), ("request", dumping.number)]
    assert (dumping.customer_id, dumping.language) == (residents["rosa"].id, "es")
    assert call.parked_seconds >= 1
    assert ServiceRequest.objects.get(number=pothole).follower_count == 1
    assert Counter(Interaction.objects.values_list("state", flat=True)) == {"saved": 3}
    assert ServiceRequest.objects.count() == 3


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
    number = call_about_a_pothole(page, "0177")
    link_of_edna = ServiceRequest.objects.get(number=number).public_token
    page.keyboard.press("Control+z")
    page.wait_for_selector("#f-right_who:focus")
    page.keyboard.type("0178", delay=5)
    page.wait_for_selector("#relink-people >> text=Edgar Marsh")
    page.fill("[name=reason]", "The voices are alike")
    page.click("text=Link to this person")
    page.wait_for_load_state()
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
    page.click("[data-lost-try]")
    page.wait_for_function("() => document.getElementById('lost').classList.contains('lost--back')")
    contact.kept()
    page.reload()
    assert page.input_value("#f-words") == "big pothole in the road"
    assert page.input_value("#f-where") == "136 Quarry Rd"
    assert page.get_attribute("[name=code]:checked", "value") == "pothole"
    assert Interaction.objects.count() == 1
