"""The OpenAPI description of Open311 says what is answered: every kind of answer is held against it."""

import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.service_requests.tests.open311 import GeoReport, make_key

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def api():
    load_city(now=NOW - timedelta(days=400))
    return GeoReport(make_key())


@pytest.fixture
def described(api):
    said = api.http.get("/open311/v2/openapi.json")
    assert said.status_code == 200 and said["Content-Type"] == "application/json"
    assert said["Access-Control-Allow-Origin"] == "*"
    return json.loads(said.content)


def check(described, path, method, said):
    """The answer's status is described for that address, and so is its content, in that format."""
    answer = described["paths"][path][method]["responses"][str(said.status_code)]["content"]
    kind = said["Content-Type"].partition(";")[0]
    schema = {**answer[kind]["schema"], "components": described["components"]}
    if kind == "application/json":
        jsonschema.validate(json.loads(said.content), schema)


def test_every_answer_is_as_described(api, described):
    number = make_request(now=NOW).number
    calls = {
        "/discovery.{form}": ["discovery"],
        "/services.{form}": ["services", "services?jurisdiction_id=nowhere", "services?locale=es"],
        "/services/{service_code}.{form}": ["services/tree_down", "services/pothole", "services/nothing"],
        "/requests.{form}": ["requests", "requests?extensions=true", "requests?page=0", "requests?status=odd"],
        "/requests/{number}.{form}": [f"requests/{number}", "requests/SR-26-999999-X"],
        "/tokens/{token}.{form}": ["tokens/nothing"],
    }
    assert set(calls) == set(described["paths"])
    for path, asked in calls.items():
        for one in asked:
            for form in ("json", "xml"):
                words, _, query = one.partition("?")
                check(described, path, "get", api.http.get(f"/open311/v2/{words}.{form}?{query}"))
        refused = api.http.delete(f"/open311/v2/{asked[0]}.json")
        assert refused.status_code == 405
        check(described, path, "get", refused)


def test_every_answer_to_a_report_is_as_described(api, described, monkeypatch):
    fine = {"api_key": api.key, "service_code": "pothole", "lat": "35.05", "long": "-85.30", "description": "Deep"}
    wrong = [{"service_code": "nothing"}, {"api_key": "wrong"}, {"lat": "x"}, {"lat": "10"}, {"service_code": ""}]
    said = [api.http.post("/open311/v2/requests.json", {**fine, **one}) for one in ({}, *wrong)]
    assert {one.status_code for one in said} == {200, 400, 403, 404}

    def broken(**_given):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("citydesk.contact.service_requests.services.open311.record_post", broken)
    said.append(api.http.post("/open311/v2/requests.json", {**fine, "description": "Another"}))
    assert "token" in json.loads(said[-1].content)[0]
    for one in said:
        check(described, "/requests.{form}", "post", one)
    fields = described["paths"]["/requests.{form}"]["post"]["requestBody"]["content"]
    assert set(fine) <= set(fields["application/x-www-form-urlencoded"]["schema"]["properties"])
