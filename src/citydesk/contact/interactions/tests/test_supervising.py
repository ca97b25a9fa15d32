"""A supervisor beside an open contact: seen while typed, notes, taken over, handed back; the sealed stays sealed."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.choices import HelpKind, OutcomeKind
from citydesk.contact.interactions.models import Advice, FocusSegment, Interaction
from citydesk.contact.interactions.tests.factories import NOON, clerk, make_draft
from citydesk.kernel import audit
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.models import ReadEntry

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(seconds=30)


@pytest.fixture
def city():
    load_small({})


@pytest.fixture
def told(monkeypatch):
    """News as they leave, one dict each (drafts' news leave in their own UPDATE and are not among them)."""
    found = []
    monkeypatch.setattr("citydesk.kernel.live.call", lambda _sql, _channel, text: found.append(json.loads(text)))
    return found


def boss():
    return clerk("Priscilla Nguyen", "interactions.supervise")


def look_in(contact, who, now=NOON):
    services.look_in(interaction_id=contact, access=who, now=now)


def type_in(who, contact, version, now=LATER, **fields):
    return services.save_draft(
        interaction_id=contact, version=version, changes=fields, key=f"k{version}", actor=who.actor, now=now
    )


def take_over(contact, who, now=NOON):
    services.take_over(interaction_id=contact, access=who, now=now)


def holder(contact):
    return Interaction.objects.values_list("holder_id", "state").get(pk=contact)


def test_a_supervisor_sees_what_is_typed_under_the_words_of_the_form(city):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana, words="A pothole", where="1200 Oak St", who="Maria", name_refused="")
    look_in(contact, priscilla)
    seen = queries.get_watched(access=priscilla, interaction_id=contact, now=NOON)
    assert ("What do they say?", "A pothole") in seen.rows and ("Where", "1200 Oak St") in seen.rows
    assert seen.holder == "Dana Whitlock" and not seen.is_own
    assert ReadEntry.objects.filter(object_id=contact, purpose="look_in").count() == 1
    look_in(contact, priscilla, LATER)
    assert ReadEntry.objects.filter(object_id=contact, purpose="look_in").count() == 1


def test_the_clerk_is_told_who_looks_in_and_only_while_they_do(city, told):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana)
    look_in(contact, priscilla)
    assert told[-1] == {"topic": f"user.{dana.actor.id}", "contact": contact, "kind": "looks_in"}
    assert queries.get_beside(access=dana, interaction_id=contact, now=LATER).looks_in == "Priscilla Nguyen"
    assert queries.get_beside(access=dana, interaction_id=contact, now=NOON + timedelta(minutes=2)).looks_in == ""
    services.look_away(interaction_id=contact, access=priscilla, now=LATER)
    assert queries.get_beside(access=dana, interaction_id=contact, now=LATER).looks_in == ""
    assert told[-1]["kind"] == "looks_away"


@pytest.mark.django_db(transaction=True)
def test_news_of_typing_go_out_with_the_save_and_only_while_somebody_looks():
    """Heard on the database's own channel: one notice a save, ids and a version, not a word of the resident's."""
    from django.db import connection

    from citydesk.kernel.live import CHANNEL

    load_small({})
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana)

    def heard_of(version):
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
            type_in(dana, contact, version, words=f"Water in the cellar {version}")
            cursor.execute("SELECT 1")
        notices = connection.connection.notifies(timeout=0, stop_after=10)
        return [json.loads(one.payload) for one in notices]

    assert heard_of(1) == []
    look_in(contact, priscilla)
    assert {"topic": "watch", "contact": contact, "version": 3} in heard_of(2)
    services.look_away(interaction_id=contact, access=priscilla, now=NOON)
    assert [one for one in heard_of(3) if one["topic"] == "watch"] == []


def test_a_note_stands_before_the_clerk_until_it_is_read(city, told):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana)
    note = services.advise(
        interaction_id=contact, text="Ask for the meter, card 4111 1111 1111 1111", access=priscilla, now=NOON
    )
    assert (told[-1]["topic"], told[-1]["kind"]) == (f"user.{dana.actor.id}", "advice")
    [line] = queries.list_open_contacts(access=dana, now=NOON)
    assert [one["author"] for one in line.advice] == ["Priscilla Nguyen"] and "4111 1111" not in line.advice[0]["text"]
    with pytest.raises(NotFound):
        services.read_advice(advice_id=note, access=clerk("Ruth Alvarez"), now=LATER)
    for _twice in range(2):
        services.read_advice(advice_id=note, access=dana, now=LATER)
    assert queries.list_open_contacts(access=dana, now=LATER)[0].advice == ()
    assert Advice.objects.get().seen_at == LATER
    with pytest.raises(Invalid):
        services.advise(interaction_id=contact, text=" ", access=priscilla, now=NOON)
    with pytest.raises(NotAllowed):
        services.advise(interaction_id=contact, text="x", access=clerk(), now=NOON)


def test_taken_over_it_stands_in_front_of_the_supervisor_and_handed_back_it_lies_with_the_clerk(city):
    dana, priscilla = clerk(), boss()
    own = make_draft(priscilla)
    contact = make_draft(dana, words="Tree")
    take_over(contact, priscilla)
    assert holder(contact) == (priscilla.actor.id, "draft") and holder(own)[1] == "parked"
    assert queries.get_beside(access=priscilla, interaction_id=contact, now=NOON).taken_from == "Dana Whitlock"
    assert queries.get_beside(access=dana, interaction_id=contact, now=NOON).taken_by == "Priscilla Nguyen"
    assert queries.list_open_contacts(access=dana, now=NOON) == []
    services.hand_back(interaction_id=contact, note="She wants a copy", access=priscilla, now=LATER)
    assert holder(contact) == (dana.actor.id, "parked")
    [line] = queries.list_open_contacts(access=dana, now=LATER)
    assert [one["text"] for one in line.advice] == ["She wants a copy"]
    with pytest.raises(NotFound):
        services.hand_back(interaction_id=contact, note="", access=priscilla, now=LATER)
    assert FocusSegment.objects.filter(interaction_id=contact, ended_at__isnull=True).count() == 1


def test_only_what_was_taken_over_is_handed_back(city):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana)
    with pytest.raises(Conflict):
        services.hand_back(interaction_id=contact, note="", access=dana, now=NOON)
    with pytest.raises(NotAllowed):
        take_over(contact, clerk("Ruth Alvarez"))
    take_over(contact, priscilla)
    with pytest.raises(Invalid):
        take_over(contact, priscilla)


def test_what_the_clerk_types_in_that_moment_still_comes_in(city):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana, words="Tree")
    take_over(contact, priscilla)
    type_in(dana, contact, 1, now=NOON + timedelta(seconds=10), words="Tree on a car")
    assert queries.get_draft(access=priscilla, interaction_id=contact, now=NOON).fields["words"] == "Tree on a car"
    with pytest.raises(NotFound):
        type_in(dana, contact, 1, now=NOON + timedelta(seconds=16), words="Much later")


def test_both_names_stay_in_the_history(city):
    dana, priscilla = clerk(), boss()
    contact = make_draft(dana)
    take_over(contact, priscilla)
    services.hand_back(interaction_id=contact, note="", access=priscilla, now=LATER)
    services.finish(
        interaction_id=contact,
        facts=services.ContactFacts(),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Hours")],
        access=dana,
        now=LATER,
    )
    lines = [(one.actor, one.code.split(".")[1]) for one in queries.list_history(interaction_id=contact)]
    assert lines[0] == ("Priscilla Nguyen", "taken_over") and lines[-1] == ("Dana Whitlock", "saved")
    assert ("Priscilla Nguyen", "handed_back") in lines
    row = Interaction.objects.get(pk=contact)
    assert (row.taken_by_id, row.helped_by_id) == (dana.actor.id, priscilla.actor.id)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=9)])
def test_a_draft_in_confidence_is_its_holders_alone_however_old(city, age):
    dana, priscilla = clerk(), boss()
    contact, now = make_draft(dana, words="My boss takes bribes", is_confidential="1"), NOON + age
    acts = (
        lambda: look_in(contact, priscilla, now),
        lambda: queries.get_watched(access=priscilla, interaction_id=contact, now=now),
        lambda: services.advise(interaction_id=contact, text="x", access=priscilla, now=now),
        lambda: take_over(contact, priscilla, now),
        lambda: services.drop(interaction_id=contact, reason="old", access=priscilla, now=now),
        lambda: services.hand_over(
            interaction_id=contact, to_user_id=priscilla.actor.id, note="", access=priscilla, now=now
        ),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert holder(contact)[0] == dana.actor.id
    assert not audit.history_of("interactions.Interaction", contact)
    entitled = clerk("Iris Cole", "interactions.supervise", "customers.see_confidential")
    take_over(contact, entitled, now)
    assert holder(contact)[0] == entitled.actor.id


def test_a_contact_that_becomes_confidential_leaves_the_supervisors_page():
    load_small({})
    dana, user = clerk(), make_user("boss", roles=["supervisor"])
    contact = make_draft(dana, now=utc_now(), words="Something odd")
    client = Client()
    client.force_login(user)
    address = f"/desk/interactions/watch/{contact}/"
    assert "Something odd" in client.get(address).content.decode()
    type_in(dana, contact, 1, now=utc_now(), is_confidential="1")
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "Something odd" not in part.content.decode() and "in confidence" in part.content.decode()
    assert client.get(address).status_code == 404
    assert client.post(f"{address}take/").status_code == 404
    assert holder(contact)[0] == dana.actor.id


def test_the_question_follows_the_call_for_help(city):
    dana = clerk()
    contact = make_draft(dana)
    call = services.call_help(kind=HelpKind.ASK, location="4", access=dana, now=NOON, interaction_id=contact)
    services.say_question(interaction_id=contact, text="May I waive the fee?", access=dana, now=NOON)
    beside = queries.get_beside(access=dana, interaction_id=contact, now=NOON)
    assert (beside.help_call_id, beside.question, beside.asked_at) == (call, "May I waive the fee?", NOON)
    priscilla = boss()
    assert queries.get_watched(access=priscilla, interaction_id=contact, now=NOON).question == "May I waive the fee?"
    services.answer_help(help_call_id=call, answer="", access=priscilla, now=LATER)
    beside = queries.get_beside(access=dana, interaction_id=contact, now=LATER)
    assert (beside.asked_at, beside.came) == (None, "Priscilla Nguyen")
    with pytest.raises(NotFound):
        services.say_question(interaction_id=contact, text="And now?", access=dana, now=LATER)


def test_the_watchers_access_is_real():
    """The standard supervisor of the profile may do all of it, a representative none."""
    load_small({})
    dana, user = make_user("dana", roles=["representative"]), make_user("boss", roles=["supervisor"])
    contact = make_draft(access_of(dana), now=utc_now())
    for who, status in ((dana, 403), (user, 200)):
        client = Client()
        client.force_login(who)
        assert client.get(f"/desk/interactions/watch/{contact}/").status_code == status
