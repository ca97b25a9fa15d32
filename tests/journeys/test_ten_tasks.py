"""Ten tasks of a day by keyboard alone: no mouse in this file. At every step one sees where the focus is."""

import pytest

from citydesk.city.knowledge.models import Bulletin
from citydesk.contact.interactions.models import InteractionOutcome
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import Note, ServiceRequest
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.clock import utc_now
from citydesk.management.statistics import services as statistics
from tests.journeys.desk import Contact, saved_numbers
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hands(seat):
    """`hands("dana")` sits down as one of the city's people, without a mouse."""
    return lambda username, **options: Hands(seat(username, **options))


@pytest.fixture
def pothole(city):
    """A request of the streets department."""
    reporter = requests.Person("Edna Marsh", "email", "edna@example.org")
    answers = {"gas": "no", "water": "no", "where": "lane"}
    return make_request("pothole", now=utc_now(), reporter=reporter, answers=answers)


@pytest.fixture
def edna(city):
    return city.resident("Edna", "Marsh", phone="(423) 555-0177", email="edna@example.org")


def open_request(hands, username, request):
    """The page of a request, with the focus on the list of moves."""
    dan = hands(username)
    dan.page.goto(f"/desk/requests/{request.number}/")
    return dan.reach("[data-letters]:has(.moves)")


def test_1_sign_in(city, hands):
    from citydesk.city.staff.tests.factories import PASSWORD

    dana = city.person("dana")
    dana.set_password(PASSWORD)
    dana.save()
    page = hands("")
    page.page.goto("/accounts/login/")
    page.type("dana").press("Tab").type(PASSWORD).press("Enter")
    page.page.wait_for_url("**/desk/")
    page.press("Tab").look()
    assert page.has(".skip")


def test_2_take_a_call_to_a_saved_request(hands, edna, axe):
    dana = hands("dana")
    contact = Contact.new(dana.page)
    dana.type("big pothole in the road").wait("[name=code][value=pothole]")
    contact.settled().code("pothole")
    for question in ("gas", "water"):
        dana.reach(f"[name='q.{question}']").press("ArrowRight").look()
    dana.reach("[name='q.where']").press("Space").look()
    dana.reach("#f-where", back=True).type("136 Quarry Rd").wait("#part-place .facts-line b")
    dana.enter("#f-who", "0177").wait("#part-people [name=customer][data-alt]")
    contact.settled()
    digit = dana.page.get_attribute("#part-people [name=customer][data-alt]", "data-alt")
    dana.press(f"Alt+{digit}").wait("[name=customer]:checked").look()
    contact.save()
    dana.look()
    request = ServiceRequest.objects.get(number=saved_numbers(dana.page)[0])
    assert (request.customer_id, request.answers["gas"]) == (edna.id, "no")
    axe(dana.page)


def test_3_answer_from_what_is_known(hands):
    dana = hands("dana")
    contact = Contact.new(dana.page)
    dana.type("where do old tires go").wait("#part-answers button[data-alt]")
    contact.settled()
    told = dana.page.get_attribute("#part-answers button[data-alt]", "aria-label")
    dana.press("Alt+" + dana.page.get_attribute("#part-answers button[data-alt]", "data-alt"))
    dana.wait("#part-outcomes .outcome").look()
    dana.reach("#f-name_refused").press("Space").look()
    contact.save()
    noted = InteractionOutcome.objects.get()
    assert noted.kind == "answered" and noted.target_label in told


def test_4_find_a_person(hands, edna):
    dana = hands("dana")
    dana.page.goto("/desk/customers/")
    dana.type("0177").wait("main a:has-text('Edna Marsh')")
    dana.reach("main a[href*='/desk/customers/CU-']").press("Enter")
    dana.page.wait_for_url("**/desk/customers/CU-**")
    dana.press("Tab").look()
    assert "Edna Marsh" in dana.page.inner_text("h1")


def test_5_filter_the_queue_open_a_request_and_assign_it(hands, pothole):
    harriet = hands("harriet")
    harriet.page.goto("/desk/requests/?show=open")
    harriet.reach("#filters summary >> Code").press("Enter").look()
    harriet.reach("#filters [name=code][value=pothole]").press("Space").look()
    harriet.reach("#filters [open] button").press("Enter")
    harriet.page.wait_for_url("**code=pothole**")
    harriet.reach("[data-list], [data-list] *").press("j").look()
    harriet.press("Enter")
    harriet.page.wait_for_url(f"**/desk/requests/{pothole.number}/**")
    harriet.reach("[data-letters]:has(.moves)").press("a").wait("#move form :focus").look()
    harriet.page.wait_for_function("() => document.querySelector('#move-owner').options.length > 1")
    harriet.reach("#move-owner", back=True).press("ArrowDown").look()
    harriet.reach("#move button[type=submit]").press("Enter")
    harriet.page.wait_for_selector("#move:empty", state="attached")
    harriet.look()
    pothole.refresh_from_db()
    assert pothole.owner_id


def test_6_write_a_note_on_a_request(hands, pothole, axe):
    harriet = open_request(hands, "harriet", pothole)
    harriet.press("n").type("Plate ordered for Tuesday").press("Control+Enter")
    harriet.wait(".timeline >> text=Plate ordered for Tuesday").look()
    assert Note.objects.get().kind == "internal"
    axe(harriet.page)


def test_7_make_a_work_order(hands, pothole):
    harriet = open_request(hands, "harriet", pothole)
    harriet.press("w").wait("#move-crew:focus").type("Streets crew 1")
    harriet.reach("#move button[type=submit]").press("Enter")
    harriet.wait("a[href*='/desk/work-orders/WO-']").look()
    assert WorkOrder.objects.get().crew.code == "streets_crew_1"


def test_8_close_a_request(hands, pothole):
    harriet = open_request(hands, "harriet", pothole)
    harriet.press("d").wait("#move-text:focus").type("Filled this morning")
    harriet.reach("#move button[type=submit]").press("Enter")
    harriet.wait(".pagehead .bd--closed_done").look()
    pothole.refresh_from_db()
    assert (pothole.state, pothole.close_reason) == ("closed", "done")


def test_9_post_a_bulletin(hands):
    priscilla = hands("priscilla")
    priscilla.page.goto("/desk/knowledge/bulletins/")
    priscilla.enter("#f-text", "Elm St is closed until four").enter("#f-hours", "4")
    priscilla.reach("main button >> Post on every desk").press("Enter")
    priscilla.wait("main strong:has-text('Elm St is closed')")
    priscilla.press("Tab").look()
    assert Bulletin.objects.get().text == "Elm St is closed until four"


def test_10_export_a_report(hands, pothole):
    requests.refresh_request_facts(now=utc_now())
    statistics.refresh_facts(now=utc_now())
    priscilla = hands("priscilla")
    priscilla.page.goto("/desk/reports/?dates=30d")
    priscilla.reach("main a[href*='as=csv']", within=250)
    with priscilla.page.expect_download() as kept:
        priscilla.press("Enter")
    assert kept.value.suggested_filename.endswith(".csv")
    priscilla.look()
