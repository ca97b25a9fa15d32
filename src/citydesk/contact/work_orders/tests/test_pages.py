"""The pages of planners and crews, without a browser: they render, refuse with a reason, keep what was typed."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from citydesk.city.customers.tests.factories import give_home, make_caution, make_customer
from citydesk.city.places.tests.factories import make_address
from citydesk.city.staff.tests.factories import access_of, make_role, make_team, make_user
from citydesk.contact.work_orders import queries
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.contact.work_orders.tests.factories import make_work_order
from citydesk.kernel.clock import utc_now
from citydesk.kernel.tests.taking import take_file

pytestmark = pytest.mark.django_db
OFFICE = ("work_orders.view", "work_orders.edit", "work_orders.inspect", "service_requests.view_all")
CREW = ("work_orders.view", "work_orders.crew")


def signed_in(client, *permissions, teams=()):
    user = make_user(roles=[make_role(f"r{len(permissions)}", permissions)], teams=list(teams))
    client.force_login(user)
    return user


def photo():
    raw = BytesIO()
    Image.new("RGB", (64, 48), "green").save(raw, "JPEG")
    return SimpleUploadedFile("tree.jpg", raw.getvalue(), "image/jpeg")


def test_an_office_page_shows_plans_prints_and_refuses(client):
    signed_in(client, *OFFICE)
    made = client.post("/desk/work-orders/new/", {"title": "Cut <b>the</b> tree", "priority": "2"})
    assert made.status_code == 302
    page = client.get(made.url)
    assert b"Cut &lt;b&gt;the&lt;/b&gt; tree" in page.content
    number = made.url.rstrip("/").rsplit("/", 1)[-1]
    assert number in client.get("/desk/work-orders/").content.decode()
    refused = client.post(f"/desk/work-orders/{number}/do/", {"act": "cancel", "reason": ""})
    assert refused.status_code == 400 and b"Give the reason." in refused.content
    pdf = client.get(f"/desk/work-orders/{number}/print/")
    text = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert number in text and "Cut" in text
    csv = take_file(client, "/desk/work-orders/?as=csv&show=open")
    assert number in b"".join(csv.streaming_content).decode() if csv.streaming else number in csv.content.decode()


def test_what_to_know_of_a_place_and_its_people_stands_before_the_work_with_who_approved_it(client):
    place = make_address("1210 Oak St")
    maria = make_customer("Maria", "Garcia")
    give_home(maria.id, "1210 Oak St", place)
    author, approver, day = make_user("author"), make_user("approver"), utc_now().date() + timedelta(days=9)
    said = {"author_id": author.pk, "approver_id": approver.pk}
    make_caution("Dog in the yard", until=day, address_id=place, **said)
    make_caution("Threatened a reader", until=day, customer_id=maria.id, **said)
    make_caution("Hole in the stairs", until=day - timedelta(days=12), address_id=place, **said)
    make_caution("Nobody approved", until=day, address_id=place, author_id=author.pk)
    crew = make_team(kind="crew")
    order, number = make_work_order(crew_id=crew.pk)
    WorkOrder.objects.filter(pk=order).update(address_id=place)
    signed_in(client, *OFFICE, *CREW, teams=[crew])
    pdf = client.get(f"/desk/work-orders/{number}/print/").content
    pages = [client.get(f"/desk/work-orders/{one}{number}/").content.decode() for one in ("", "crew/")]
    for page in (*pages, " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())):
        assert "Dog in the yard" in page and "Threatened a reader" in page
        assert f"approved by {approver.name}, until" in page
        assert "Hole in the stairs" not in page and "Nobody approved" not in page


def test_a_new_order_without_words_comes_back_with_what_was_typed(client):
    signed_in(client, *OFFICE)
    back = client.post("/desk/work-orders/new/", {"title": "", "instructions": "mind the dog", "priority": "3"})
    assert back.status_code == 422
    assert b"Say what is to be done." in back.content and b"mind the dog" in back.content


def test_the_second_planner_sees_both_plans_and_keeps_what_was_typed(client):
    crew = make_team(kind="crew")
    _order, number = make_work_order(crew_id=crew.pk)
    signed_in(client, *OFFICE)
    address, plan = f"/desk/work-orders/{number}/do/", {"act": "plan", "version": "1", "crew": crew.pk}
    first = {**plan, "scheduled_date": "2026-11-25", "priority": "2", "instructions": "Bring the saw"}
    assert client.post(address, first).status_code == 302
    second = {**plan, "scheduled_date": "2026-11-27", "priority": "2", "instructions": "Bring the ladder & the saw"}
    stale = client.post(address, second)
    page = stale.content.decode()
    assert stale.status_code == 409 and "saved first" in page
    assert "<mark>25</mark> Nov 2026" in page and "<mark>27</mark> Nov 2026" in page
    assert "<textarea" in page and "Bring the ladder &amp; the saw</textarea>" in page and 'value="2026-11-27"' in page
    assert 'name="version" value="2"' in page
    assert client.post(address, {**second, "version": "2"}).status_code == 302
    assert queries.get_work_order(access_of(make_user(roles=["supervisor"])), number).order["instructions"] == (
        "Bring the ladder & the saw"
    )


def test_a_crews_day_on_the_phone(client):
    crew = make_team(kind="crew")
    _order, number = make_work_order(crew_id=crew.pk, checklist=[{"en": "Lines checked", "es": "Revisado"}])
    user = signed_in(client, *CREW, teams=[crew])
    assert number in client.get("/desk/work-orders/crew/").content.decode()
    address = f"/desk/work-orders/crew/{number}/"
    assert b"Lines checked" in client.get(address).content
    for act in (
        {"act": "start"},
        {"act": "tick", "shown": "1", "item": "1"},
        {"act": "line", "kind": "labor", "what": "crew", "quantity": "1.5", "key": "l1"},
        {"act": "photo", "photo": photo(), "photo_kind": "after"},
    ):
        assert client.post(f"{address}do/", act).status_code == 302, act
    page = queries.get_work_order(access_of(user), number)
    shown = client.get(address).content.decode()
    assert f"/files/{page.photos[0]['file__token']}/" in shown
    assert client.get(f"/files/{page.photos[0]['file__token']}/").status_code == 200
    refused = client.post(f"{address}do/", {"act": "finish", "result_code": "no_access", "key": "f1"})
    assert refused.status_code == 400 and b"Say in a few words why" in refused.content
    done = client.post(f"{address}do/", {"act": "finish", "result_code": "done", "key": "f1"})
    assert done.url == "/desk/work-orders/crew/"
    assert queries.get_work_order(access_of(user), number).order["state"] == "done"


def test_a_photo_is_not_there_for_a_stranger(client):
    crew = make_team(kind="crew")
    _order, number = make_work_order(crew_id=crew.pk)
    user = signed_in(client, *CREW, teams=[crew])
    client.post(f"/desk/work-orders/crew/{number}/do/", {"act": "photo", "photo": photo(), "photo_kind": "after"})
    token = queries.get_work_order(access_of(user), number).photos[0]["file__token"]
    client.force_login(make_user(roles=[make_role("other", CREW)], teams=[make_team(kind="crew")]))
    assert client.get(f"/files/{token}/").status_code == 404
    assert client.get(f"/desk/work-orders/crew/{number}/").status_code == 404


def test_signed_out_and_without_the_right(client):
    assert client.get("/desk/work-orders/").status_code == 302
    signed_in(client, "knowledge.view")
    assert client.get("/desk/work-orders/").status_code == 403
