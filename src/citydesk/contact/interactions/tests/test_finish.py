from datetime import timedelta

import pytest
from django.db import transaction

from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.choices import Ending, OutcomeKind
from citydesk.contact.interactions.models import ContactFact, Interaction, InteractionOutcome, PrivacyTask, Promise
from citydesk.contact.interactions.tests.factories import NOON, clerk, make_contact, make_draft
from citydesk.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db
ANSWER = services.OutcomeFacts(OutcomeKind.ANSWERED, "knowledge.Article", 7, "", "Opening hours")


def finish(access, contact, *, now=NOON, outcomes=(ANSWER,), promises=(), transfers=(), **facts):
    return services.finish(
        interaction_id=contact,
        facts=services.ContactFacts(**facts),
        outcomes=outcomes,
        promises=promises,
        transfers=transfers,
        access=access,
        now=now,
    )


def test_many_outcomes_are_saved_together():
    dana = clerk()
    contact = make_draft(dana)
    later = NOON + timedelta(minutes=4)
    done = finish(
        dana,
        contact,
        now=later,
        outcomes=[
            services.OutcomeFacts(OutcomeKind.REQUEST, "service_requests.ServiceRequest", 1, "SR-26-000001-A", "Tree"),
            ANSWER,
        ],
        promises=[services.PromiseFacts("Call back about bulk pickup", later + timedelta(hours=2))],
        transfers=[services.TransferFacts("warm", "County clerk", "reached")],
        words="Tree down",
    )
    page = queries.get_contact(access=dana, number=done.number, now=later)
    assert [one.kind for one in page.outcomes] == ["request", "answered", "promise", "transfer"]
    assert (page.active_seconds, page.parked_seconds, page.recorded_at) == (240, 0, later)
    assert Interaction.objects.get(pk=contact).draft == {}
    [promise] = queries.list_promises(access=dana, now=later)
    assert promise.contact_number == done.number


def test_nothing_decided_is_refused_unless_the_call_was_ended_after_a_warning():
    dana = clerk()
    contact = make_draft(dana)
    with pytest.raises(Invalid):
        finish(dana, contact, outcomes=())
    finish(dana, contact, outcomes=(), ending=Ending.ENDED_AFTER_WARNING, ending_note="Threats after two warnings")


def test_one_wrong_promise_saves_nothing_at_all():
    dana = clerk()
    contact = make_draft(dana)
    with pytest.raises(Invalid):
        finish(dana, contact, promises=[services.PromiseFacts("Call back", NOON - timedelta(hours=1))])
    assert not InteractionOutcome.objects.filter(interaction_id=contact).exists()
    assert Interaction.objects.get(pk=contact).state == "draft"


def test_a_contact_is_finished_once():
    dana = clerk()
    contact = make_draft(dana)
    done = finish(dana, contact)
    with pytest.raises(Conflict) as raised:
        finish(dana, contact)
    assert raised.value.facts["number"] == done.number


def test_a_changed_received_time_says_why():
    dana = clerk()
    contact = make_draft(dana)
    earlier = NOON - timedelta(days=1)
    with pytest.raises(Invalid):
        finish(dana, contact, received_at=earlier)
    with pytest.raises(Invalid):
        finish(dana, contact, received_at=NOON + timedelta(days=1), received_reason="Typo")
    finish(dana, contact, received_at=earlier, received_reason="Letter of yesterday")
    row = Interaction.objects.get(pk=contact)
    assert (row.received_at, row.recorded_at) == (earlier, NOON)


@pytest.mark.owner
def test_outcomes_cannot_be_rewritten():
    dana = clerk()
    contact = make_draft(dana)
    finish(dana, contact)
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        InteractionOutcome.objects.filter(interaction_id=contact).update(target_label="x")


def test_the_wrong_person_is_relinked_with_a_privacy_task():
    dana, other = clerk(), clerk("Ruth Alvarez")
    wrong, right = make_customer("Maria").id, make_customer("Marta").id
    done = make_contact(dana, customer_id=wrong)
    args = {"interaction_id": done.interaction_id, "to_customer_id": right, "already_sent": [{"channel": "sms"}]}
    with pytest.raises(NotFound):
        services.relink(**args, reason="Same name", access=other, now=NOON)
    task = services.relink(**args, reason="Same name", access=dana, now=NOON)
    assert PrivacyTask.objects.get(pk=task).wrong_customer_id == wrong
    assert Interaction.objects.get(pk=done.interaction_id).customer_id == right
    with pytest.raises(Invalid):
        services.relink(**args, reason="Again", access=dana, now=NOON)


def test_contacts_are_counted_once_and_counted_again_when_they_change():
    dana = clerk()
    make_draft(dana)
    done = make_contact(dana, customer_id=make_customer().id)
    assert services.refresh_contact_facts() == 1
    assert services.refresh_contact_facts() == 0
    fact = ContactFact.objects.get()
    assert (fact.channel, fact.outcome, fact.representative_id) == ("phone", "answered", dana.actor.id)
    earlier = NOON - timedelta(hours=3)
    services.correct_received_at(
        interaction_id=done.interaction_id, received_at=earlier, reason="Voice mail", access=dana, now=NOON
    )
    assert services.refresh_contact_facts() == 1
    assert ContactFact.objects.get().received_at == earlier
    assert services.refresh_contact_facts(everything=True) == 1


def test_a_telephone_call_gives_its_time_to_the_contact_it_became():
    dana = clerk()
    contact = make_draft(dana)
    for event, seconds in (("ringing", -20), ("ended", 600), ("answered", -5), ("answered", -5)):
        services.hear_phone_event(
            external_id="c1", event=event, at=NOON + timedelta(seconds=seconds), user_id=dana.actor.id
        )
    finish(dana, contact, now=NOON + timedelta(seconds=300))
    row = Interaction.objects.get(pk=contact)
    assert (row.active_seconds, row.handle_source) == (605, "telephone")


def test_a_confidential_contact_is_not_found_by_colleagues():
    dana, ruth = clerk(), clerk("Ruth Alvarez")
    contact = make_draft(dana)
    done = finish(dana, contact, is_confidential=True)
    with pytest.raises(NotFound):
        queries.get_contact(access=ruth, number=done.number, now=NOON)
    assert queries.find_contacts(access=ruth, text=done.number, limit=5) == []


def test_promises_are_kept_broken_or_moved():
    dana, boss, ruth = clerk(), clerk("Pat", "interactions.supervise"), clerk("Ruth")
    done = make_contact(dana)
    ids = [
        services.make_promise(
            interaction_id=done.interaction_id,
            text="Call back",
            due_at=NOON + timedelta(hours=hours),
            access=dana,
            now=NOON,
        )
        for hours in (1, 2, 3)
    ]
    at = NOON + timedelta(minutes=90)
    assert services.settle_promise(promise_id=ids[0], result="Told", access=dana, now=at) == "broken"
    assert services.settle_promise(promise_id=ids[1], result="Told", access=dana, now=at) == "kept"
    with pytest.raises(Conflict):
        services.settle_promise(promise_id=ids[1], result="Told", access=dana, now=at)
    new = services.move_promise(
        promise_id=ids[2], due_at=NOON + timedelta(days=1), reason="Resident asked", access=dana, now=at
    )
    assert Promise.objects.get(pk=ids[2]).state == "moved" and Promise.objects.get(pk=new).replaces_id == ids[2]
    moved = services.reassign_promises(
        from_user_id=dana.actor.id, to_user_id=ruth.actor.id, reason="Absent", access=boss, now=at
    )
    assert moved == [new]
    assert [one.id for one in queries.list_promises(access=ruth, now=at)] == [new]
    services.reassign_promises(
        from_user_id=ruth.actor.id, to_user_id=dana.actor.id, reason="Undo", access=boss, now=at, only=moved
    )
    assert [one.id for one in queries.list_promises(access=dana, now=at)] == [new]


def test_what_was_said_in_confidence_is_sealed_by_saving():
    dana, boss, officer = (
        clerk(),
        clerk("Priscilla Moss", "interactions.supervise"),
        clerk("Olga Reyes", "customers.see_confidential"),
    )
    contact = make_draft(dana, words="My neighbor", who="Ana Ruiz", is_confidential="1")
    later = NOON + timedelta(hours=5)
    assert [(one.title, one.who) for one in queries.list_old_drafts(access=boss, now=later)] == [("", "")]
    with pytest.raises(NotFound):
        queries.watch_draft(access=boss, interaction_id=contact, now=NOON)
    done = finish(
        dana,
        contact,
        words="My neighbor",
        is_confidential=True,
        customer_id=make_customer().id,
        callback_number="4235550199",
    )
    row = Interaction.objects.get(pk=contact)
    assert (row.customer_id, row.callback_number, row.draft) == (None, "", {})
    for reader in (dana, boss):
        with pytest.raises(NotFound):
            queries.get_contact(access=reader, number=done.number, now=NOON)
        assert queries.find_contacts(access=reader, text=done.number, limit=5) == []
    assert queries.get_contact(access=officer, number=done.number, now=NOON).words == "My neighbor"


def test_a_confidential_contact_is_read_aloud_by_who_saved_it_and_soon():
    dana = clerk()
    contact = make_draft(dana)
    done = finish(dana, contact, words="My neighbor", is_confidential=True)
    receipt = queries.get_receipt(access=dana, number=done.number, now=NOON)
    assert (receipt.words, [one.kind for one in receipt.outcomes]) == ("", ["answered"])
    for reader, at in ((clerk("Ruth Alvarez"), NOON), (dana, NOON + timedelta(minutes=31))):
        with pytest.raises(NotFound):
            queries.get_receipt(access=reader, number=done.number, now=at)


def test_a_contact_that_came_finished_has_the_time_its_telephone_measured():
    dana = clerk()
    facts = services.ContactFacts(received_at=NOON, taken_by_id=dana.actor.id)
    later = NOON + timedelta(minutes=5)
    given = {"facts": facts, "outcomes": [ANSWER], "actor": dana.actor, "now": later}
    timed = services.record_contact(**given, active_seconds=280)
    plain = services.record_contact(**given)
    row = Interaction.objects.get(pk=timed.interaction_id)
    assert (row.active_seconds, row.handle_source) == (280, "telephone")
    assert row.started_at == later - timedelta(seconds=280)
    assert Interaction.objects.get(pk=plain.interaction_id).active_seconds is None
