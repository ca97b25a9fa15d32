"""Transfers told apart: to a queue or an agent of our own, to another office, or to whom nobody knows."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import access_with, make_office, make_role, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import Channel
from citydesk.contact.interactions.tests.factories import clerk, make_draft
from citydesk.contact.traffic import queries, services
from citydesk.contact.traffic.choices import MANAGE, VIEW, TransferKind, TransferReach
from citydesk.contact.traffic.models import ContactLeg, SourceAgent
from citydesk.contact.traffic.providers import READERS, Settings
from citydesk.contact.traffic.queries.metrics import bounds_of
from citydesk.contact.traffic.queries.transfers import known_directory, reaches_of
from citydesk.contact.traffic.rules import LegRecord
from citydesk.contact.traffic.rules.transfers import directory_of, key_of, reach_of
from citydesk.contact.traffic.tests.factories import DAY, NOW, RIGHTS, import_text, make_queues

DAY_OF = date(2026, 3, 10)
TOLD, INTERNAL, EXTERNAL = TransferReach.UNKNOWN, TransferReach.INTERNAL, TransferReach.EXTERNAL
KNOWN = directory_of(["calls", "calls-line", "PJSIP/201", "+1 423 555 0111"], ["+14235550190", "4235550111", "311"])


def test_numbers_are_compared_by_their_last_ten_digits_and_names_as_they_are():
    assert {key_of(one) for one in ("+14235550190", "(423) 555-0190", "9,1 423 555 0190")} == {"4235550190"}
    assert (key_of("7000"), key_of(" Calls "), key_of("PJSIP/201"), key_of("")) == ("7000", "calls", "pjsip/201", "")


@pytest.mark.parametrize(
    ("told", "called", "is_noted", "reach"),
    [
        (TOLD, "201", False, INTERNAL),  # an agent, without the technology
        (TOLD, "CALLS-LINE", False, INTERNAL),
        (EXTERNAL, "14235550111", False, INTERNAL),  # the switch thinks it is outside; the number is ours
        (INTERNAL, "+14235550190", False, INTERNAL),  # it came back to a queue of ours
        (TOLD, "94235550190", False, EXTERNAL),
        (TOLD, "311", False, EXTERNAL),
        (EXTERNAL, "", False, EXTERNAL),
        (TOLD, "7000", True, EXTERNAL),  # the desk wrote the office down
        (TOLD, "7000", False, TOLD),
        (TOLD, "", False, TOLD),
    ],
)
def test_whom_a_contact_was_passed_on_to(told, called, is_noted, reach):
    assert reach_of(told, called, is_noted=is_noted, directory=KNOWN) == reach


# --- what switches write ---------------------------------------------------------------------------------------------


def lines(*told, at=DAY):
    begin = int(at.timestamp())
    return "".join(f"{begin + second}|{text}\n" for second, text in told)


def legs(kind, text):
    told = READERS[kind](Settings()).read(text.splitlines(keepends=True))
    return {one.source_id.split("|")[0] + one.queue[:1]: one for one in told if isinstance(one, LegRecord)}


ANSWERED = ((0, "c|calls|NONE|ENTERQUEUE||4235550101|1"), (10, "c|calls|PJSIP/201|CONNECT|10|r|5"))


@pytest.mark.parametrize(
    ("told", "kind", "to", "reach", "talk"),
    [
        ("BLINDTRANSFER|7000|internal|10|60|1", TransferKind.BLIND, "7000", TOLD, 60),
        ("TRANSFER|7000|internal|10|60|1", TransferKind.BLIND, "7000", TOLD, 60),
        ("ATTENDEDTRANSFER|BRIDGE|0f3a|10|60|1", TransferKind.ATTENDED, "BRIDGE", TOLD, 60),
        ("ATTENDEDTRANSFER|APP|Queue|10|60|1", TransferKind.ATTENDED, "Queue", INTERNAL, 60),
        ("ATTENDEDTRANSFER|APP|VoiceMail|10|60|1", TransferKind.ATTENDED, "VoiceMail", TOLD, 60),
        # Two channels are named: wait and talk stand one place further on.
        ("ATTENDEDTRANSFER|LINK|Local/1;1|Local/1;2|10|60|1", TransferKind.ATTENDED, "LINK", TOLD, 60),
    ],
)
def test_a_queue_log_says_where_to_as_far_as_it_does(told, kind, to, reach, talk):
    (leg,) = legs("queue_log", lines(*ANSWERED, (70, f"c|calls|PJSIP/201|{told}"))).values()
    assert (leg.transfer_kind, leg.transfer_to, leg.transfer_reach, leg.talk_s, leg.wait_s) == (
        kind,
        to,
        reach,
        talk,
        10,
    )


def test_a_call_that_enters_a_queue_of_ours_again_was_passed_on_to_ourselves():
    passed = (70, "c|calls|PJSIP/201|BLINDTRANSFER|7000|internal|10|60|1")
    found = legs("queue_log", lines(*ANSWERED, passed, (71, "c|permits|NONE|ENTERQUEUE||4235550101|1")))
    assert found["cc"].transfer_reach == INTERNAL and found["cp"].parent_id == found["cc"].source_id
    # Who hung up with the agent and calls again was not passed on.
    ended = (70, "c|calls|PJSIP/201|COMPLETEAGENT|10|60|1")
    found = legs("queue_log", lines(*ANSWERED, ended, (71, "c|permits|NONE|ENTERQUEUE||4235550101|1")))
    assert found["cc"].transfer_kind == TransferKind.NONE


def record(key, begin, end, **more):
    at = [(DAY + timedelta(seconds=one)).isoformat() for one in (begin, begin + 10, end)]
    return {
        "ContactId": key, "InitiationMethod": "INBOUND", "DisconnectTimestamp": at[2], "LastUpdateTimestamp": at[2],
        "Queue": {"Name": "calls", "EnqueueTimestamp": at[0], "DequeueTimestamp": at[1]},
        "Agent": {"Username": "dana", "ConnectedToAgentTimestamp": at[1], "AgentInteractionDuration": end - begin - 10},
        **more,
    }  # fmt: skip


FIRST = record("a", 0, 100, NextContactId="b")
LONGER = record("b", 90, 300, InitiationMethod="TRANSFER", PreviousContactId="a")
ASKED = record("b", 40, 80, InitiationMethod="TRANSFER", PreviousContactId="a")
OUT = record("o", 0, 100, TransferredToEndpoint={"Type": "TELEPHONE_NUMBER", "Address": "+14235550190"})


def written(*records):
    return "\n".join(json.dumps(one) for one in records) + "\n"


def test_contact_records_say_what_an_agent_passed_on():
    """An agent who was only asked hung up before the caller did: that is no transfer."""
    passed, asked = legs("connect", written(FIRST, LONGER))["ac"], legs("connect", written(FIRST, ASKED))["ac"]
    assert (passed.transfer_kind, passed.transfer_reach) == (TransferKind.UNSAID, INTERNAL)
    assert (asked.transfer_kind, asked.transfer_reach) == (TransferKind.NONE, TOLD)
    out = legs("connect", written(OUT))["oc"]
    assert (out.transfer_kind, out.transfer_reach, out.transfer_to) == (TransferKind.UNSAID, EXTERNAL, "+14235550190")


@pytest.mark.django_db
@pytest.mark.parametrize("order", [[FIRST, LONGER], [FIRST, LONGER, {**FIRST, "LastUpdateTimestamp": "2026-03-11"}]])
def test_records_that_come_one_after_the_other_say_the_same(tmp_path, order):
    make_queues()
    for one in order:
        if len(one["LastUpdateTimestamp"]) == 10:
            one = {**one, "LastUpdateTimestamp": NOW.isoformat()}
        import_text(tmp_path, written(one), "connect", source="aws")
    leg = ContactLeg.objects.get(source_id="a", is_current=True)
    assert (leg.transfer_kind, leg.transfer_reach) == ("unsaid", "internal")
    assert sums().transfers_internal == 1


# --- counted ---------------------------------------------------------------------------------------------------------


def sums(code="calls"):
    return queries.get_metrics(access=access_with(*RIGHTS), queue_code=code, since=DAY_OF, until=DAY_OF).sums


def passed_to(place, to):
    begin = 300 * place
    return lines(
        (begin, f"k{place}|calls|NONE|ENTERQUEUE||423555010{place}|1"),
        (begin + 10, f"k{place}|calls|PJSIP/201|CONNECT|10|r|5"),
        (begin + 70, f"k{place}|calls|PJSIP/201|BLINDTRANSFER|{to}|out|10|60|1"),
    )


@pytest.mark.django_db
def test_facts_count_both_and_what_is_not_known(tmp_path, client):
    make_queues()
    office = make_office("clerk", name="County clerk", phone="+14235550190", is_city=False)
    text = "".join(passed_to(place, to) for place, to in enumerate(("4235550190", "permits-line", "201", "7000")))
    import_text(tmp_path, text)
    found = sums()
    assert (found.answered, found.transfers, found.transfers_internal, found.transfers_external) == (4, 4, 2, 1)
    # The rule says the same of each as the database.
    told = reaches_of(queries.get_queue("calls").id, *bounds_of(DAY_OF, DAY_OF))
    by_rule = {
        leg.pk: reach_of(
            TransferReach(leg.transfer_reach), leg.transfer_to, is_noted=False, directory=known_directory()
        )
        for leg in ContactLeg.objects.filter(is_current=True)
    }
    assert told == by_rule and set(told.values()) == {INTERNAL, EXTERNAL, TOLD}
    for figure, above in (("internal", 2), ("external", 1), ("unknown", 1)):
        behind = queries.rows_behind(
            access=access_with(*RIGHTS), queue_code="calls", day=DAY_OF, figure=f"transfer_rate_{figure}"
        )
        assert sum(one.above for one in behind.rows) == behind.ratio.numerator == above
        assert sum(one.below for one in behind.rows) == behind.ratio.denominator == 4
    client.force_login(make_user("sue", roles=[make_role("sees_traffic", [VIEW])]))
    page = client.get(reverse("traffic:day"), {"queue": "calls", "on": DAY_OF.isoformat()}).content.decode()
    assert "Passed on to ourselves 2, to other offices 1, to whom is not known 1." in page
    # An office that gets a number is known from the next count on, for the past too.
    office.phone = "7000"
    office.save()
    services.rebuild_facts(since=DAY_OF, until=DAY_OF, now=NOW)
    assert (sums().transfers_internal, sums().transfers_external) == (2, 1)


def finish_with(access, outcome, kind="warm", *, now, channel=Channel.PHONE):
    """A contact that was passed on, or was to be."""
    return interactions.finish(
        interaction_id=make_draft(access, now=now),
        facts=interactions.ContactFacts(channel=channel),
        outcomes=[],
        transfers=[interactions.TransferFacts(kind, "County clerk", outcome, office_code="clerk")],
        access=access,
        now=now,
    )


@pytest.mark.django_db
def test_what_the_desk_wrote_down_says_where_a_call_went(tmp_path):
    make_queues()
    dana = clerk()
    finish_with(dana, "reached", now=DAY + timedelta(seconds=15))
    import_text(tmp_path, passed_to(0, "7000"))
    SourceAgent.objects.update(user_id=dana.actor.staff_id)
    assert (sums().transfers, sums().transfers_external) == (1, 0)
    services.match_legs(since=DAY, until=NOW, now=NOW)
    assert sums().transfers_external == 1, "the pair says it, and the day was counted again"
    keeper = clerk("Sue Peralta", VIEW, MANAGE)
    services.unpair(leg_id=ContactLeg.objects.get(is_current=True).pk, access=keeper, now=NOW)
    assert sums().transfers_external == 0


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


@pytest.mark.django_db
def test_contacts_of_the_desk_count_as_passed_on_where_somebody_was_reached():
    make_queues(more=COUNTER)
    dana = clerk()
    for minute, outcome, kind in ((0, "reached", "warm"), (10, "voicemail", "cold"), (20, "no_answer", "warm")):
        finish_with(dana, outcome, kind, now=DAY + timedelta(minutes=minute), channel=Channel.COUNTER)
    services.tell_desk_contacts(now=NOW)
    found = sums("counter")
    assert (found.answered, found.transfers, found.transfers_internal, found.transfers_external) == (3, 2, 0, 2)
    kinds = ContactLeg.objects.order_by("entered_at").values_list("transfer_kind", flat=True)
    assert list(kinds) == ["attended", "blind", ""]
