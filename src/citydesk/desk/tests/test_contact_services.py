from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.correspondence import services as correspondence_services
from citydesk.city.correspondence.tests.factories import make_message
from citydesk.city.customers import queries as customers
from citydesk.city.customers import services as customer_services
from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries as interaction_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.tests.factories import Interaction, Promise
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.tests.factories import ServiceRequest, load_city
from citydesk.desk import services
from citydesk.desk.queries import contact as contact_screen
from citydesk.desk.queries import contact_result
from citydesk.desk.tests.contact_city import NOON, make_city, make_maria, open_contact
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotFound, TooMany

pytestmark = pytest.mark.django_db
TREE = {"words": "Big tree fell", "code": "tree_down", "where": "1200 Oak St", "q.wires": "no"}


@pytest.fixture
def dana(db):
    make_city()
    return access_of(make_user("dana", roles=["representative"]))


def request_people(request_id):
    """(kind, name, channel, to, customer) of everybody a request names."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT kind, name, channel, "to", customer_id FROM service_requests_follower WHERE request_id = %s',
            [request_id],
        )
        return cursor.fetchall()


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


def test_words_changed_after_an_answer_that_got_lost_are_not_lost_in_silence(dana, client):
    """The clerk saved, the answer never came, the clerk wrote more and saved again."""
    contact = open_contact(dana, **TREE, name_refused="1")
    number = finish(dana, contact).number
    with pytest.raises(Conflict) as refused:
        finish(dana, contact, words="It has come down on a car")
    assert (refused.value.facts["state"], refused.value.facts["number"]) == ("saved", number)
    client.force_login(get_user_model().objects.get(pk=dana.actor.staff_id))
    sent = {"version": "2", "words": "It has come down on a car"}
    answer = client.post(reverse("desk:contact_finish", args=[contact]), sent, follow=True)
    assert answer.redirect_chain[-1][0].endswith("?before=1")
    assert "What you changed after that is not in it" in answer.text
    assert "not in it" not in client.get(reverse("desk:contact_saved", args=[number])).text


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
    assert Promise.objects.get().customer_id is None


def test_a_dropped_calls_promise_is_the_chosen_persons(dana):
    maria = make_maria()
    contact = open_contact(dana, who="Maria Garcia", customer=str(maria.id), words="Tree")
    services.drop_call(interaction_id=contact, access=dana, now=NOON)
    found = interaction_queries.list_promises_of_customer(customer_ids=[maria.id], now=NOON)
    assert [one.phone for one in found] == ["(423) 555-0148"]


def test_texts_need_consent_and_asking_for_it_is_kept(dana):
    contact = open_contact(dana, **TREE, who="(423) 555-0177", tell_by="sms", tell_to="(423) 555-0177")
    with pytest.raises(ManyInvalid) as raised:
        finish(dana, contact)
    assert raised.value.errors[0].field == "tell_to"
    finish(dana, contact, consent="1")
    assert correspondence.has_consent("+14235550177")


def test_nobody_is_offered_a_text_first_who_did_not_agree_to_texts(dana):
    maria = make_maria()  # her telephone comes before her mail
    contact = open_contact(dana, words="The line broke", customer=str(maria.id))
    screen = contact_screen.screen_of(access=dana, interaction_id=contact, typed={}, now=NOON)
    assert contact_screen.tell_part(screen)["ways"]["chosen"] == ""
    correspondence_services.record_consent(phone="+14235550148", how="asked", actor=dana.actor, now=NOON)
    assert contact_screen.tell_part(screen)["ways"]["chosen"] == "sms"


def test_who_is_picked_while_the_form_says_do_not_write_is_offered_what_they_prefer(dana):
    maria, ana = make_maria(), make_customer("Ana", "Ruiz", email="ana@example.org", address="1218 Oak St")
    correspondence_services.record_consent(phone="+14235550148", how="asked", actor=dana.actor, now=NOON)
    contact = open_contact(dana, words="Tree", who="0148", tell_by="", tell_of="")  # as the page keeps it while typing

    def way(**typed):
        screen = contact_screen.screen_of(access=dana, interaction_id=contact, typed=typed, now=NOON)
        ways = contact_screen.tell_part(screen)["ways"]
        return ways["chosen"], ways["of"]

    one, other = str(maria.id), str(ana.id)
    assert way() == ("", "")
    assert way(customer=one) == ("sms", one)
    assert way(customer=one, tell_of=one) == ("", one), "the clerk said so for this person"
    assert way(customer=one, tell_by="email") == ("email", one), "chosen before anybody was"
    assert way(customer=other, tell_by="letter", tell_of=one) == ("email", other)
    assert way(customer="", tell_by="email", tell_of=one) == ("", "")


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
    about, hers = (OBJECT_TYPE, request.pk), {"customer_id": maria.id, "address": "maria@example.org"}
    left = make_message(about, at=NOON, subject="We have your report", **hers)
    # Nobody wrong has read what another person was sent, and what they will be sent goes on.
    neighbor = make_customer("Ana", "Ruiz", email="ana@example.org")
    theirs = {"customer_id": neighbor.id, "address": "ana@example.org", "settled_at": None}
    waiting = make_message(about, at=NOON, state="queued", **theirs)
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
    client = Client()
    client.force_login(make_user("chief", roles=["supervisor"]))
    page = client.get(reverse("interactions:watch")).content.decode()
    assert "maria@example.org" in page and left.subject in page and request.number in page
    assert "ana@example.org" not in page
    waiting.refresh_from_db()
    assert waiting.state == "queued"


def test_a_request_of_a_contact_taken_over_names_both_who_took_it(dana):
    boss = access_of(make_user("priscilla", name="Priscilla Nguyen", roles=["supervisor"]))
    contact = open_contact(dana, **TREE)
    interactions.take_over(interaction_id=contact, access=boss, now=NOON)
    interactions.hand_back(interaction_id=contact, note="", access=boss, now=NOON)
    done = finish(dana, contact)
    request = ServiceRequest.objects.get(number=done.request_numbers[0])
    both = next(one for one in history_of(OBJECT_TYPE, request.pk) if one.code == "desk.taken_together")
    assert "Priscilla Nguyen" in both.sentence


SECRET = {"words": "My boss dumps oil", "code": "tree_down", "where": "1200 Oak St", "q.wires": "no"}


def test_who_reports_in_confidence_is_kept_apart_and_nothing_else_says_it(dana):
    word = {"is_confidential": "1", "code_word": "Blue Heron"}
    contact = open_contact(dana, **SECRET, **word, who="Ana Ruiz", new_phone="(423) 555-0177")
    done = finish(dana, contact, tell_by="sms", tell_to="(423) 555-0177", consent="1")
    request = ServiceRequest.objects.get(number=done.request_numbers[0])
    assert request.is_confidential and request.customer_id is None and request.identity_handle is not None
    assert customers.find(dana, "Ruiz", 5) == []
    assert request_people(request.pk) == [("reporter", "", "none", "", None)]
    officer = Access(dana.actor, frozenset({"customers.see_confidential"}))
    identity = customer_services.open_identity(
        handle=request.identity_handle, reason="evidence", access=officer, now=NOON
    )
    assert (identity.name, identity.phone, identity.may_contact) == ("Ana Ruiz", "+14235550177", False)


@pytest.mark.parametrize(
    ("fields", "is_sealed"),
    [
        ({"code": "complaint"}, True),
        ({"code": "pothole"}, False),
        ({"code": "pothole", "requests": [{"key": "1", "fields": {"code": "complaint"}, "words": "x"}]}, True),
        ({"code": "no_such_code"}, False),
    ],
)
def test_a_contact_confidential_by_its_code_alone_is_sealed_before_it_is_saved(fields, is_sealed):
    load_city(now=NOON)
    clerk, boss = (access_of(make_user(role, roles=[role])) for role in ("representative", "supervisor"))
    contact = open_contact(clerk, words="My boss drinks", who="Ana Ruiz")
    row = Interaction.objects.get(pk=contact)
    row.draft = {**row.draft, **fields}
    row.save(update_fields=["draft"])
    later = NOON + timedelta(days=1)
    old = interaction_queries.list_old_drafts(access=boss, now=later)
    assert [(one.title, one.who) for one in old] == [("", "") if is_sealed else ("My boss drinks", "Ana Ruiz")]
    if is_sealed:
        with pytest.raises(NotFound):
            interaction_queries.watch_draft(access=boss, interaction_id=contact, now=later)
    else:
        assert interaction_queries.watch_draft(access=boss, interaction_id=contact, now=later).fields["words"]
    assert interaction_queries.get_draft(access=clerk, interaction_id=contact, now=later).fields["words"]


def test_a_known_person_in_confidence_is_not_pointed_to(dana):
    maria = make_maria()
    contact = open_contact(dana, **SECRET, is_confidential="1", customer=str(maria.id), who="Maria Garcia")
    done = finish(dana, contact)
    request = ServiceRequest.objects.get(number=done.request_numbers[0])
    assert request.customer_id is None and not request.is_anonymous
    assert Interaction.objects.get(pk=contact).customer_id is None


def test_the_number_of_a_confidential_contact_is_read_by_its_clerk_and_then_closed(dana):
    contact = open_contact(dana, **SECRET, is_confidential="1", code_word="Blue Heron")
    done = finish(dana, contact)
    result = contact_result.result_of(access=dana, number=done.number, now=NOON)
    assert result.is_confidential and "code word" in " ".join(result.sentences)
    with pytest.raises(NotFound):
        contact_result.result_of(access=dana, number=done.number, now=NOON + timedelta(hours=1))


def test_a_caller_with_number_and_word_hears_the_public_status_and_each_try_is_kept(dana):
    contact = open_contact(dana, **SECRET, is_confidential="1", code_word="Blue Heron")
    number = finish(dana, contact).request_numbers[0]
    ask = {"number": number, "access": dana, "now": NOON}
    with pytest.raises(Invalid) as wrong:
        requests.check_code_word(code_word="red heron", **ask)
    with pytest.raises(Invalid) as unknown:
        requests.check_code_word(code_word="x", number="SR-26-999999-Z", access=dana, now=NOON)
    assert wrong.value.message == unknown.value.message
    found = requests.check_code_word(code_word=" blue heron", **ask)
    assert (found.number, found.status_code, found.closed_at) == (number, "received", None)
    request = ServiceRequest.objects.get(number=number)
    tries = [one for one in history_of(OBJECT_TYPE, request.pk) if one.code.endswith("code_word_tried")]
    assert len(tries) == 2 and {one.actor for one in tries} == {dana.actor.label}
    for _again in range(3):
        with pytest.raises(Invalid):
            requests.check_code_word(code_word="red heron", **ask)
    with pytest.raises(TooMany):
        requests.check_code_word(code_word="blue heron", **ask)


def test_a_plain_request_has_no_word_to_check(dana):
    number = finish(dana, open_contact(dana, **SECRET, name_refused="1")).request_numbers[0]
    with pytest.raises(Invalid):
        requests.check_code_word(number=number, code_word="", access=dana, now=NOON)


def test_who_calls_decides_which_team_takes_it(dana, monkeypatch):
    media = {"team": "night_crew", "name": {"en": "Media", "es": "Prensa"}}
    monkeypatch.setattr("citydesk.contact.interactions.queries.class_of", lambda code, now: media)
    number = finish(dana, open_contact(dana, **SECRET, name_refused="1", caller_class="media")).request_numbers[0]
    assert ServiceRequest.objects.get(number=number).team.code == "night_crew"
