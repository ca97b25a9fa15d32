from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.models import FocusSegment, Interaction
from citydesk.contact.interactions.tests.factories import NOON, clerk, make_draft
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion

pytestmark = pytest.mark.django_db


def save(access, contact, version, key="k1", now=NOON, **changes):
    return services.save_draft(
        interaction_id=contact, version=version, changes=changes, key=key, actor=access.actor, now=now
    )


def fields(access, contact):
    return queries.get_draft(access=access, interaction_id=contact, now=NOON).fields


def test_a_save_is_one_update_and_nothing_else():
    dana = clerk()
    contact = make_draft(dana)
    with CaptureQueriesContext(connection) as seen:
        saved = save(dana, contact, 1, words="Tree down", code="tree_down")
    assert len(seen) == 1 and seen[0]["sql"].lstrip().startswith("UPDATE")
    assert saved.version == 2
    assert fields(dana, contact) == {
        "channel": "phone",
        "direction": "in",
        "words": "Tree down",
        "code": "tree_down",
    }


def test_the_same_save_sent_twice_is_kept_once():
    dana = clerk()
    contact = make_draft(dana)
    first = save(dana, contact, 1, key="same", words="Tree")
    again = save(dana, contact, 1, key="same", words="Tree")
    assert first.version == again.version == 2


def test_two_windows_that_change_two_fields_are_merged():
    dana = clerk()
    contact = make_draft(dana)
    save(dana, contact, 1, key="a", words="Tree")
    save(dana, contact, 1, key="b", where="1200 Oak St")
    assert fields(dana, contact)["words"] == "Tree"
    assert fields(dana, contact)["where"] == "1200 Oak St"


def test_two_texts_of_one_field_are_both_kept():
    dana = clerk()
    contact = make_draft(dana)
    save(dana, contact, 1, key="a", words="Tree on the street")
    with pytest.raises(StaleVersion) as raised:
        save(dana, contact, 1, key="b", words="Tree on a car", crew_note="bring a saw")
    assert raised.value.facts["mine"] == {"words": "Tree on a car"}
    assert raised.value.facts["theirs"] == {"words": "Tree on the street"}
    draft = queries.get_draft(access=dana, interaction_id=contact, now=NOON)
    assert draft.fields["words"] == "Tree on the street"
    assert draft.fields["crew_note"] == "bring a saw"
    assert draft.kept[0]["fields"] == {"words": "Tree on a car"}
    # The clerk chooses: the new version accepts the chosen text.
    save(dana, contact, raised.value.facts["version"], key="c", words="Tree on a car")
    assert fields(dana, contact)["words"] == "Tree on a car"


def test_without_the_version_the_second_writer_would_win_silently():
    """Negative control: the same two writers, the version left out, lose a text."""
    dana = clerk()
    contact = make_draft(dana)
    save(dana, contact, 1, key="a", words="Tree on the street")
    stored = Interaction.objects.get(pk=contact).version
    save(dana, contact, stored, key="b", words="Tree on a car")
    draft = queries.get_draft(access=dana, interaction_id=contact, now=NOON)
    assert "street" not in str(draft.fields) + str(draft.kept)


def test_the_strip_names_who_was_chosen_and_not_what_was_typed_to_find_them():
    dana, maria = clerk(), make_customer("Maria", "Garcia")
    make_draft(dana, who="0148", customer=str(maria.id))
    make_draft(dana, who="0148")
    make_draft(dana, who="0148", customer="no id at all", new_name="Ana")
    make_draft(dana, who="0148", name_refused="1")
    shown = queries.list_open_contacts(access=dana, now=NOON)
    assert sorted(one.who for one in shown) == ["", "0148", "Ana", "Maria Garcia"]


def test_numbers_of_cards_and_people_are_masked_and_told():
    dana = clerk()
    contact = make_draft(dana)
    saved = save(dana, contact, 1, words="My social is 219-09-9999, please")
    assert "219-09-9999" not in fields(dana, contact)["words"]
    assert list(saved.masked) == ["words"]


def test_a_colleague_cannot_save_into_my_contact():
    dana, ruth = clerk(), clerk("Ruth Alvarez")
    contact = make_draft(dana)
    with pytest.raises(NotFound):
        save(ruth, contact, 1, words="x")


def test_taking_contacts_needs_the_right():
    from citydesk.kernel.actors import Access

    with pytest.raises(NotAllowed):
        services.start_draft(access=Access(clerk().actor), now=NOON)


def test_a_new_contact_parks_the_one_in_front():
    dana = clerk()
    first = make_draft(dana, words="Tree")
    second = make_draft(dana, now=NOON + timedelta(seconds=90), words="Tag renewal")
    strip = queries.list_open_contacts(access=dana, now=NOON + timedelta(seconds=100))
    assert [(one.id, one.state, one.active_seconds) for one in strip] == [(first, "parked", 90), (second, "draft", 10)]
    services.resume(interaction_id=first, actor=dana.actor, now=NOON + timedelta(seconds=100))
    strip = queries.list_open_contacts(access=dana, now=NOON + timedelta(seconds=130))
    assert [(one.state, one.active_seconds) for one in strip] == [("draft", 120), ("parked", 10)]


def test_two_contacts_never_stand_in_front_of_one_clerk():
    dana = clerk()
    first = make_draft(dana)
    make_draft(dana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.filter(pk=first).update(state="draft")


def test_time_behind_another_page_is_neither_active_nor_parked():
    dana = clerk()
    contact = make_draft(dana)
    services.leave_front(interaction_id=contact, actor=dana.actor, now=NOON + timedelta(seconds=30))
    services.bring_to_front(interaction_id=contact, actor=dana.actor, now=NOON + timedelta(seconds=200))
    [one] = queries.list_open_contacts(access=dana, now=NOON + timedelta(seconds=210))
    assert one.active_seconds == 40


def test_a_draft_handed_over_lies_parked_with_the_colleague():
    dana, ruth = clerk(), clerk("Ruth Alvarez")
    contact = make_draft(dana, words="Tree")
    services.hand_over(interaction_id=contact, to_user_id=ruth.actor.id, note="End of shift", access=dana, now=NOON)
    assert queries.list_open_contacts(access=dana, now=NOON) == []
    [one] = queries.list_open_contacts(access=ruth, now=NOON)
    assert (one.id, one.state, one.handed_note) == (contact, "parked", "End of shift")


def test_a_dropped_draft_is_kept_with_its_reason_and_stays_so():
    dana = clerk()
    contact = make_draft(dana)
    with pytest.raises(Invalid):
        services.drop(interaction_id=contact, reason=" ", access=dana, now=NOON)
    services.drop(interaction_id=contact, reason="Wrong number", access=dana, now=NOON)
    row = Interaction.objects.get(pk=contact)
    assert (row.state, row.abandoned_reason) == ("abandoned", "Wrong number")
    with pytest.raises(Conflict):
        services.park(interaction_id=contact, actor=dana.actor, now=NOON)
    with pytest.raises(Exception, match="keeps its state"), transaction.atomic():
        Interaction.objects.filter(pk=contact).update(state="draft")


def test_old_drafts_appear_to_the_supervisor_only():
    dana, boss = clerk(), clerk("Pat Oyelaran", "interactions.supervise")
    contact = make_draft(dana, words="Tree")
    later = NOON + timedelta(hours=5)
    assert [one.id for one in queries.list_old_drafts(access=boss, now=later)] == [contact]
    assert queries.list_old_drafts(access=boss, now=NOON + timedelta(hours=1)) == []
    with pytest.raises(NotAllowed):
        queries.list_old_drafts(access=dana, now=later)
    assert queries.watch_draft(access=boss, interaction_id=contact, now=later).fields["words"] == "Tree"
    services.take_over(interaction_id=contact, access=boss, now=later)
    assert [one.id for one in queries.list_open_contacts(access=boss, now=later)] == [contact]
    assert FocusSegment.objects.filter(interaction_id=contact, ended_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_one_moment_keep_both_texts():
    """Barrier-started pairs on one field: one text stands, the other is kept beside it, never lost."""
    dana = clerk()
    contact = make_draft(dana)
    for trial in range(20):
        version = Interaction.objects.values_list("version", flat=True).get(pk=contact)
        gate, outcomes = Barrier(2), []

        def write(text, gate=gate, outcomes=outcomes, version=version):
            gate.wait()
            try:
                save(dana, contact, version, key=text, words=text)
                outcomes.append("saved")
            except StaleVersion:
                outcomes.append("stale")
            finally:
                connection.close()

        writers = [Thread(target=write, args=(f"{side}{trial}",)) for side in "ab"]
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        draft = queries.get_draft(access=dana, interaction_id=contact, now=NOON)
        kept = draft.kept[-1]["fields"]["words"]
        assert sorted(outcomes) == ["saved", "stale"]
        assert {draft.fields["words"], kept} == {f"a{trial}", f"b{trial}"}


def test_outcomes_are_noted_by_one_key_and_taken_off_again():
    dana = clerk()
    contact = make_draft(dana, code="tree_down", where="1200 Oak St")
    facts = {"label": "1218 Oak St", "target_id": 9, "target_number": "SR-26-000001-A", "replaces_request": True}
    for _twice in range(2):
        services.note_outcome(interaction_id=contact, kind=OutcomeKind.FOLLOW, facts=facts, actor=dana.actor, now=NOON)
    noted = fields(dana, contact)
    assert [one["kind"] for one in noted["outcomes"]] == ["follow"] and noted["no_request"] == "1"
    services.forget_outcome(interaction_id=contact, key=noted["outcomes"][0]["key"], actor=dana.actor, now=NOON)
    assert fields(dana, contact)["outcomes"] == [] and fields(dana, contact)["no_request"] == ""


def test_another_request_sets_the_first_aside_and_keeps_the_person():
    dana = clerk()
    contact = make_draft(dana, code="tree_down", where="1200 Oak St", who="0148", words="Tree")
    services.stash_request(interaction_id=contact, label="Tree down", actor=dana.actor, now=NOON)
    after = fields(dana, contact)
    assert (after["code"], after["where"], after["who"], after["words"]) == ("", "", "0148", "")
    assert after["requests"][0]["fields"] == {"code": "tree_down", "where": "1200 Oak St"}
    with pytest.raises(Invalid):
        services.stash_request(interaction_id=contact, label="", actor=dana.actor, now=NOON)


def test_a_dropped_call_keeps_the_number_promises_and_parks():
    dana = clerk()
    contact = make_draft(dana, who="(423) 555-0148")
    services.drop_call(
        interaction_id=contact,
        number="(423) 555-0148",
        text="Call back: the line broke off",
        due_at=NOON + timedelta(minutes=30),
        access=dana,
        now=NOON,
    )
    [one] = queries.list_open_contacts(access=dana, now=NOON)
    assert one.is_parked
    assert fields(dana, contact)["outcomes"][0]["phone"] == "(423) 555-0148"
    # The promise is a task at once, and one outcome when the draft is saved.
    assert [one.phone for one in queries.list_promises(access=dana, now=NOON)] == ["(423) 555-0148"]
    done = services.finish(interaction_id=contact, facts=services.ContactFacts(), outcomes=[], access=dana, now=NOON)
    page = queries.get_contact(access=dana, number=done.number, now=NOON)
    assert [one.kind for one in page.outcomes] == ["promise"]
