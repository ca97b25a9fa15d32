"""Thirty tasks of the desk by keyboard alone, no mouse in these two files: the clerk's ten and the department's six.

At every step one sees where the focus is, nothing lies over it, no part of a page traps it, and no task takes more than
one and a half times the steps of a mouse (`hands`). People keep their seats from task to task: a day costs one city.
"""

import pytest

from citydesk.city.staff.tests.factories import PASSWORD
from citydesk.contact.interactions.models import Interaction, InteractionOutcome, Promise
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import Note, ServiceRequest
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.clock import utc_now
from tests.journeys.desk import Contact, saved_numbers
from tests.journeys.monday import pothole

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
MOVES = "[data-letters]:has(.moves)"


# --- the clerk: ten tasks ---


def test_the_clerk(city, hands, axe):
    edna = city.resident("Edna", "Marsh", phone="(423) 555-0177", email="edna@example.org")
    city.resident("Edgar", "Marsh", phone="(423) 555-0178", email="edgar@example.org")
    sign_in(city, hands(""))
    dana = hands("dana")
    take_a_call(dana, edna, axe)
    put_it_with_another_person(dana)
    answer_from_what_is_known(dana)
    find_a_person(dana)
    park_for_a_walk_in(dana)
    drop_a_call_and_keep_the_promise(dana)
    hand_a_contact_over(city, dana)
    check_a_code_word(dana)


def sign_in(city, door):
    person = city.person("dana")
    person.set_password(PASSWORD)
    person.save()
    door.page.goto("/accounts/login/")
    with door.task("sign in", clicks=2, texts=2):
        door.type("dana").press("Tab").type(PASSWORD).press("Enter")
        door.at("**/desk/")
        door.press("Tab").look()
        assert door.has(".skip")


def take_a_call(dana, edna, axe):
    contact = Contact.new(dana.page)
    with dana.task("take a call to a saved request", clicks=8, texts=3):
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
        contact.kept()
        dana.hear("with all that was asked")
        contact.save()
        dana.look()
        request = ServiceRequest.objects.get(number=saved_numbers(dana.page)[0])
        assert (request.customer_id, request.answers["gas"]) == (edna.id, "no")
        axe(dana.page)


def put_it_with_another_person(dana):
    with dana.task("put a contact with another person", clicks=4, texts=2):
        dana.press("Control+z").wait("#f-right_who:focus")
        dana.type("0178").wait("#relink-people >> text=Edgar Marsh")
        dana.enter("[name=reason]", "The voices are alike")
        dana.reach("#contact-relink button >> Link to this person").press("Enter")
        dana.page.wait_for_selector("#contact-relink", state="hidden")
        assert ServiceRequest.objects.latest("pk").customer.given_name == "Edgar"


def answer_from_what_is_known(dana):
    contact = Contact.new(dana.page)
    with dana.task("answer from what is known", clicks=3, texts=1):
        dana.type("where do old tires go").wait("#part-answers button[data-alt]")
        contact.settled()
        told = dana.page.get_attribute("#part-answers button[data-alt]", "aria-label")
        dana.press("Alt+" + dana.page.get_attribute("#part-answers button[data-alt]", "data-alt"))
        dana.wait("#part-outcomes .outcome").look()
        dana.reach("#f-name_refused").press("Space").look()
        contact.kept()
        dana.hear("with the answer noted")
        contact.save()
        noted = InteractionOutcome.objects.get(kind="answered")
        assert noted.target_label in told


def find_a_person(dana):
    dana.page.goto("/desk/customers/")
    with dana.task("find a person", clicks=2, texts=1):
        dana.type("0177").wait("main a:has-text('Edna Marsh')")
        dana.reach("main a[href*='/desk/customers/CU-']").press("Enter")
        dana.at("**/desk/customers/CU-**")
        dana.press("Tab").look()
        assert "Edna Marsh" in dana.page.inner_text("h1")


def park_for_a_walk_in(dana):
    contact = Contact.new(dana.page)
    with dana.task("park a call for a walk-in and take it up again", clicks=9, texts=3):
        dana.type("The bin was not emptied")
        contact.kept()
        spoken = dana.page.url
        dana.press("F2").wait("#strip >> text=Parked")
        dana.page.wait_for_function("() => document.querySelector('#f-words:focus')?.value === ''")
        dana.type("Where is room 4")
        contact.settled()
        dana.press("F8").wait("#part-outcomes .outcome")
        dana.reach("#f-name_refused").press("Space")
        contact.save()
        dana.reach("#strip a >> bin was not", back=True).press("Enter").at(spoken)
        dana.wait("text=Time counts as parked").press("F4")
        dana.page.wait_for_selector("text=Time counts as parked", state="detached")
        contact.settled()
        dana.press("F8").wait("#part-outcomes .outcome")
        dana.reach("#f-name_refused").press("Space")
        contact.save()
        call = Interaction.objects.get(words="The bin was not emptied")
        assert call.state == "saved" and call.parked_seconds >= 0


def drop_a_call_and_keep_the_promise(dana):
    contact = Contact.new(dana.page)
    with dana.task("keep the number of a dropped call", clicks=2, texts=2):
        dana.type("The water in my")
        dana.enter("#f-who", "0178").wait("#part-people [name=customer][data-alt]")
        contact.kept()
        dana.press("Shift+F4").wait("text=Time counts as parked")
        promise = Promise.objects.get()
    dana.page.goto("/desk/interactions/promises/")
    with dana.task("settle a promise", clicks=2, texts=1):
        dana.reach(f"#promise-{promise.pk} summary").press("Enter")
        dana.enter(f"#result-{promise.pk}", "Called back, the line is repaired")
        dana.press("Enter")
        dana.page.wait_for_selector(f"#promise-{promise.pk}", state="detached")
        promise.refresh_from_db()
        assert promise.state == "kept"


def hand_a_contact_over(city, dana):
    dana.page.goto("/desk/contact/unfinished/")
    waits = Interaction.objects.get(state="parked")
    with dana.task("hand a contact to a colleague", clicks=3):
        dana.reach(f"#to-{waits.pk}").pick("Lucille")
        dana.reach(f"form:has(#to-{waits.pk}) button").press("Enter")
        dana.at("**/desk/contact/")
        waits.refresh_from_db()
        assert waits.holder_id == city.person("lucille").pk


def check_a_code_word(dana):
    reporter = requests.Person("Rosa Quiet", code_word="blue heron")
    answers = {"kind": "complaint"}
    row = make_request("employee_feedback", now=utc_now(), answers=answers, is_confidential=True, reporter=reporter)
    dana.page.goto("/desk/code-word/")
    with dana.task("tell by number and word how a report stands", clicks=3, texts=2):
        dana.enter("[name=word_number]", row.number).enter("[name=word_code]", "blue heron").press("Enter")
        dana.wait(f"#code-word [role=status] >> text={row.number}").look()


# --- the department: six tasks ---


def test_the_department(city, hands, axe):
    request, other = pothole(), pothole()
    harriet = hands("harriet")
    find_in_the_queue_and_assign(harriet, request)
    write_a_note(harriet, axe)
    hold_and_resume(harriet)
    make_a_work_order(harriet)
    close_a_request(harriet, request)
    return_a_request(harriet, other)


def find_in_the_queue_and_assign(harriet, request):
    harriet.page.goto("/desk/requests/?show=open")
    with harriet.task("find a request in the queue and assign it", clicks=7):
        harriet.reach("#filters summary >> Code").press("Enter").look()
        harriet.reach("#filters [name=code][value=pothole]").press("Space").look()
        harriet.reach("#filters [open] button").press("Enter").at("**code=pothole**")
        harriet.hear("with the filter set")
        harriet.reach("[data-list], [data-list] *").press("j").look()
        if not harriet.has(f"tr:has(a[href*='{request.number}'])"):
            harriet.press("j").look()
        harriet.press("Enter").at(f"**/{request.number}/**")
        harriet.reach(MOVES).press("a").wait("#move form :focus").look()
        harriet.page.wait_for_function("() => document.querySelector('#move-owner').options.length > 1")
        harriet.hear("with the owner to choose")
        harriet.reach("#move-owner", back=True).press("ArrowDown").look()
        harriet.reach("#move button[type=submit]").press("Enter")
        harriet.wait("#timeline-first:focus").look()
        request.refresh_from_db()
        assert request.owner_id


def write_a_note(harriet, axe):
    with harriet.task("write a note on a request", clicks=2, texts=1):
        harriet.reach(MOVES).press("n").type("Plate ordered for Tuesday").press("Control+Enter")
        harriet.wait(".timeline >> text=Plate ordered for Tuesday").look()
        assert Note.objects.get().kind == "internal"
        axe(harriet.page)


def hold_and_resume(harriet):
    with harriet.task("hold a request and resume it", clicks=3):
        harriet.reach(MOVES).press("h").wait("#move-hold_reason:focus").hear("with the reason to choose")
        harriet.reach("#move button[type=submit]").press("Enter").wait(".pagehead .bd--on_hold").look()
        harriet.reach(MOVES).press("u").wait(".pagehead .bd--open").look()


def make_a_work_order(harriet):
    with harriet.task("make a work order", clicks=3):
        harriet.reach(MOVES).press("w").wait("#move-crew:focus").pick("Streets crew 1")
        harriet.reach("#move button[type=submit]").press("Enter")
        harriet.wait("a[href*='/desk/work-orders/WO-']").look()
        assert WorkOrder.objects.get().crew.code == "streets_crew_1"


def close_a_request(harriet, request):
    with harriet.task("close a request", clicks=2, texts=1):
        harriet.reach(MOVES).press("d").wait("#move-text:focus").type("Filled this morning")
        harriet.reach("#move button[type=submit]").press("Enter")
        harriet.wait(".pagehead .bd--closed_done").look()
        request.refresh_from_db()
        assert (request.state, request.close_reason) == ("closed", "done")


def return_a_request(harriet, request):
    harriet.page.goto(f"/desk/requests/{request.number}/")
    with harriet.task("return a request with a reason", clicks=3, texts=1):
        harriet.reach(f"{MOVES} summary").press("Enter")
        harriet.reach(f"{MOVES} button >> Return").press("Enter").wait("#move-reason:focus")
        harriet.type("It is a state road")
        team = request.team_id
        harriet.reach("#move button[type=submit]")
        harriet.press("Enter").wait("main [role=status] >> text=went on").look()
        request.refresh_from_db()
        assert request.team_id != team
