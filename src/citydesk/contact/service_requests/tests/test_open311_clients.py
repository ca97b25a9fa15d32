"""What real clients do that a strict reading of GeoReport misses: FixMyStreet, three 0.8.0, georeport; and retries."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from citydesk.contact.interactions.queries import count_raw, get_raw, list_unworked_raw
from citydesk.contact.interactions.services import store_raw
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.services import open311 as posts
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.service_requests.tests.open311 import PLACE, GeoReport, encode, make_key
from citydesk.contact.service_requests.tests.test_open311 import picture
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def _city():
    load_city(now=NOW - timedelta(days=400))


@pytest.fixture
def api() -> GeoReport:
    return GeoReport(make_key())


def test_1_all_open_numbers_at_once_and_none_dropped(api):
    made = [make_request(now=NOW - timedelta(days=200 + place)).number for place in range(30)]
    asked = ",".join([*made, *(f"SR-26-{900000 + one:06d}-X" for one in range(450))])
    assert len(asked) > 7_000
    assert {one["service_request_id"] for one in api.get("requests", service_request_id=asked)} == set(made)


def test_2_codes_numbers_and_tokens_need_no_escaping(api):
    (made,) = api.post()
    assert made["service_request_id"].replace("-", "").isalnum()


def test_5_values_repeat_without_brackets_and_odd_fields_are_ignored(api):
    fields = {
        "attribute[wires]": "NO",
        "attribute[easting]": "1",
        "attribute[fixmystreet_id]": "77",
        "attribute": "wires",
        "deviceid": "abc",
        "address_id": "#NOTPINPOINTED#",
        "last_name": "-",
        "media_url": ["http://a.example/1", "http://a.example/2"],
        "description": "Title: a hole\n\nText\n\nhttp://www.fixmystreet.example/77 " + "x" * 5000,
    }
    (made,) = api.post(service_code="tree_down", **fields)
    row = ServiceRequest.objects.get(number=made["service_request_id"])
    assert row.answers == {"wires": "no"} and row.is_anonymous and len(row.description) > 5000


@pytest.mark.parametrize("name", ["photo1", "file_1", "media", "media[]"])
def test_6_multipart_with_a_file_part_of_any_name(api, name):
    fields = {"api_key": api.key, "service_code": "pothole", **PLACE, name: SimpleUploadedFile("p.jpg", picture())}
    said = api.http.post("/open311/v2/requests.xml", fields)
    assert said.status_code == 200, said.content
    assert ServiceRequest.objects.get().photo_count == 1


def test_7_a_token_is_answered_with_200_before_and_after_the_number_exists(api, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(posts, "_record", lambda *a, **k: 1 / 0)
        (made,) = api.post(description="It broke on our side")
    assert "service_request_id" not in made and not ServiceRequest.objects.exists()
    assert api.get(f"tokens/{made['token']}") == [{"service_request_id": None, "token": made["token"]}]
    counts = posts.work_left_posts(now=utc_now() + timedelta(minutes=3))
    assert counts == {"processed": 1, "rejected": 0, "quarantined": 0, "pending": 0}
    (ready,) = api.get(f"tokens/{made['token']}")
    assert ready["service_request_id"] == ServiceRequest.objects.get().number
    api.get("tokens/abc", code=404)


def test_9_updated_moves_with_what_people_see_and_notes_are_never_internal(api):
    row = make_request(now=NOW - timedelta(days=2))
    (shown,) = api.get(f"requests/{row.number}")
    assert shown["status_notes"] == "We have your request." and datetime.fromisoformat(shown["updated_datetime"]).tzinfo


def test_10_updates_are_found_however_old_the_request_is(api):
    row = make_request(now=NOW - timedelta(days=300))
    ServiceRequest.objects.filter(pk=row.pk).update(updated_at=NOW)
    hour_ago = (NOW - timedelta(hours=1)).isoformat()
    assert [one["service_request_id"] for one in api.get("requests", updated_after=hour_ago)] == [row.number]


def test_11_a_plus_that_arrived_as_a_space(api):
    row = make_request(now=NOW - timedelta(hours=2))
    start = (NOW - timedelta(hours=3)).isoformat()
    said = api.http.get(f"/open311/v2/requests.json?start_date={start}")  # the plus of +00:00 is not escaped
    assert [one["service_request_id"] for one in said.json()] == [row.number]


def test_three_asks_beyond_90_days_with_an_empty_key_and_gets_a_list(api):
    row = make_request(now=NOW - timedelta(days=150))
    asked = {
        "api_key": "",
        "start_date": (NOW - timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z"),
        "page_size": "5000",
    }
    assert [one["service_request_id"] for one in api.get("requests", **asked)] == [row.number]
    assert isinstance(api.http.get("/open311/v2/requests.json?status=x").json(), list)


def test_three_posts_bare_attributes_and_a_media_file(api):
    fields = {
        "api_key": api.key,
        "service_code": "pothole",
        **PLACE,
        "attribute": "A",
        "media": SimpleUploadedFile("m.jpg", picture()),
    }
    assert api.http.post("/open311/v2/requests.json", fields).status_code == 200


def test_three_reads_errors_as_json_below_500(api):
    assert isinstance(json.loads(api.http.post("/open311/v2/requests.json").content), list)


def test_georeport_takes_the_first_of_a_list(api):
    row = make_request(now=NOW)
    assert api.http.get(f"/open311/v2/requests/{row.number}.json").json()[0]["service_request_id"] == row.number


def test_the_same_words_again_are_the_same_report_for_ten_minutes(api, monkeypatch):
    first, again = api.post(description="Hole"), api.post(description="Hole")
    assert first == again and ServiceRequest.objects.count() == 1
    other = GeoReport(make_key())
    assert other.post(description="Hole") != first
    monkeypatch.setattr(posts, "SAME_WITHIN", timedelta(0))
    assert api.post(description="Hole") != first
    assert count_raw(source="open311").processed == 4


def test_an_idempotency_key_holds_for_good_and_for_one_text(api, monkeypatch):
    monkeypatch.setattr(posts, "SAME_WITHIN", timedelta(0))
    first = api.post(headers={"Idempotency-Key": "k1"}, description="Hole")
    assert api.post(headers={"Idempotency-Key": "k1"}, description="Hole") == first
    api.post(code=400, headers={"Idempotency-Key": "k1"}, description="Another hole")
    assert api.post(headers={"Idempotency-Key": "k2"}, description="Hole") != first


def test_a_post_left_by_a_killed_process_and_sent_again_is_one_report_however_late_the_sweep(api):
    headers = {"key": str(staff_key_of(api.key)), "label": "", "codes": "", "language": "en", "idempotency": ""}
    body = encode({"service_code": "pothole", **PLACE, "description": "Twice"}).encode()
    store_raw(source="open311", body=body, content_type="", headers={**headers, "files": ""}, now=utc_now())
    api.post(description="Twice")
    assert posts.work_left_posts(now=utc_now() + timedelta(hours=1))["processed"] == 1
    assert ServiceRequest.objects.count() == 1


def staff_key_of(words):
    from citydesk.city.staff import services as staff_services

    return staff_services.admit_partner(words=words, now=utc_now()).key_id


def test_a_post_left_by_a_killed_process_is_recorded_once(api):
    body = encode({"service_code": "pothole", **PLACE, "description": "Left"}).encode()
    headers = {"key": "1", "label": "App", "codes": "", "language": "en", "idempotency": "", "files": ""}
    received = utc_now() - timedelta(minutes=5)
    for state in (body, b"service_code=nothing"):
        store_raw(source="open311", body=state, content_type="", headers=headers, now=received)
    store_raw(source="open311", body=body, content_type="", headers=headers, now=utc_now())
    assert posts.work_left_posts(now=utc_now()) == {"processed": 1, "rejected": 1, "quarantined": 0, "pending": 0}
    assert posts.work_left_posts(now=utc_now())["processed"] == 0
    row = ServiceRequest.objects.get()
    assert abs(row.received_at - received) < timedelta(seconds=1)
    counts = count_raw(source="open311")
    assert (counts.received, counts.processed, counts.rejected, counts.pending, counts.difference) == (3, 1, 1, 1, 0)


def test_many_links_are_held_and_kept(api):
    (made,) = api.post(description="http://a.example http://b.example http://c.example")
    row = ServiceRequest.objects.get(number=made["service_request_id"])
    assert (row.is_held, row.held_reason) == (True, "links")


def test_the_key_is_never_kept(api, monkeypatch):
    monkeypatch.setattr(posts, "_record", lambda *a, **k: 1 / 0)
    api.post(description="Hole")
    (pending,) = list_unworked_raw(older_than=utc_now() + timedelta(minutes=1))
    raw = get_raw(raw_id=pending["id"])
    assert api.key.encode() not in raw.body and api.key not in json.dumps(raw.headers)
