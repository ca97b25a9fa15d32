from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.customers import queries as customers
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries as interaction_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.tests.factories import Interaction, Promise
from citydesk.contact.service_requests.tests.factories import ServiceRequest
from citydesk.desk import services
from citydesk.desk.queries import contact_result
from citydesk.desk.tests.contact_city import NOON, make_city, make_maria, open_contact
from citydesk.kernel.errors import Invalid, ManyInvalid

pytestmark = pytest.mark.django_db
TREE = {"words": "Big tree fell", "code": "tree_down", "where": "1200 Oak St", "q.wires": "no"}


@pytest.fixture
def dana(db):
    make_city()
    return access_of(make_user("dana", roles=["representative"]))


def finish(access, contact, *, now=NOON, version=2, **fields):
    return services.finish_contact(interaction_id=contact, version=version, fields=fields, access=access, now=now)


def test_a_request_a_person_and_the_contact_are_saved_in_one_transaction(dana):
    contact = open_contact(dana, **TREE, who="Ana Ruiz", new_phone="(423) 555-0177", crew_note="Lies on the hydrant")
    done = finish(dana, contact)
    request = ServiceRequest.objects.get(number=done.request_numbers[0])
    assert (request.place_label, request.place_detail, request.answers) == (
        "1200 Oak St",
        "Lies on the hydrant",
        {"wires": "no"},
    )
    assert customers.find(dana, "Ana Ruiz", 5)[0].id == request.customer_id
    page = interaction_queries.get_contact(access=dana, number=done.number, now=NOON)
    assert [one.kind for one in page.outcomes] == ["request"]
    assert (page.customer_id, page.place_label) == (request.customer_id, "1200 Oak St")


def test_what_does_not_hold_saves_nothing_and_says_it_beside_each_field(dana):
    contact = open_contact(dana, words="Tree", code="tree_down", where="9999 Nowhere Blvd", who="Ana")
    with pytest.raises(ManyInvalid) as raised:
        finish(dana, contact, received_at="nonsense")
    assert "received_at" in {one.field for one in raised.value.errors}
    contact_row = Interaction.objects.get(pk=contact)
    assert contact_row.state == "draft"
    assert not ServiceRequest.objects.exists() and not customers.find(dana, "Ana", 5)
    with pytest.raises(ManyInvalid) as raised:
        finish(dana, contact, where="1200 Oak St")
    assert {one.field for one in raised.value.errors} == {"wires"}


def test_saving_twice_with_one_key_saves_once(dana):
    contact = open_contact(dana, **TREE, name_refused="1")
    first, again = finish(dana, contact), finish(dana, contact)
    assert first == again
    assert ServiceRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_save_at_one_moment_save_once(transactional_db):
    make_city()
    dana = access_of(make_user("dana", roles=["representative"]))
    contact = open_contact(dana, **TREE, name_refused="1")
    gate, numbers = Barrier(2), []

    def press():
        gate.wait()
        try:
            numbers.append(finish(dana, contact).number)
        finally:
            connection.close()

    both = [Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(numbers) == 2 and len(set(numbers)) == 1
    assert ServiceRequest.objects.count() == 1


def test_without_a_common_key_a_second_save_is_refused_but_saves_nothing_more(dana):
    """Negative control of the key: another version is another act, and the state of the row stops it."""
    contact = open_contact(dana, **TREE, name_refused="1")
    finish(dana, contact, version=2)
    with pytest.raises(Exception, match="finished"):
        finish(dana, contact, version=3)
    assert ServiceRequest.objects.count() == 1


def test_two_requests_one_me_too_and_a_promise_of_one_call(dana):
    maria = make_maria()
    other = open_contact(dana, **TREE, name_refused="1")
    known = finish(dana, other).request_numbers[0]
    request = ServiceRequest.objects.get(number=known)
    contact = open_contact(dana, words="Hole in the road", code="pothole", where="1218 Oak St", customer=str(maria.id))
    interactions.stash_request(interaction_id=contact, label="Pothole", actor=dana.actor, now=NOON)
    interactions.note_outcome(
        interaction_id=contact,
        kind=OutcomeKind.FOLLOW,
        facts={
            "label": "Tree",
            "target_type": "service_requests.ServiceRequest",
            "target_id": request.pk,
            "target_number": known,
            "replaces_request": True,
        },
        actor=dana.actor,
        now=NOON,
    )
    kind, facts = services.read_note(
        access=dana,
        interaction_id=contact,
        fields={"callback_at": "15:00", "callback_number": "(423) 555-0148", "promise_text": "About bulk pickup"},
        given={"note.kind": "promise"},
        now=NOON,
    )
    interactions.note_outcome(interaction_id=contact, kind=OutcomeKind(kind), facts=facts, actor=dana.actor, now=NOON)
    done = finish(dana, contact, version=9, tell_by="email", tell_to="maria@example.org")
    page = interaction_queries.get_contact(access=dana, number=done.number, now=NOON)
    assert sorted(one.kind for one in page.outcomes) == ["follow", "promise", "request"]
    request.refresh_from_db()
    assert (request.follower_count, request.contact_count) == (1, 2)
    assert Promise.objects.get().customer_id == maria.id
    result = contact_result.result_of(access=dana, number=done.number, now=NOON)
    assert result.requests[0].number in done.request_numbers


def test_a_call_back_outside_the_desks_hours_says_when_it_opens(dana):
    with pytest.raises(Invalid) as raised, timezone.override("America/New_York"):
        services.read_note(
            access=dana,
            interaction_id=0,
            fields={"callback_at": "18:30", "callback_number": "1"},
            given={"note.kind": "promise"},
            now=NOON,
        )
    assert raised.value.field == "callback_at" and "08:00" in raised.value.message


def test_a_dropped_call_promises_within_desk_hours(dana):
    contact = open_contact(dana, who="(423) 555-0148", words="Tree")
    services.drop_call(interaction_id=contact, access=dana, now=NOON)
    # 12:10 is lunch: half an hour of desk time later is 13:30.
    assert Promise.objects.get().due_at == NOON.replace(hour=18, minute=30)


def test_texts_need_consent_and_asking_for_it_is_kept(dana):
    contact = open_contact(dana, **TREE, who="(423) 555-0177", tell_by="sms", tell_to="(423) 555-0177")
    with pytest.raises(ManyInvalid) as raised:
        finish(dana, contact)
    assert raised.value.errors[0].field == "tell_to"
    finish(dana, contact, consent="1")
    assert correspondence.has_consent("+14235550177")


def test_the_result_is_read_in_the_residents_language(dana):
    contact = open_contact(dana, **TREE, name_refused="1", language="es")
    done = finish(dana, contact)
    result = contact_result.result_of(access=dana, number=done.number, now=NOON + timedelta(minutes=1))
    number = done.request_numbers[0]
    assert result.requests[0].spoken.shown == " ".join([number[:2], number[3:5], number[6:9], number[9:12], number[-1]])
    assert f"{number[-1]} de " in result.sentences[0]


def test_the_wrong_person_is_taken_off_everything(dana):
    maria, other = make_maria(), make_customer("Rubén", "Garcia", email="r@example.org")
    contact = open_contact(dana, **TREE, customer=str(maria.id), tell_by="email", tell_to="maria@example.org")
    done = finish(dana, contact)
    request = ServiceRequest.objects.get(number=done.request_numbers[0])
    token = request.public_token
    services.relink_contact(
        interaction_id=contact,
        number=done.number,
        to_customer_id=other.id,
        reason="Same surname",
        access=dana,
        now=NOON,
    )
    request.refresh_from_db()
    assert request.customer_id == other.id and request.public_token != token
    assert Interaction.objects.get(pk=contact).customer_id == other.id
