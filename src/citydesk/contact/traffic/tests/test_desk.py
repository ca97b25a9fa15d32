"""The desk as a source: its own contacts as legs and states; time told by two sources counts once."""

from datetime import UTC, datetime, timedelta

import pytest

from citydesk.city.staff.tests.factories import access_with
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import Channel, OutcomeKind
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.choices import DESK, AgentStateKind
from citydesk.contact.traffic.models import AgentState, ContactLeg, ImportAnomaly, SourceAgent, StateFact
from citydesk.contact.traffic.rules import StateRecord
from citydesk.contact.traffic.rules.desk import UNTIMED, DeskQueue, QueueChannel, Taken, leg_of, queue_of, stays_of
from citydesk.contact.traffic.tests.factories import NOW, RIGHTS, make_queues

AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COUNTER = """
[queue.counter]
name = {en = "counter", es = "counter"}
channel = "walk_in"
formula = "strict"
sl_target = 0.9
sl_threshold = 600
short_abandon = 0
acw_max = 0
calendar = "office"
order = 9
"""


def taken(**given):
    values = {
        "number": "IN-1", "queue": "counter", "agent": "sue", "received_at": AT, "started_at": AT + MINUTE,
        "recorded_at": AT + 20 * MINUTE, "handle_s": 480,
        "active": ((AT + 2 * MINUTE, AT + 5 * MINUTE), (AT + 15 * MINUTE, AT + 20 * MINUTE)),
    }  # fmt: skip
    return Taken(**{**values, **given})


def test_parked_time_is_neither_handled_nor_anybodys_state():
    leg = leg_of(taken())
    assert (leg.wait_s, leg.handle_s, leg.ended_at) == (120, 480, AT + 20 * MINUTE)
    assert sum((one.until - one.since).total_seconds() for one in stays_of(taken())) == 480


def test_what_nobody_measured_is_answered_and_in_no_handle_time():
    leg = leg_of(taken(handle_s=None, active=(), received_at=AT + 3 * MINUTE))
    assert (leg.wait_s, leg.ended_at, leg.reason) == (0, None, UNTIMED)


def test_a_contact_goes_to_the_queue_of_its_channel_and_language():
    queues = [
        DeskQueue("spanish", QueueChannel.WALK_IN, frozenset({"es"})),
        DeskQueue("counter", QueueChannel.WALK_IN),
        DeskQueue("mail", QueueChannel.MAIL),
    ]
    asked = (("counter", "es"), ("counter", "vi"), ("letter", "es"), ("phone", "en"))
    assert [queue_of(*one, queues) for one in asked] == ["spanish", "counter", "mail", ""]


@pytest.mark.django_db
def test_contacts_at_the_counter_become_legs_once():
    make_queues(more=COUNTER)
    me = clerk()
    contact = interactions.record_contact(
        facts=interactions.ContactFacts(channel=Channel.COUNTER, received_at=AT),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Opening hours")],
        actor=me.actor,
        now=AT + 4 * MINUTE,
    )
    make_contact(access=me, now=AT)
    first = services.tell_desk_contacts(now=NOW)
    again = services.tell_desk_contacts(now=NOW)
    assert (first.bad, again.added, again.changed) == (0, 0, 0)
    leg = ContactLeg.objects.get(source=DESK)
    assert (leg.source_id, leg.queue.code, leg.outcome) == (contact.number, "counter", "answered")
    assert leg.agent.user_id == me.actor.staff_id
    # It is its own record: nobody looks for a call.
    access = access_with(*RIGHTS, "interactions.view")
    assert contact.number not in [one.number for one in queries.record_without_call(access=access, day=AT.date())]
    assert not ImportAnomaly.objects.exists()


@pytest.mark.django_db
def test_a_person_told_by_two_sources_is_counted_once():
    """At the counter from 15:05 to 15:10 while the telephone was free until 15:08 and then rang for a call."""
    make_queues()
    me = clerk()
    name = SourceAgent.objects.create(source=DESK, name="me", user_id=me.actor.staff_id).name
    SourceAgent.objects.create(source="pbx", name="P/1", user_id=me.actor.staff_id)

    def stay(agent, state, begin, end):
        return StateRecord(agent=agent, state=state, since=AT + begin * MINUTE, until=AT + end * MINUTE)

    services.take_told(told=[stay(name, AgentStateKind.ON_CONTACT, 5, 10)], source=DESK, now=NOW)
    phone = [stay("P/1", AgentStateKind.AVAILABLE, 0, 8), stay("P/1", AgentStateKind.ON_CONTACT, 8, 12)]
    services.take_told(told=phone, source="pbx", now=NOW)
    told = {(one.agent.source, one.state): int(one.seconds) for one in StateFact.objects.select_related("agent")}
    assert told == {("pbx", "available"): 300, ("pbx", "on_contact"): 240, (DESK, "on_contact"): 180}
    assert AgentState.objects.count() == 3  # what was told stays
