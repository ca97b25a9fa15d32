"""From the pile to the counted contact: print a batch, key a form on the desk, find what is missing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from citydesk.city.profile import queries as profile
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries as contacts
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.desk import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    load_city(now=timezone.now())
    return make_user("priscilla", roles=["supervisor"])


@pytest.fixture
def numbers(client, boss) -> list[str]:
    """A batch printed on its page; the numbers on it."""
    client.force_login(boss)
    page = client.post(reverse("interactions:print_forms"), {"count": "3", "desk": "Counter"}, follow=True)
    assert page.status_code == 200 and "Open the paper" in page.content.decode()
    return re.findall(r"FM-\d\d-\d{6}-[A-Z]", client.get(reverse("interactions:form_list")).content.decode())[::-1]


def keyed(client, number, **more):
    given = {"form_number": number, "received_at": here(timezone.now()), "channel": "counter", **more}
    return client.post(reverse("desk:printed_form"), given)


def here(moment) -> str:
    return f"{moment.astimezone(profile.local_zone()):%Y-%m-%d %H:%M}"


def test_a_form_is_printed_keyed_saved_and_the_one_left_behind_is_missed(client, boss, numbers):
    unique = list(dict.fromkeys(numbers))
    batch = contacts.find_batch(access=access_of(boss), number=unique[0])
    paper = client.get(reverse("interactions:form_paper", args=[batch.id]))
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    dana = make_user("dana", roles=["representative"])
    client.force_login(dana)
    answer = keyed(client, unique[1].lower(), taken_by=str(boss.pk))
    contact = int(re.search(r"/contact/(\d+)/", answer["Location"])[1])
    screen = client.get(answer["Location"]).content.decode()
    assert unique[1] in screen
    access, now = access_of(dana), timezone.now()
    interactions.note_outcome(
        interaction_id=contact, kind=OutcomeKind.ANSWERED, facts={"label": "Hours"}, actor=access.actor, now=now
    )
    draft = contacts.get_draft(access=access, interaction_id=contact, now=now)
    done = services.finish_contact(
        interaction_id=contact, version=draft.version, fields={"words": "When are you open?"}, access=access, now=now
    )
    saved = contacts.get_contact(access=access, number=done.number, now=now)
    assert (saved.taken_by, saved.entered_by) == (boss.name, dana.name)
    refused = keyed(client, unique[1])
    words = refused.content.decode()
    assert refused.status_code == 422 and f"{dana.name} keyed this form" in words
    assert reverse("interactions:detail", args=[done.number]) in words
    client.force_login(boss)
    home = client.get("/desk/home/supervisor/").content.decode()
    assert "A later form of the same pile was keyed." in home
    listed = client.get(reverse("interactions:form_list"), {"show": "outstanding"}).content.decode()
    assert unique[0] in listed and unique[2] not in listed


def test_the_home_page_says_nothing_while_nothing_is_missed(client, boss, numbers):
    assert "A later form of the same pile" not in client.get("/desk/home/supervisor/").content.decode()


def test_what_does_not_hold_stands_beside_its_field_and_is_kept(client, boss, numbers):
    client.force_login(make_user("dana", roles=["representative"]))
    page = keyed(client, "FM-26-000001-A", received_at="tomorrow")
    words = page.content.decode()
    assert page.status_code == 422 and "does not hold" in words and "Write when the resident spoke" in words
    assert 'value="FM-26-000001-A"' in words
    early = keyed(client, numbers[0], received_at=here(timezone.now() - timedelta(days=2)))
    assert early.status_code == 422 and "nobody wrote on it before" in early.content.decode()


def test_a_spoiled_form_is_noted_from_the_desk_and_taken_back_by_the_supervisor(client, boss, numbers):
    client.force_login(make_user("dana", roles=["representative"]))
    address, given = reverse("desk:printed_form_void"), {"void_number": numbers[0], "state": "void"}
    assert client.post(address, {**given, "why": ""}).status_code == 422
    assert "Noted" in client.post(address, {**given, "why": "coffee"}).content.decode()
    assert keyed(client, numbers[0]).status_code == 422
    client.force_login(boss)
    form = contacts.find_form(number=numbers[0])
    client.post(reverse("interactions:note_forms"), {"id": [form], "state": "unused", "why": "", "query": ""})
    client.force_login(make_user("ann", roles=["representative"]))
    assert keyed(client, numbers[0]).status_code == 302


def test_a_representative_prints_and_lists_none(client, boss):
    client.force_login(make_user("dana", roles=["representative"]))
    assert client.get(reverse("interactions:forms")).status_code == 403
    assert client.post(reverse("interactions:print_forms"), {"count": "5"}).status_code == 403
