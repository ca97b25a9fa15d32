"""Following a report by its link: what it shows, what it lets do, what never leaves."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import MORNING, load_city
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from citydesk.management.quality import services as quality
from citydesk.portal import services
from citydesk.portal.rules import Draft
from citydesk.portal.services import tracking
from citydesk.portal.tests.rows import PEOPLE, REQUESTS, only, rows

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATES = Path(__file__).parents[4] / "profiles/riverton/templates"
CANARY = "Zebulon Canary"
SECRET = "internal-canary-note"


@pytest.fixture(autouse=True)
def city() -> None:
    load_city()


def report(code: str = "pothole", **given: Any) -> Any:
    draft = Draft(
        key=given.pop("key", "k1"),
        place="The park by the old mill",
        words="A hole as deep as a bucket",
        code=code,
        opened_at="2026-01-01T00:00:00+00:00",
        **given,
    )
    sent = services.send_report(draft=draft, network="", now=utc_now())
    return next(one for one in rows(REQUESTS) if one.number == sent.number)


def named(**given: Any) -> tuple[Any, str]:
    row = report(name=CANARY, email="zeb@example.org", tell="email", **given)
    return row, next(one.token for one in rows(PEOPLE) if one.request_id == row.id)


def close(row: Any, reason: str = "done") -> None:
    requests.close(request_id=row.id, reason=reason, text="Filled this morning.", access=SYSTEM_ACCESS, now=utc_now())


def test_the_page_says_status_and_own_words_and_stays_private(client: Client) -> None:
    row, token = named()
    requests.add_note(request_id=row.id, kind="internal", text=SECRET, access=SYSTEM_ACCESS, now=utc_now())
    requests.add_note(request_id=row.id, kind="public", text="We come on Monday", access=SYSTEM_ACCESS, now=utc_now())
    page = client.get(f"/track/{token}/")
    text = page.content.decode()
    assert row.number in text and "A hole as deep as a bucket" in text and "We come on Monday" in text
    assert SECRET not in text and CANARY not in text and "zeb@example.org" not in text
    assert page["Referrer-Policy"] == "no-referrer" and "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]


def test_a_follower_sees_only_what_is_public(client: Client) -> None:
    row, _token = named(detail="Blue house, second floor")
    other = Draft(email="neighbor@example.org", tell="email")
    token = services.join_report(number=row.number, draft=other, network="n", now=utc_now())
    text = client.get(f"/track/{token}/").content.decode()
    assert row.number in text
    assert CANARY not in text and "Blue house" not in text and "zeb@example.org" not in text
    assert client.post(f"/track/{token}/withdraw/").status_code == 403
    assert client.post(f"/track/{token}/reopen/", {"text": "no"}).status_code == 403


def test_the_reporter_adds_closes_and_reopens(client: Client) -> None:
    row, token = named()
    assert client.post(f"/track/{token}/answer/", {"text": " "}).status_code == 400
    done = client.post(f"/track/{token}/answer/", {"text": "It got bigger"})
    assert done.status_code == 302
    close(row)
    page = client.get(f"/track/{token}/").content.decode()
    assert "Filled this morning." in page
    empty = client.post(f"/track/{token}/reopen/", {"text": ""})
    assert empty.status_code == 400
    assert client.post(f"/track/{token}/reopen/", {"text": "Still there"}).status_code == 302
    row = only(REQUESTS)
    assert row.is_open and row.reopen_count == 1
    assert client.post(f"/track/{token}/withdraw/", {"text": "gone"}).status_code == 302
    row = only(REQUESTS)
    assert row.close_reason == "withdrawn"


def test_an_ended_or_unknown_link_says_so(client: Client) -> None:
    row, _token = named()
    token = services.join_report(
        number=row.number, draft=Draft(email="n@example.org", tell="email"), network="n", now=utc_now()
    )
    assert client.post(f"/track/{token}/stop/").status_code == 200
    for one in (token, "nothing", "x" * 300, "%00", "../../etc"):
        page = client.get(f"/track/{one}/")
        assert page.status_code == 404
    assert "This link does not work" in client.get(f"/track/{token}/").content.decode()


def test_messages_stop_but_the_reporter_keeps_the_page(client: Client) -> None:
    _row, token = named()
    client.post(f"/track/{token}/stop/")
    assert only(PEOPLE).channel == "none"
    assert client.get(f"/track/{token}/").status_code == 200
    refused = client.post(f"/track/{token}/reach/", {"channel": "sms", "to": "4235550142"})
    assert refused.status_code == 400
    client.post(f"/track/{token}/reach/", {"channel": "sms", "to": "4235550142", "consent": "1"})
    assert only(PEOPLE).to == "+14235550142"
    bad = client.post(f"/track/{token}/reach/", {"channel": "email", "to": "nobody"})
    assert bad.status_code == 400


def test_the_lookup_tells_nobody_whether_there_is_a_report(client: Client) -> None:
    row, token = named()
    right = client.post("/track/", {"number": row.number, "contact": "zeb@example.org"})
    wrong = client.post("/track/", {"number": row.number, "contact": "other@example.org"})
    assert right.status_code == wrong.status_code == 200
    for page in (right, wrong):
        text = page.content.decode()
        assert token not in text and "A hole" not in text and "the link is on its way" in text
    assert mail.outbox == [] or all("zeb@example.org" in one.to for one in mail.outbox)


def test_the_link_comes_again_in_words_of_its_own(client: Client) -> None:
    files = [TEMPLATES / f"link.{language}.md" for language in ("en", "es")]
    load_city({f"templates/{one.name}": one.read_text() for one in files})
    row, token = named()
    follower = next(one for one in rows(PEOPLE) if one.request_id == row.id)
    tracking.send_link(request_id=row.id, follower_id=follower.id, asked=1, now=MORNING)
    (letter,) = correspondence.list_messages("service_requests.request", row.id)
    assert letter["subject"] == f"Your link to report {row.number}" and token in letter["body"]


def test_the_public_pages_show_no_identity_and_no_confidential_report(client: Client) -> None:
    row, _token = named()
    secret = report("complaint", key="k2", name="Cora Canary", email="cora@example.org")
    requests.add_note(request_id=row.id, kind="internal", text=SECRET, access=SYSTEM_ACCESS, now=utc_now())
    paths = ["/", "/reports/", "/answers/", "/track/", "/privacy/", "/report/", f"/report/same/{row.number}/"]
    for path in paths:
        text = client.get(path).content.decode()
        assert not any(word in text for word in (CANARY, "Cora", "cora@", SECRET, "zeb@", secret.number)), path
    assert row.number in client.get("/reports/").content.decode()
    assert client.get(f"/report/same/{secret.number}/").status_code == 404


def test_me_too_is_counted_and_followed_once(client: Client) -> None:
    row, _token = named()
    path = f"/report/same/{row.number}/"
    assert client.post(path, {}).status_code == 422
    for _twice in range(2):
        assert client.post(path, {"email": "n@example.org"})["Location"] == "/report/sent/"
    assert [one.kind for one in rows(PEOPLE)].count("me_too") == 1
    assert client.post(path, {"silent": "1"}).status_code == 302


def asked() -> tuple[Any, str]:
    """A closed report whose reporter is asked whether it was settled at once."""
    row, token = named()
    close(row)
    assert quality.invite_after_closing(request_id=row.id, reason="done", now=utc_now())
    return row, token


def test_one_question_is_answered_once_behind_the_link_in_either_language(client: Client) -> None:
    row, token = asked()
    own = f"/track/{token}/"
    text = client.get(own).content.decode()
    assert "Was your matter settled with your first contact?" in text and CANARY not in text
    refused = client.post(f"{own}settled/", {})
    assert refused.status_code == 400 and 'href="#f-settled"' in refused.content.decode()
    spanish = client.get(own, headers={"accept-language": "es"}).content.decode()
    assert "¿Se resolvió su asunto con su primer contacto?" in spanish
    answer = client.post(f"{own}settled/", {"answer": "yes"}, headers={"accept-language": "es"}, follow=True)
    assert "Gracias por su respuesta." in answer.content.decode()
    again = client.get(own).content.decode()
    assert "Was your matter settled" not in again
    assert client.post(f"{own}settled/", {"answer": "no"}).status_code == 409
    kept = only("quality_response")
    assert (kept.answer, kept.language) == ("yes", "es")
    # What was answered stands on no page of the request, and in no line of its history.
    assert row.number in again and not [one for one in rows("kernel_auditentry") if one.after == {"answer": "yes"}]


def test_nobody_else_and_nobody_unasked_can_answer(client: Client) -> None:
    row, token = named()
    assert "Was your matter settled" not in client.get(f"/track/{token}/").content.decode()
    assert client.post(f"/track/{token}/settled/", {"answer": "yes"}).status_code == 404
    other = services.join_report(
        number=row.number, draft=Draft(email="neighbor@example.org", tell="email"), network="n", now=utc_now()
    )
    close(row)
    quality.invite_after_closing(request_id=row.id, reason="done", now=utc_now())
    assert "Was your matter settled" not in client.get(f"/track/{other}/").content.decode()
    assert client.post(f"/track/{other}/settled/", {"answer": "yes"}).status_code == 403
    assert rows("quality_response") == []
