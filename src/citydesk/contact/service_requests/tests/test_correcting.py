"""Two people correct one request: neither writes over the other unseen, and neither is stopped without a reason."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import make_team, make_user
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.kernel.tests.forms import form_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    load_city()
    client.force_login(make_user("pam", name="Pam Ortiz", roles=["supervisor"], teams=[make_team("public_works")]))
    return lambda row: reverse("service_requests:correct", args=[row.number])


def test_the_second_sees_both_texts_and_loses_neither(client, page):
    row = make_request("tree_down", description="Tree on the road\r\nnear the school")
    address = page(row)
    first, second = form_with(client.get(address), "was_code"), form_with(client.get(address), "was_code")
    said = {**first, "description": "Tree on both lanes of the road", "q.lanes": "all", "reason": "called back"}
    assert client.post(address, said).status_code == 302

    # What nobody else touched is corrected, whatever was changed beside it.
    detail = {**second, "place_detail": "behind the school", "reason": "heard on the radio"}
    assert client.post(address, detail).status_code == 302
    now = ServiceRequest.objects.get(pk=row.pk)
    assert (now.place_detail, now.description) == ("behind the school", "Tree on both lanes of the road")
    assert now.answers == {"wires": "no", "lanes": "all"}

    # The same words: both stand on the page, the typed ones stay in the form, and saving again is done knowingly.
    stale = client.post(address, {**second, "description": "Tree on the bike lane", "reason": "seen by the crew"})
    shown = stale.content.decode()
    assert stale.status_code == 409 and "Pam Ortiz saved first" in shown
    assert "<mark>road</mark>" in shown and "<mark>bike lane</mark>" in shown
    again = form_with(stale, "was_code")
    assert again["description"] == ["Tree on the bike lane"] and again["was_description"] == [now.description]
    assert again["q.lanes"] == ["all"] and again["place_detail"] == ["behind the school"]
    assert client.post(address, again).status_code == 302
    assert ServiceRequest.objects.get(pk=row.pk).description == "Tree on the bike lane"


def test_a_refusal_keeps_by_what_the_editor_is_measured(client, page):
    row = make_request("pothole")
    address = page(row)
    mine, other = form_with(client.get(address), "was_code"), form_with(client.get(address), "was_code")
    assert client.post(address, {**other, "description": "Two holes", "reason": "called back"}).status_code == 302
    refused = client.post(address, {**mine, "description": "Three holes", "reason": ""})
    assert refused.status_code == 400
    # What was missing is given now; that somebody was first is still told.
    assert client.post(address, {**form_with(refused, "was_code"), "reason": "seen"}).status_code == 409


def test_an_answer_can_be_taken_away(client, page):
    row = make_request("tree_down", answers={"wires": "no", "lanes": "all", "way_out": "no"})
    form = form_with(client.get(page(row)), "was_code")
    del form["q.way_out"]
    assert client.post(page(row), {**form, "reason": "asked too early"}).status_code == 302
    assert "way_out" not in ServiceRequest.objects.get(pk=row.pk).answers
