"""The JSON API: keys, scopes, one error shape, writing twice changes nothing."""

import pytest
from django.test import Client

from citydesk.city.staff import services as staff
from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.work_orders.models import WorkOrder
from citydesk.contact.work_orders.tests.factories import make_work_order
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
SHAPE = {"code", "message", "field", "hint"}


def client(*scopes: str, name: str = "Cartegraph") -> Client:
    """A partner's program with a key."""
    access = Access(Actor(ActorKind.STAFF, make_user().pk, "Ada"), frozenset({"staff.manage"}))
    key = staff.make_api_key(name=name, scopes=scopes, per_minute=600, access=access, now=utc_now())
    return Client(headers={"authorization": f"Bearer {key}"})


def put(http: Client, order: str, **body: str):
    return http.put(f"/api/v1/work-orders/{order}/external", body, content_type="application/json")


def test_a_partner_notes_its_number_and_doing_it_again_changes_nothing():
    pk, number = make_work_order()
    http = client("work_orders.update")
    for _turn in range(2):
        said = put(http, number, number="CG-1", status="Scheduled")
        assert said.status_code == 200, said.content
        assert said.json()["external"]["system"] == "Cartegraph" and said.json()["external"]["number"] == "CG-1"
    assert [one.code for one in history_of("work_orders.work_order", pk)].count("work_orders.external") == 1
    assert http.get(f"/api/v1/work-orders/{number}").json()["external"]["status"] == "Scheduled"
    _other, second = make_work_order()
    said = put(http, second, number="CG-1")
    assert said.status_code == 409 and set(said.json()) >= SHAPE


def test_refusals_have_one_shape():
    _pk, number = make_work_order()
    http = client("work_orders.update")
    answers = [
        (Client().get(f"/api/v1/work-orders/{number}"), 401),
        (client("requests.read", name="B").get(f"/api/v1/work-orders/{number}"), 403),
        (http.get("/api/v1/work-orders/WO-26-999999-X"), 404),
        (http.get("/api/v1/requests/SR-26-000001-A"), 403),
        (put(http, number), 400),
        (put(http, number, number="x" * 61), 400),
        (http.delete(f"/api/v1/work-orders/{number}"), 405),
        (http.put(f"/api/v1/work-orders/{number}/external", "{", content_type="application/json"), 400),
    ]
    for said, status in answers:
        assert (said.status_code, set(said.json()) >= SHAPE) == (status, True), (status, said.content)
    assert not WorkOrder.objects.exclude(external_number="").exists()


def test_the_description_is_public_and_names_every_operation():
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/api/v1/work-orders/{number}",
        "/api/v1/work-orders/{number}/external",
        "/api/v1/requests/{number}",
    }
