"""What breaks on a Monday: the server goes away in mid-form, and for an hour the desk wrote on paper."""

import re
from datetime import timedelta

from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_of
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import FormState
from citydesk.contact.interactions.models import FormBatch, Interaction, PaperForm
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.desk.tests.contact_city import try_now
from citydesk.kernel.clock import utc_now
from tests.journeys.desk import Contact, saved_numbers

LOST = re.compile(r"/desk/contact/\d+/(save|parts|front|leave)/")


def print_forms(city) -> str:
    """Forms printed before the weekend; the number on the first."""
    now = utc_now()
    batch = interactions.print_forms(count=2, access=access_of(city.person("priscilla")), now=now)
    FormBatch.objects.filter(pk=batch).update(printed_at=now - timedelta(days=3))
    return PaperForm.objects.filter(batch_id=batch).earliest("position").number


def local(moment) -> str:
    """A time as a clerk writes it."""
    return f"{moment.astimezone(profile.local_zone()):%Y-%m-%d %H:%M}"


def lose_the_server(page):
    """What was typed while the server was away is kept by one resend; the page says so, and nothing is there twice."""
    before = set(Interaction.objects.values_list("pk", flat=True))
    contact = Contact.new(page)
    contact.words("street light flickers").code("street_light_out").kept()
    page.route(LOST, lambda route: route.abort())
    page.focus("#f-where")
    page.keyboard.type("112 Quarry Rd", delay=5)
    page.wait_for_selector("#lost:not([hidden])")
    page.unroute(LOST)
    try_now(page)
    contact.kept()
    page.reload()
    assert page.input_value("#f-words") == "street light flickers"
    assert page.input_value("#f-where") == "112 Quarry Rd"
    assert page.get_attribute("[name=code]:checked", "value") == "street_light_out"
    contact.settled().answer("fault", "flicker").refuse_name().save()
    [call] = Interaction.objects.exclude(pk__in=before)
    [number] = saved_numbers(page)
    assert call.state == "saved" and ServiceRequest.objects.get(number=number).place_label == "112 Quarry Rd"


def key_a_paper_form(city, page, form):
    """The paper of an hour without the system becomes a contact of that hour, once, with both names."""
    writer = city.person("anselm")
    spoken = local(utc_now() - timedelta(hours=1))
    for is_again in (False, True):
        page.goto("/desk/contact/printed-form/")
        page.fill("#f-form_number", form.lower())
        page.fill("#f-received_at", spoken)
        page.check("[name=channel][value=counter]", force=True)
        page.select_option("#f-taken_by", label=writer.name)
        page.click("main button:has-text('Go on to the contact')")
        if is_again:
            page.wait_for_selector("#error-summary")
            break
        page.wait_for_selector("#part-facts >> text=Printed form")
        paper = Contact(page).settled().words("asks when the landfill opens")
        page.keyboard.press("F8")
        page.wait_for_selector("#part-outcomes .outcome")
        paper.refuse_name().save()
    keyed = PaperForm.objects.get(number=form)
    call = keyed.interaction
    assert keyed.state == FormState.KEYED and call.channel == "counter" and local(call.received_at) == spoken
    assert call.taken_by_id == writer.pk != call.entered_by_id
