"""Pages of the desk and of the other side, without a browser and without a script."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.queries.links import path_of
from citydesk.contact.referrals.tests.factories import load_with_agencies, make_referral, sender
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """Signed in as a supervisor of a small city."""
    load_with_agencies(now=utc_now())
    client.force_login(make_user("boss", roles=["supervisor"], teams=[make_team("desk_311")]))
    return client


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def test_a_request_is_referred_seen_in_the_list_and_answered_by_the_link_alone(desk, client_class):
    request = make_request(now=utc_now())
    fold = desk.get(f"/desk/referrals/of/{request.number}/", headers={"HX-Request": "true"})
    assert b"Refer by link" in fold.content and b"<html" not in fold.content
    page = desk.get(f"/desk/referrals/new/{request.number}/")
    assert b"It is broken" in page.content and b"State roads" in page.content
    refused = desk.post(f"/desk/referrals/new/{request.number}/", {"agency": "", "text": "Please <b>fill</b> it"})
    assert refused.status_code == 400 and b"&lt;b&gt;fill" in refused.content
    made = desk.post(f"/desk/referrals/new/{request.number}/", {"agency": "roads", "text": "Please fill it"})
    number = made.url.rstrip("/").rsplit("/", 1)[-1]
    assert number in desk.get("/desk/referrals/").content.decode()
    row = Referral.objects.get(number=number)
    address = path_of(row.link_key)
    assert address in desk.get(made.url).content.decode()

    outside = client_class()
    shown = outside.get(address)
    assert shown["Cache-Control"] == "no-store, private" and shown["Referrer-Policy"] == "no-referrer"
    assert b"Please fill it" in shown.content and b"Dana" not in shown.content
    given = {"act": "return", "name": "Pat", "text": "", "key": key_of(shown)}
    refused = outside.post(f"{address}answer/", given)
    assert refused.status_code == 400 and b"Write why you return it" in refused.content
    proof = SimpleUploadedFile("proof.txt", b"no picture", "text/plain")
    refused = outside.post(f"{address}answer/", {**given, "act": "done", "text": "Filled", "files": proof})
    assert refused.status_code == 400 and b"Filled" in refused.content
    taken = outside.post(f"{address}answer/", {**given, "act": "accept"})
    assert taken.status_code == 302 and taken.url.endswith("?done=accept")
    assert b"We noted that you take it on" in outside.get(taken.url).content
    assert b"Note the answer as seen" in desk.get(made.url).content


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def test_the_link_speaks_the_agencys_language_until_the_reader_chooses(desk, client_class):
    row = make_referral("power", access=sender("clerk"), now=utc_now())
    outside = client_class()
    address = path_of(row.link_key)
    assert "Su respuesta" in outside.get(address).content.decode()
    outside.post("/refer/language/", {"language": "en", "next": address})
    assert "Your answer" in outside.get(address).content.decode()


def test_an_answer_names_the_agency_once_and_in_the_readers_language(desk, client_class):
    row = make_referral("power", access=sender("clerk"), now=utc_now())
    names = row.agency.names
    assert names["en"] != names["es"]
    outside, address = client_class(), path_of(row.link_key)
    shown = outside.get(address)
    outside.post(f"{address}answer/", {"act": "accept", "name": "Pat", "text": "", "key": key_of(shown)})
    english = lines_of(desk.get(f"/desk/referrals/{row.number}/"))
    assert f"Pat, {names['en']} takes it on" in english and names["es"] not in english
    assert f"referred {row.request_number} to {names['en']}" in english
    assert "resident sees" not in english  # what an agency writes goes to us alone
    desk.post("/desk/staff/account/language/", {"language": "es"})
    spanish = lines_of(desk.get(f"/desk/referrals/{row.number}/"))
    assert f"Pat, {names['es']} se hace cargo" in spanish and names["en"] not in spanish


def lines_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]).split())


@pytest.mark.parametrize("token", ["x", "a~b", "%00", "A" * 250, "..%2f"])
def test_a_link_that_opens_nothing_says_so(desk, client_class, token):
    gone = client_class().get(f"/refer/{token}/")
    assert gone.status_code == 404


def test_acts_of_the_desk_and_their_refusals(desk):
    row = make_referral(access=sender("clerk"), now=utc_now())
    door = f"/desk/referrals/{row.number}/do/"
    assert desk.post(door, {"act": "write", "text": ""}).status_code == 400
    assert desk.post(door, {"act": "write", "text": "Any news?"}).status_code == 302
    assert desk.post(door, {"act": "revoke", "reason": ""}).status_code == 400
    assert desk.post(door, {"act": "revoke", "reason": "lost"}).status_code == 302
    assert b"No link opens it now." in desk.get(f"/desk/referrals/{row.number}/").content
    assert desk.post(door, {"act": "new_link"}).status_code == 302
    assert desk.post(door, {"act": "end", "reason": "a mistake"}).status_code == 302
    assert desk.post(door, {"act": "end", "reason": "again"}).status_code == 409
    assert desk.post(door, {"act": "nonsense"}).status_code == 400
    assert desk.get("/desk/referrals/?as=csv&show=").status_code == 200
    assert desk.get("/desk/referrals/RF-26-999999-A/").status_code == 404


def test_agencies_are_shown_with_what_was_agreed(desk):
    assert b"State roads" in desk.get("/desk/referrals/agencies/").content
    assert b"Route 9" in desk.get("/desk/referrals/agencies/roads/").content
    assert desk.get("/desk/referrals/agencies/nobody/").status_code == 404


def test_pages_take_as_many_statements_for_ten_as_for_one(desk, django_assert_max_num_queries):
    clerk = sender("clerk")
    for _number in range(10):
        make_referral(access=clerk, now=utc_now())
    desk.get("/desk/referrals/")
    with django_assert_max_num_queries(12):
        desk.get("/desk/referrals/")
