"""Reporting without scripts: nothing lost, once, held instead of dropped, in both languages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citydesk.contact.interactions import queries as contacts
from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.portal import services
from citydesk.portal.rules import Draft, clean, draft_of, reached
from citydesk.portal.services import reporting
from citydesk.portal.tests.rows import CONTACTS, FILES, LINKS, PEOPLE, RAW, REQUESTS, only, rows

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = {"place": "The park by the old mill", "words": "A big tree fell and blocks the whole street."}
FIELDS = ["place", "words", "lat", "lon", "did_you_mean", "opened", "detail"]
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0c"
    b"IDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)

PORTAL = """
[quick]
services = ["pothole", "uncoded"]
[tile.reports]
order = 20
page = "reports"
[tile.pay]
order = 10
link = "https://pay.example"
name = {en = "Pay", es = "Pagar"}
text = {en = "By card.", es = "Con tarjeta."}
[tile.streets]
order = 30
service = "pothole"
name = {en = "Busted streets", es = "Calles rotas"}
text = {en = "Tell us.", es = "Avísenos."}
[tile.hidden]
order = 40
service = "uncoded"
name = {en = "Hidden", es = "Oculto"}
text = {en = "Hidden.", es = "Oculto."}
"""


@pytest.fixture(autouse=True)
def city() -> None:
    load_city()


def walk(client: Client, *, where: dict[str, Any] = WHERE, code: str = "pothole") -> Any:
    """Every step up to the page from which it is sent."""
    assert client.post("/report/", where)["Location"] == "/report/kind/"
    assert client.post("/report/kind/", {"code": code})["Location"] == "/report/details/"
    page = client.get("/report/details/")
    assert page.status_code == 200
    client.post("/report/details/", {"asked": ""})
    return client.get("/report/you/")


def slow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person who took their time."""
    monkeypatch.setattr(reporting, "_seconds", lambda draft, now: 60.0)


def test_an_unnamed_report_gets_its_number_and_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    assert WHERE["words"] in walk(client).content.decode()
    assert client.post("/report/you/")["Location"] == "/report/sent/"
    row = only(REQUESTS)
    assert row.is_anonymous and not row.is_held and row.channel == "web" and row.place_label == WHERE["place"]
    page = client.get("/report/sent/").content.decode()
    assert row.number in page and f"/track/{row.public_token}/" in page
    contact = only(CONTACTS)
    assert contact.channel == "web" and only(LINKS).interaction_id == contact.id
    assert only(RAW).result_number == row.number


def test_going_back_from_the_last_step_keeps_what_was_typed(client: Client) -> None:
    walk(client)
    typed = {"name": "Ana Ruiz", "email": "not an address", "change": "details"}
    assert client.post("/report/you/", typed)["Location"] == "/report/details/"
    assert not rows(REQUESTS)
    page = client.get("/report/you/").content.decode()
    assert "Ana Ruiz" in page and "not an address" in page


def test_sending_twice_makes_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    walk(client)
    session = client.session["portal.draft"]
    client.post("/report/you/")
    assert client.post("/report/you/")["Location"] == "/report/sent/"
    other = Client()
    other.cookies = client.cookies
    store = client.session
    store["portal.draft"] = session
    store.save()
    assert client.post("/report/you/")["Location"] == "/report/sent/"
    assert len(rows(REQUESTS)) == 1
    counts = [one.state for one in rows(RAW)]
    assert set(counts) == {"processed"}


def test_a_named_person_is_told_and_texts_need_consent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    client.post("/report/", WHERE)
    client.post("/report/kind/", {"code": "pothole"})
    client.post("/report/details/", {"asked": ""})
    reach = {"name": "Ana Ruiz", "phone": "423 555 0142", "tell": "sms"}
    refused = client.post("/report/you/", reach)
    assert refused.status_code == 422 and "Ana Ruiz" in refused.content.decode()
    assert 'href="#f-consent"' in refused.content.decode()
    client.post("/report/you/", {**reach, "consent": "1"})
    person = only(PEOPLE)
    assert (person.channel, person.to, person.name) == ("sms", "+14235550142", "Ana Ruiz")
    assert person.customer_id is not None


def test_what_looks_like_spam_is_received_and_held(client: Client) -> None:
    walk(client, where={**WHERE, "website": "http://buy.example"})
    assert client.post("/report/you/")["Location"] == "/report/sent/"
    row = only(REQUESTS)
    assert row.is_held and row.held_reason == "honeypot"
    assert row.number in client.get("/report/sent/").content.decode()


def test_a_crowd_from_one_network_is_held_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        client = Client()
        slow(client, monkeypatch)
        walk(client, where={**WHERE, "words": f"Hole number {number}"})
        assert client.post("/report/you/")["Location"] == "/report/sent/"
    assert len(rows(REQUESTS)) == len([one for one in rows(RAW) if one.state == "processed"]) == 12
    assert [one.held_reason for one in rows(REQUESTS)] == [""] * 10 + ["network"] * 2


def test_a_report_that_breaks_is_kept_and_recorded_later(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    walk(client)
    real = reporting.requests.record_request

    def broken(**_given: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(reporting.requests, "record_request", broken)
    assert client.post("/report/you/")["Location"] == "/report/sent/"
    assert client.get("/report/sent/").status_code == 200
    assert only(RAW).state == "pending" and not rows(CONTACTS)
    monkeypatch.setattr(reporting.requests, "record_request", real)
    later = timezone.now() + timedelta(minutes=5)
    assert services.work_left_reports(now=later)["processed"] == 1
    assert only(REQUESTS).number in client.get("/report/sent/").content.decode()
    assert services.work_left_reports(now=later) == {"processed": 0, "rejected": 0, "quarantined": 0, "pending": 0}
    assert contacts.get_raw(raw_id=only(RAW).id).result_number


def test_questions_come_after_the_answers_they_depend_on(client: Client) -> None:
    client.post("/report/", WHERE)
    client.post("/report/kind/", {"code": "tree_down"})
    assert "Is there another way out?" not in client.get("/report/details/").content.decode()
    missing = client.post("/report/details/", {"asked": "wires,lanes", "q_lanes": "all"})
    assert missing.status_code == 422 and 'href="#f-q_wires"' in missing.content.decode()
    told = client.post("/report/details/", {"asked": "wires,lanes", "q_lanes": "all", "q_wires": "yes"})
    assert told["Location"] == "/report/details/"
    page = client.get("/report/details/").content.decode()
    assert "Is there another way out?" in page and "Stay away and call 911." in page
    answers = {"asked": "wires,lanes,way_out", "q_lanes": "all", "q_wires": "yes", "q_way_out": "no"}
    assert client.post("/report/details/", answers)["Location"] == "/report/you/"


def test_photos_are_kept_over_an_error_and_at_most_five(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    client.post("/report/", WHERE)
    client.post("/report/kind/", {"code": "pothole"})
    good = [SimpleUploadedFile(f"{one}.png", PIXEL, "image/png") for one in range(2)]
    bad = SimpleUploadedFile("x.png", b"<script>", "image/png")
    answer = client.post("/report/details/", {"asked": "", "photos": [*good, bad]})
    assert answer.status_code == 422 and "x.png" in answer.content.decode()
    client.post("/report/details/", {"asked": ""})
    client.post("/report/you/", {})
    assert len(rows(FILES)) == 2


def test_spanish_is_complete_and_recorded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(client, monkeypatch)
    client.post("/language/", {"language": "es", "next": "/report/"})
    assert "¿Dónde está y qué pasa?" in client.get("/report/").content.decode()
    page = walk(client, where={**WHERE, "words": "Hay un hoyo grande"}).content.decode()
    assert 'lang="es"' in page and "Bache" in page
    client.post("/report/you/")
    assert only(REQUESTS).language == "es"


def test_no_step_can_be_skipped(client: Client) -> None:
    for step in ("kind", "details", "you", "sent"):
        assert client.get(f"/report/{step}/").status_code == 302
    assert client.post("/report/you/").status_code == 302 and not rows(RAW)
    empty = client.post("/report/", {"place": "Oak St", "words": " "})
    assert empty.status_code == 422 and "Oak St" in empty.content.decode()


def test_internal_kinds_are_not_offered(client: Client) -> None:
    client.post("/report/", WHERE)
    assert "No code fits" not in client.get("/report/kind/").content.decode()
    assert client.post("/report/kind/", {"code": "uncoded"}).status_code == 422


def test_pages_with_typed_words_are_kept_nowhere(client: Client) -> None:
    client.post("/report/", WHERE)
    page = client.get("/report/kind/")
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "no-referrer"
    assert WHERE["words"] not in str(client.cookies) and WHERE["words"] not in str(dict(client.session.items()))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(["place", "words", "lat", "lon", "did_you_mean", "opened", "detail"]), st.text())
)
def test_odd_input_never_breaks_the_first_step(fields: dict[str, str]) -> None:
    client = Client()
    assert client.post("/report/", fields).status_code in (200, 302, 422)
    assert client.get("/report/").status_code == 200


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text()))))
def test_any_body_makes_a_draft(body: dict[str, Any]) -> None:
    assert reached(draft_of({**Draft().as_json(), **body}))


@given(st.text())
def test_cleaning_keeps_no_control_characters(text: str) -> None:
    kept = clean(text, 50)
    assert len(kept) <= 50 and "\x00" not in kept and clean(kept, 50) == kept


def test_the_first_page_shows_what_the_profile_names(client: Client) -> None:
    """Doors in their order, in both languages; what is not for residents is left out."""
    plain = client.get("/").content.decode()
    assert plain.index("/track/") < plain.index("/reports/") < plain.index("/answers/")
    load_city({"portal.toml": PORTAL}, now=timezone.now())
    page = client.get("/").content.decode()
    assert "Busted streets" in page and "?about=pothole" in page and "https://pay.example" in page
    assert page.index("https://pay.example") < page.index(">Open reports near you<") and "?about=uncoded" not in page
    assert "Calles rotas" in client.get("/", headers={"accept-language": "es"}).content.decode()


def test_a_kind_named_on_the_first_page_is_not_asked_for_again(client: Client) -> None:
    page = client.get("/report/?about=pothole").content.decode()
    assert 'name="about" value="pothole"' in page
    assert 'name="about"' not in client.get("/report/?about=uncoded").content.decode()
    assert client.post("/report/", {**WHERE, "about": "pothole"})["Location"] == "/report/details/"
    lacking = client.post("/report/", {**WHERE, "place": "", "about": "pothole"})["Location"]
    assert lacking == "/report/?need=place&about=pothole"
    assert 'name="about" value="pothole"' in client.get(lacking).content.decode()
