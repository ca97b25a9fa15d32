"""GeoReport v2 as the specification has it: every answer in both formats and against the public schemas."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from citydesk.contact.interactions.queries import count_raw
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import Note, RequestContact, RequestFile, ServiceRequest
from citydesk.contact.service_requests.tests.factories import everything, load_city, make_request, place
from citydesk.contact.service_requests.tests.open311 import PLACE, SHARED, GeoReport, make_key
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=False)
NOW = datetime.now(UTC).replace(microsecond=0)
WHOLE_SECONDS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$")


@pytest.fixture(autouse=True)
def _city():
    load_city(now=NOW - timedelta(days=400))


@pytest.fixture
def api() -> GeoReport:
    return GeoReport(make_key())


def holds(data, name: str) -> None:
    """Check an answer against the public schema."""
    folder = SHARED / "data/open311/schema"
    if not SHARED.exists():
        pytest.skip("no ../shared on this machine")
    import jsonschema
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    files = {one.name: json.loads(one.read_text()) for one in folder.glob("*.json")}
    registry = Registry().with_resources(
        (key, Resource.from_contents(value, default_specification=DRAFT7)) for key, value in files.items()
    )
    jsonschema.Draft7Validator(files[name], registry=registry).validate(data)


def test_discovery_names_the_endpoint(api):
    data = api.get("discovery")
    assert set(data) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = data["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2") and endpoint["type"] == "test"
    assert WHOLE_SECONDS.match(endpoint["changeset"])
    assert Client().get("/open311/discovery.xml").status_code == 200


def test_the_catalog_leaves_out_internal_codes_and_marks_private_ones(api):
    data = api.get("services")
    holds(data, "services.json")
    by_code = {one["service_code"]: one for one in data}
    assert set(by_code) == {"tree_down", "pothole", "complaint"}
    assert by_code["tree_down"]["metadata"] is True and by_code["pothole"]["metadata"] is False
    assert by_code["complaint"]["keywords"].split(",")[0] == "private"
    assert by_code["pothole"]["group"] == "Streets"
    assert "Árbol caído que bloquea" in {one["service_name"] for one in api.get("services", locale="es")}
    assert len({one["service_name"] for one in data}) == len(data)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", one["service_code"]) for one in data)


def test_a_definition_lists_the_questions_in_order(api):
    data = api.get("services/tree_down")
    holds(data, "service-definition.json")
    assert [one["order"] for one in data["attributes"]] == [1, 2, 3]
    wires, lanes, way_out = data["attributes"]
    assert wires["required"] is True and wires["datatype"] == "singlevaluelist"
    assert [one["key"] for one in wires["values"]] == ["yes", "no", "unsure"]
    # It depends on another answer, which a client cannot know.
    assert way_out["required"] is False and lanes["values"][1] == {"key": "all", "name": "All lanes"}
    assert api.get("services/pothole") == {"service_code": "pothole", "attributes": []}
    api.get("services/nothing", code=404)
    api.get("services/uncoded", code=404)


def test_a_report_becomes_contact_and_request_with_the_number_as_text(api):
    (made,) = api.post(
        description="Hole", email="ana@example.org", first_name="Ana", last_name="-", phone="423 555 0101"
    )
    row = ServiceRequest.objects.get(number=made["service_request_id"])
    assert (row.channel, row.description, row.is_anonymous) == ("api", "Hole", False)
    assert row.customer is not None and row.customer.display_name == "Ana"
    link = RequestContact.objects.get(request=row)
    assert (
        link.interaction.callback_number == "423 555 0101"
        and link.interaction.outcomes.get().target_number == row.number
    )
    assert count_raw(source="open311").processed == 1
    (shown,) = api.get(f"requests/{row.number}")
    assert shown["description"] == "Hole" and shown["status"] == "open"
    assert "ana" not in json.dumps(shown).lower()


def test_attributes_come_in_every_spelling(api):
    for name in ("attribute[wires]", "attribute[wires][]"):
        (made,) = api.post(
            service_code="tree_down",
            **{name: "no", "attribute[lanes]": "all", "attribute[way_out]": "yes"},
            description=name,
        )
        assert ServiceRequest.objects.get(number=made["service_request_id"]).answers["lanes"] == "all"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "service_code"),
        ({"service_code": "uncoded"}, 404, "service_code"),
        ({"lat": None, "long": None}, 400, "lat"),
        ({"lat": "95", "long": "0"}, 400, "lat"),
        ({"lat": "here", "long": "there"}, 400, "lat"),
        ({"service_code": "tree_down"}, 400, "wires"),
        ({"jurisdiction_id": "elsewhere"}, 404, "jurisdiction_id"),
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"address_id": "999999", "lat": None, "long": None}, 404, ""),
        ({"description": "x" * 10_001}, 400, "description"),
    ],
)
def test_refusals_say_what_in_a_list(api, fields, status, words):
    (error,) = api.post(code=status, **fields)
    assert set(error) == {"code", "description"} and words in error["description"]
    tree = api.post(code=status, form="xml", **fields)
    assert tree.tag == "errors" and tree[0].tag == "error" and tree[0][0].tag == "code"
    assert not ServiceRequest.objects.exists()
    counts = count_raw(source="open311")
    assert counts.pending == 0 and counts.difference == 0


def test_a_key_reports_only_its_codes_and_only_with_the_scope():
    GeoReport(make_key("tree_down")).post(code=403)
    GeoReport(make_key(scopes=("requests.read",))).post(code=403)


def test_a_keys_allowance_ends_with_429_and_when_to_try_again():
    slow = GeoReport(make_key(per_minute=2))
    slow.post(description="1")
    slow.post(description="2")
    (error,) = slow.post(code=429, description="3")
    assert error["code"] == 429
    said = slow.http.post("/open311/v2/requests.xml", {"api_key": slow.key})
    assert int(said["Retry-After"]) > 0


def test_filters(api):
    old = make_request(now=NOW - timedelta(days=120))
    tree = make_request("tree_down", now=NOW - timedelta(days=5))
    new = make_request(now=NOW - timedelta(days=1), place=place(lat=35.2, lon=-85.1))
    services.close(request_id=new.pk, reason="done", text="Filled.", access=everything(), now=NOW)

    def numbers(**asked):
        return [one["service_request_id"] for one in api.get("requests", **asked)]

    assert numbers() == [new.number, tree.number]
    assert numbers(status="open") == [tree.number]
    assert numbers(status="closed,open") == [new.number, tree.number]
    assert numbers(service_code="tree_down,unknown") == [tree.number]
    assert numbers(service_request_id=f"{old.number},{tree.number.lower()},SR-26-999999-X", status="closed") == [
        tree.number,
        old.number,
    ]
    assert numbers(start_date=(NOW - timedelta(days=200)).isoformat()) == [new.number, tree.number, old.number]
    assert numbers(end_date=(NOW - timedelta(days=100)).strftime("%Y-%m-%d")) == [old.number]
    assert numbers(page="2", page_size="1") == [tree.number]
    assert numbers(updated_after=(NOW - timedelta(minutes=1)).isoformat().replace("+", " ")) == [new.number]
    assert numbers(bbox="-85.15,35.15,-85.05,35.25") == [new.number]
    assert numbers(start_date="", status="", service_code="") == [new.number, tree.number]
    (closed,) = api.get("requests", status="closed")
    holds([closed], "requests.json")
    assert closed["status_notes"] == "Filled." and datetime.fromisoformat(closed["updated_datetime"]) == NOW
    assert WHOLE_SECONDS.match(closed["requested_datetime"])
    for asked in (
        {"status": "fixed"},
        {"start_date": "yesterday"},
        {"page": "0"},
        {"bbox": "1,2"},
        {"end_date": "9999-12-31"},
    ):
        assert api.http.get("/open311/v2/requests.json", asked).status_code == 400


def test_empty_lists_have_their_element(api):
    assert api.get("requests") == []
    assert api.http.get("/open311/v2/requests.xml").content.endswith(b"<service_requests></service_requests>")


def test_what_is_not_public_does_not_exist(api):
    secret = make_request("complaint", place=None, description="SECRETWORD")
    hidden = make_request(is_confidential=True)
    held = make_request(held_reason="links")
    uncoded = make_request("uncoded")
    for row in (secret, hidden, held, uncoded):
        (unknown,) = api.get("requests/SR-26-999999-X", code=404)
        assert api.get(f"requests/{row.number}", code=404) == [unknown]
        assert api.get("requests", service_request_id=row.number) == []
    assert api.get("requests", start_date="2020-01-01") == []


def test_words_and_places_go_out_by_the_codes_rule(api):
    tree = make_request("tree_down", description="Mrs. Hall in 12B", now=NOW)
    (shown,) = api.get(f"requests/{tree.number}")
    assert shown["description"] is None and shown["address"] == "1200 block of Oak St"
    assert (shown["lat"], shown["long"], shown["address_id"]) == (35.05, -85.3, None)
    services.set_public_text(
        request_id=tree.pk, text="A tree lies there.", is_published=True, access=everything(), now=NOW
    )
    (shown,) = api.get(f"requests/{tree.number}", extensions="true")
    assert shown["description"] == "A tree lies there."
    assert shown["attributes"] == [{"code": "wires", "value": "no"}]


def test_a_long_description_is_kept_whole_and_published_in_part(api):
    (made,) = api.post(description="ä" * 9_999)
    assert len(ServiceRequest.objects.get().description) == 9_999
    (shown,) = api.get(f"requests/{made['service_request_id']}")
    assert len(shown["description"]) == 4_000


def picture() -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_files_of_any_part_are_kept_and_public_after_review(api):
    files = {"photo1": SimpleUploadedFile("a.jpg", picture()), "media": SimpleUploadedFile("b.jpg", b"no picture")}
    said = api.http.post(
        "/open311/v2/requests.json",
        {"api_key": api.key, "service_code": "tree_down", **PLACE, "attribute[wires]": "no", **files},
    )
    (made,) = said.json()
    assert said.status_code == 200 and "not kept" in made["service_notice"]
    link = RequestFile.objects.get()
    (shown,) = api.get(f"requests/{made['service_request_id']}")
    assert shown["media_url"] is None
    address = reverse("kernel:file", args=[link.file.token])
    assert api.http.get(address).status_code == 404
    services.review_file(link_id=link.pk, is_public=True, access=everything(), now=utc_now())
    (shown,) = api.get(f"requests/{made['service_request_id']}")
    assert link.file.token in shown["media_url"]
    assert api.http.get(address).status_code == 200
    holds([shown], "requests.json")


def test_media_urls_are_words_for_staff_only(api):
    (made,) = api.post(media_url=["http://example.org/1.jpg", "http://example.org/2.jpg"])
    assert "2.jpg" in Note.objects.get(request__number=made["service_request_id"]).text
    assert "example.org" not in json.dumps(api.get(f"requests/{made['service_request_id']}"))


@pytest.mark.parametrize(
    ("path", "form"), [("nothing.json", "json"), ("requests.csv", "xml"), ("", "xml"), ("requests/a/b.json", "json")]
)
def test_the_routers_404_comes_in_the_format_asked_for(path, form):
    said = Client().get(f"/open311/v2/{path}")
    assert said.status_code == 404 and form in said["Content-Type"] and b"404" in said.content


def test_other_methods_get_405_and_too_much_413(api):
    said = api.http.delete("/open311/v2/requests.json")
    assert (said.status_code, said["Allow"], said.json()[0]["code"]) == (405, "GET, HEAD, OPTIONS, POST", 405)
    assert api.http.post("/open311/v2/services.xml").status_code == 405
    assert api.http.head("/open311/v2/services.xml").status_code == 200
    large = api.http.post(
        "/open311/v2/requests.json", "a=" + "x" * (3 << 20), content_type="application/x-www-form-urlencoded"
    )
    assert (large.status_code, large.json()[0]["code"]) == (413, 413)


def test_a_mistake_of_ours_is_500_in_the_format(api, monkeypatch):
    monkeypatch.setattr("citydesk.contact.service_requests.queries.public.list_public", lambda *a, **k: 1 / 0)
    said = api.http.get("/open311/v2/requests.json")
    assert (said.status_code, said.json()[0]["code"]) == (500, 500)
    assert api.http.get("/open311/v2/requests.xml").content.startswith(b"<?xml")


def test_a_refusal_before_any_view_comes_in_the_format_too():
    said = Client().get("/open311/v2/requests.json", headers={"host": "evil.example"})
    assert (said.status_code, said.json()[0]["code"]) == (400, 400)
