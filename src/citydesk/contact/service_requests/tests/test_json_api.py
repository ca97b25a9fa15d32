"""The JSON API over all rooms: scopes, sight, pages by key, one act per key, one error shape, no 500 for nonsense."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff import services as staff
from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import everything, load_city, make_request
from citydesk.contact.work_orders.tests.factories import make_work_order
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
SHAPE = {"code", "message", "field", "hint"}
ALL = (
    "catalog.read", "requests.read", "requests.view", "requests.write", "interactions.read", "customers.read",
    "customers.write", "work_orders.read",
)  # fmt: skip


def program(*scopes, codes=(), name="Partner"):
    access = Access(Actor(ActorKind.STAFF, make_user().pk, "Ada"), frozenset({"staff.manage"}))
    key = staff.make_api_key(
        name=name, scopes=scopes, service_codes=codes, per_minute=6000, access=access, now=utc_now()
    )
    return Client(headers={"authorization": f"Bearer {key}"}, raise_request_exception=False)


def post(http, path, body, **headers):
    return http.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def city():
    load_city()


def test_requests_come_by_pages_without_confidential_ones_and_only_of_the_keys_codes(city):
    made = [make_request(description=f"hole {number}").number for number in range(5)]
    secret = make_request(is_confidential=True)
    other = make_request("tree_down").number
    http = program("requests.view")
    seen, mark = [], ""
    for _page in range(4):
        page = http.get("/api/v1/requests", {"limit": 2, "after": mark}).json()
        seen += [row["number"] for row in page["rows"]]
        mark = page["next"]
        if not mark:
            break
    assert seen == [other, *reversed(made)] and secret.number not in seen
    assert http.get(f"/api/v1/requests/{secret.number}/work").status_code == 404
    narrow = program("requests.view", codes=["tree_down"], name="Trees")
    assert [row["number"] for row in narrow.get("/api/v1/requests").json()["rows"]] == [other]
    assert narrow.get(f"/api/v1/requests/{made[0]}/work").status_code == 404
    wrong = http.get("/api/v1/requests", {"after": "nonsense"})
    assert wrong.status_code == 400 and set(wrong.json()) >= SHAPE


def test_a_request_is_recorded_once_for_each_key_and_another_body_is_refused(city):
    http = program("requests.write")
    body = {"service_code": "pothole", "description": "deep", "lat": 35.05, "lon": -85.3}
    answers = [post(http, "requests", body, **{"Idempotency-Key": "k-1"}) for _again in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 201], answers[0].content
    assert len({one.json()["number"] for one in answers}) == 1 and ServiceRequest.objects.count() == 1
    refused = post(http, "requests", {**body, "description": "other"}, **{"Idempotency-Key": "k-1"})
    assert refused.status_code == 422 and refused.json()["code"] == "key_reused"
    # Another program's key of the same name is another key.
    assert post(program("requests.write", name="B"), "requests", body, **{"Idempotency-Key": "k-1"}).status_code == 201
    assert ServiceRequest.objects.count() == 2
    limited = post(program("requests.write", codes=["tree_down"], name="C"), "requests", body)
    assert limited.status_code == 403 and set(limited.json()) >= SHAPE


def test_every_door_asks_for_its_scope(city):
    number = make_request().number
    customer = make_customer("Ana", "Ruiz", phone="(423) 555-0148")
    _order, order = make_work_order()
    doors = {
        "requests": "requests.view", f"requests/{number}": "requests.read", f"requests/{number}/work": "requests.view",
        "catalog": "catalog.read", "interactions": "interactions.read", "customers?text=Ruiz": "customers.read",
        f"customers/{customer.number}": "customers.read", "work-orders": "work_orders.read",
        f"work-orders/{order}": "work_orders.read",
    }  # fmt: skip
    for number, (door, scope) in enumerate(doors.items()):
        others = [one for one in ALL if one != scope]
        assert program(*others, name=f"no {number}").get(f"/api/v1/{door}").status_code == 403, door
        answer = program(scope, name=f"yes {number}").get(f"/api/v1/{door}")
        assert answer.status_code == 200, (door, answer.content)
        assert Client().get(f"/api/v1/{door}").status_code == 401


def test_customers_are_found_made_and_never_changed(city):
    http = program("customers.read", "customers.write")
    made = post(http, "customers", {"given_name": "Ana", "family_name": "Ruiz", "phone": "(423) 555-0148"})
    assert made.status_code == 201 and made.json()["is_new"]
    again = post(http, "customers", {"given_name": "Ana", "family_name": "Ruiz", "phone": "423 555 0148"})
    assert again.json() == {"number": made.json()["number"], "is_new": False}
    (found,) = http.get("/api/v1/customers", {"text": "Ruiz"}).json()
    assert found["number"] == made.json()["number"]
    one = http.get(f"/api/v1/customers/{found['number']}").json()
    assert one["points"][0]["kind"] == "phone"
    assert post(http, "customers", {}).status_code == 400


def test_the_catalog_has_no_internal_or_confidential_service(city):
    rows = program("catalog.read").get("/api/v1/catalog").json()
    assert {"pothole", "tree_down"} <= {row["code"] for row in rows}
    assert all(row["names"]["en"] for row in rows)


def test_a_reporter_of_a_request_is_not_in_the_list(city):
    customer = make_customer("Maria", "Zapata", phone="(423) 555-0177", email="zapata@example.org")
    person = services.Person("Maria Zapata", "email", "zapata@example.org", "en", customer.id)
    row = make_request(reporter=person)
    answer = program("requests.view").get(f"/api/v1/requests/{row.number}/work")
    assert b"zapata" not in answer.content.lower() and everything()


def test_the_page_of_the_api_names_every_operation_and_runs_nothing(city):
    page = Client().get("/developers/").content.decode()
    schema = Client().get("/api/v1/openapi.json").json()
    for path in schema["paths"]:
        assert path in page
    body = page.split("<main", 1)[1]
    assert "<script" not in body and "style=" not in body


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["service_code", "description", "address", "lat", "lon", "answers", "reporter", "external_id", "phone", "email"]
)


@seed(20261122)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(body=NONSENSE | st.dictionaries(FIELDS, NONSENSE, max_size=6), text=st.text(max_size=40))
def test_nonsense_is_refused_in_one_shape_and_breaks_nothing(city, nonsense_program, body, text):
    http = nonsense_program
    answers = [
        post(http, "requests", body),
        post(http, "customers", body),
        http.get("/api/v1/requests", {"after": text, "state": text, "updated_since": text, "limit": text}),
        http.get("/api/v1/requests", {"after": text, "service_code": text}),
        http.get("/api/v1/customers", {"text": text}),
        http.get("/api/v1/interactions", {"after": text}),
        http.get("/api/v1/work-orders", {"state": text}),
    ]
    for one in answers:
        assert one.status_code < 500, (one.status_code, one.content[:300])
        assert one.status_code < 400 or set(one.json()) >= SHAPE


@pytest.fixture
def nonsense_program(city):
    return program(*ALL)
