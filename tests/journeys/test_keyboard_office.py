"""Thirty tasks of the desk by keyboard alone, the other fourteen: eight of the supervisor, six of others (`hands`)."""

from datetime import timedelta

import pytest

from citydesk.city.customers import services as customers
from citydesk.city.customers.models import Caution
from citydesk.city.knowledge.models import Bulletin
from citydesk.city.profile import queries as profile
from citydesk.city.staff.models import User
from citydesk.city.staff.tests.factories import access_of
from citydesk.contact.complaints import services as complaints
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.interactions.tests.factories import make_draft
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.clock import utc_now
from citydesk.management.records.models import LegalHold
from citydesk.management.statistics import services as statistics
from tests.journeys.monday import WHOLE, lies_with, pothole, returned_once, sick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
PHONE = {"viewport": {"width": 375, "height": 812}}


# --- the supervisor: eight tasks ---


def test_the_supervisor(city, hands):
    priscilla = hands("priscilla")
    returned = returned_once(city)
    requests.return_request(
        request_id=returned.pk, reason="Still the state's", access=access_of(city.person("harriet")), now=utc_now()
    )
    rule_on_a_return(priscilla, returned)
    code_what_had_no_code(priscilla)
    move_the_work_of_somebody_absent(city, priscilla)
    write_to_a_clerk(city, priscilla)
    approve_a_caution(city, priscilla)
    post_a_bulletin(priscilla)
    correct_a_place(priscilla, returned)
    export_a_report(priscilla)


def rule_on_a_return(priscilla, returned):
    priscilla.page.goto("/desk/requests/returns/")
    with priscilla.task("rule on a second return", clicks=3, texts=1):
        priscilla.reach("main select[name=team]").press("ArrowDown")
        priscilla.enter("main textarea[name=reason]", "It lies inside the city")
        priscilla.reach("main button >> Rule").press("Enter").wait("text=Nothing waits for a ruling")
        returned.refresh_from_db()
        assert not returned.is_disputed


def code_what_had_no_code(priscilla):
    row = make_request("no_code_fits", now=utc_now(), description="The lamp on the corner flickers all night")
    priscilla.page.goto("/desk/requests/coding/")
    with priscilla.task("code what had no code", clicks=5):
        lamp = priscilla.page.text_content("#f-code option[value=street_light_out]").strip()
        priscilla.press("F6").pick(lamp).wait("#questions [name='q.fault']").press("Tab").look()
        priscilla.hear("with the questions of the code").reach("#questions [name='q.fault']").press("Space")
        priscilla.press("F8").wait("text=Every request has its code")
        row.refresh_from_db()
        assert row.service.code == "street_light_out"


def move_the_work_of_somebody_absent(city, priscilla):
    imre = sick(city, "imre", count=1, words="A hydrant drips")
    priscilla.page.goto("/desk/")
    with priscilla.task("move the work of somebody absent, and take it back", clicks=6):
        priscilla.reach("main select[name=to]").pick("Dana").press("Tab", "Enter").at("**/absent/**")
        priscilla.hear("before it moves").press("F8").wait("main [role=status] >> text=Undo").hear("with the way back")
        assert lies_with(imre) == {city.person("dana").pk}
        priscilla.press("Control+z")
        priscilla.page.wait_for_selector("main [role=status] >> text=Undo", state="detached")
        assert lies_with(imre) == {imre.user.pk}


def write_to_a_clerk(city, priscilla):
    contact = make_draft(access_of(city.person("lucille")), now=utc_now(), words="A tree leans")
    priscilla.page.goto(f"/desk/interactions/watch/{contact}/")
    with priscilla.task("write to a clerk about an open contact", clicks=2, texts=1):
        priscilla.press("F6").type("It is the city's tree").press("F8")
        priscilla.wait("#typed >> text=It is the city's tree").press("Tab").look()


def approve_a_caution(city, priscilla):
    now, edna = utc_now(), city.resident("Edna", "Marsh")
    today = profile.city_today(now)
    author = access_of(city.person("dana"))
    customers.propose_caution(
        kind="animal", text="A dog without a leash", source="The crew", expires_on=today + timedelta(days=30),
        today=today, customer_id=edna.id, access=author, now=now,
    )  # fmt: skip
    priscilla.page.goto("/desk/customers/cautions")
    with priscilla.task("approve a caution", clicks=1):
        priscilla.reach("main button >> Approve").press("Enter").wait("text=No caution waits")
        assert Caution.objects.get().state == "approved"


def post_a_bulletin(priscilla):
    priscilla.page.goto("/desk/knowledge/bulletins/")
    with priscilla.task("post a bulletin", clicks=3, texts=2):
        priscilla.enter("#f-text", "Elm St is closed until four").enter("#f-hours", "4")
        priscilla.reach("main button >> Post on every desk").press("Enter")
        priscilla.wait("main strong:has-text('Elm St is closed')").press("Tab").look()
        assert Bulletin.objects.get().text == "Elm St is closed until four"


def correct_a_place(priscilla, request):
    priscilla.page.goto(f"/desk/requests/{request.number}/correct/")
    with priscilla.task("correct a place", clicks=3, texts=2):
        priscilla.reach("#f-place").press("Control+a").type("142 Quarry Rd")
        priscilla.enter("#f-reason", "They said the wrong house").press("Enter").at(f"**/{request.number}/")
        request.refresh_from_db()
        assert request.place_label == "142 Quarry Rd"


def export_a_report(priscilla):
    requests.refresh_request_facts(now=utc_now())
    statistics.refresh_facts(now=utc_now())
    priscilla.page.goto("/desk/reports/?dates=30d")
    with priscilla.task("export a table of the report", clicks=1):
        priscilla.reach("main a[href*='as=csv']", within=250)
        with priscilla.page.expect_download() as kept:
            priscilla.press("Enter")
        assert kept.value.suggested_filename.endswith(".csv")
        priscilla.look()


# --- a resident, a crew, the administrator, the records officer, the director: six tasks ---


@WHOLE
def test_the_others(city, hands):
    row = pothole()
    report_as_a_resident(hands("", **PHONE))
    crew_does_its_work(city, hands("bo", **PHONE), row)
    open_again_as_a_resident(city, hands("", **PHONE), row)
    make_an_account(hands("admin"))
    place_a_hold(hands("records"), row)
    approve_a_plan(city, hands("gideon"))


def report_as_a_resident(ana):
    ana.page.goto("/report/")
    with ana.task("report a problem", clicks=8, texts=2):
        ana.enter("#f-place", "136 Quarry Rd").enter("#f-words", "The street light flickers")
        ana.reach("main .btn--solid").press("Enter").at("**/report/kind/").hear("what kind")
        ana.reach("input[name=code]").press("Space")
        ana.reach("main .btn--solid").press("Enter").at("**/report/details/").hear("details")
        ana.reach("input[name=q_fault]").press("Space")
        ana.reach("main .btn--solid").press("Enter").at("**/report/you/").hear("who reports")
        ana.reach("main .btn--solid").press("Enter").at("**/report/sent/")
        assert ServiceRequest.objects.latest("pk").number in ana.page.content()


def crew_does_its_work(city, bo, row):
    planner = access_of(city.person("harriet"))
    [team] = access_of(city.person("bo")).team_ids
    now = utc_now()
    _id, number = requests.make_work_order(
        request_id=row.pk, crew_id=team, scheduled_date=profile.city_today(now), access=planner, now=now
    )
    bo.page.goto(f"/desk/work-orders/crew/{number}/")
    with bo.task("start and finish a work order on the road", clicks=3, texts=1):
        bo.reach("main button >> Start").press("Enter")
        bo.page.wait_for_selector("main button:has-text('Start')", state="detached")
        bo.enter("#finish [name=result_note]", "Filled with cold mix")
        bo.reach("button[name=result_code][value=done]").press("Enter").at("**/crew/")
        assert WorkOrder.objects.get(number=number).result_code == "done"


def open_again_as_a_resident(city, edna, row):
    row.refresh_from_db()
    if row.is_open:
        requests.close(
            request_id=row.pk, reason="done", text="Filled", access=access_of(city.person("harriet")), now=utc_now()
        )
    edna.page.goto(f"/track/{row.public_token}/")
    with edna.task("open a report again", clicks=2, texts=1):
        edna.enter("#f-reopen", "The hole is back")
        edna.reach("main button >> Open it again").press("Enter").wait("text=open again")
        row.refresh_from_db()
        assert row.is_open


def make_an_account(admin):
    admin.page.goto("/desk/staff/new/")
    with admin.task("make an account", clicks=3, texts=2):
        admin.enter("#f-username", "wren").enter("#f-name", "Wren Frost").press("Enter").at("**/people/wren/**")
        assert User.objects.get(username="wren").name == "Wren Frost"


def place_a_hold(officer, row):
    officer.page.goto("/desk/records/holds/new/")
    with officer.task("place a legal hold", clicks=4, texts=3):
        officer.enter("#f-title", "Marsh against the city").enter("#f-reason", "Letter of counsel")
        officer.enter("#f-request_number", row.number).press("Enter").at("**/holds/LH-**")
        assert LegalHold.objects.get().title == "Marsh against the city"


def approve_a_plan(city, gideon):
    now, boss, vera = utc_now(), access_of(city.person("priscilla")), access_of(city.person("vera"))
    row = make_request("employee_feedback", now=now, is_confidential=True, answers={"kind": "complaint"})
    complaint, number = complaints.open_complaint(
        request_number=row.number, class_code="civil_rights", access=boss, now=now
    )
    offers = [complaints.NewOffer("apology", "A letter of the director")]
    complaints.take_up(complaint_id=complaint, access=vera, now=now)
    complaints.propose_plan(complaint_id=complaint, summary="An apology", offers=offers, access=vera, now=now)
    complaints.submit_plan(complaint_id=complaint, access=vera, now=now)
    gideon.page.goto(f"/desk/complaints/{number}/")
    with gideon.task("approve the plan of a complaint", clicks=1):
        gideon.reach("main button >> Approve").press("Enter")
        gideon.page.wait_for_selector("main button:has-text('Approve')", state="detached")
        assert Complaint.objects.get(pk=complaint).state == "approved"
