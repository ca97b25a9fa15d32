"""Who read a resident's file, and the copy of one person's data."""

import io
import json
import zipfile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from citydesk.city.customers import queries as customers
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions.tests.factories import make_draft
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel import files
from citydesk.kernel.actors import RESIDENT, SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.management.records import services
from citydesk.management.records.models import RecordsRequest
from citydesk.management.records.tests.factories import (
    NOW,
    load_city_with_schedule,
    officer,
    old_contact,
    old_request,
    picture,
)
from citydesk.management.records.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "CNRYother5512"


@pytest.fixture(autouse=True)
def city():
    load_city_with_schedule()


def copied(client, link):
    return b"".join(client.get(link.url).streaming_content)


def test_the_copy_holds_the_persons_own_words_and_nobody_elses():
    row = old_request("Mine77")
    old_contact("Mine77", row.customer_id)
    other = make_customer(OTHER, "Resident", email="other@example.org")
    theirs = make_request("pothole", description=OTHER, reporter=requests.Person(OTHER, customer_id=other.id))
    rosa, client = officer(), signed_in("rosa", "records_officer")
    with pytest.raises(Invalid):
        services.export_person(customer_id=row.customer_id, reason=" ", language="en", access=rosa, now=NOW)
    with pytest.raises(NotAllowed):
        services.export_person(
            customer_id=row.customer_id, reason="x", language="en", access=officer("d", "supervisor"), now=NOW
        )
    made = services.export_person(
        customer_id=row.customer_id, reason="Came with a passport", language="en", access=rosa, now=NOW
    )
    data = copied(client, made.data).decode()
    assert "It says Mine77" in data and "They told us Mine77" in data
    assert "A note about" not in data
    assert OTHER not in data and theirs.number not in data
    assert json.loads(data)["records"]["service_requests.request"][0]["number"] == row.number
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(copied(client, made.paper))).pages)
    assert "It says Mine77" in paper.replace("\n", " ")
    assert signed_in("sue", "supervisor").get(made.data.url).status_code == 404


def test_the_copy_packs_what_the_person_sent_and_nothing_that_staff_added():
    row = old_request("Mine78")
    for actor, name in ((RESIDENT, "theirs.png"), (SYSTEM, "ours.png")):
        stored = files.store_upload(
            picture("green" if actor is RESIDENT else "gray"),
            purpose="service_requests.file",
            name=name,
            actor=actor,
            now=NOW,
        )
        requests.add_file(request_id=row.id, file_id=stored.pk, access=SYSTEM_ACCESS, now=NOW)
    client = signed_in("rosa", "records_officer")
    made = services.export_person(
        customer_id=row.customer_id, reason="Came with a passport", language="en", access=officer(), now=NOW
    )
    names = zipfile.ZipFile(io.BytesIO(copied(client, made.sent))).namelist()
    assert len(names) == 1 and names[0].startswith(row.number) and names[0].endswith("theirs.png")
    assert [one["name"] for one in json.loads(copied(client, made.data))["files"]] == names


def test_somebody_asks_for_records_in_a_call_and_the_contact_says_so():
    person, client = make_user("dana", roles=["representative"]), Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    access = access_of(person)
    draft = make_draft(access, now=NOW, words="All reports about Oak Street")
    address = reverse("records:new_request")
    page = client.get(address, {"contact": draft}).content.decode()
    assert "All reports about Oak Street" in page and "open on your desk" in page
    assert client.get(address, {"contact": draft + 1}).status_code == 404
    sent = client.post(address, {"contact": draft, "words": "All reports about Oak Street", "channel": "phone"})
    assert b"Recorded as" in sent.content
    made = RecordsRequest.objects.get()
    assert made.interaction_id == draft
    (noted,) = contacts.get_draft(access=access, interaction_id=draft, now=NOW).fields["outcomes"]
    assert (noted["kind"], noted["target_number"]) == ("answered", made.number)


def test_who_read_a_file_is_shown_to_those_with_the_right():
    row = old_request("Mine77")
    number = customers.labels([row.customer_id])[row.customer_id].number
    supervisor = signed_in("sue", "supervisor")
    supervisor.get(reverse("service_requests:detail", args=[row.number]))
    supervisor.get(reverse("customers:detail", args=[number]))
    assert supervisor.get(reverse("records:readers")).status_code == 403
    auditor = signed_in("ada", "auditor")
    page = auditor.get(reverse("records:readers"), {"person": number}).content.decode()
    assert page.count("Sue") >= 2
    assert "Sue" not in auditor.get(reverse("records:readers"), {"person": number, "who": "nobody"}).content.decode()
    assert "All who read it" in auditor.get(reverse("customers:detail", args=[number])).content.decode()
    assert "All who read it" not in supervisor.get(reverse("customers:detail", args=[number])).content.decode()
    client = signed_in("rosa", "records_officer")
    assert client.post(reverse("records:person", args=[number]), {"reason": ""}).status_code == 422
    made = client.post(reverse("records:person", args=[number]), {"reason": "Passport"}).content.decode()
    assert "JSON" in made
    assert "copy of data" in client.get(reverse("records:readers"), {"person": number}).content.decode()
