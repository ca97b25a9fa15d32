"""Printed intake forms: numbered once, keyed once, and what was not keyed is reported."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries, services
from citydesk.contact.interactions.choices import SUPERVISE, OutcomeKind
from citydesk.contact.interactions.models import Interaction, PaperForm
from citydesk.contact.interactions.queries.paper_forms import why_not_keyed
from citydesk.contact.interactions.tests.factories import NOON, clerk
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import Invalid, ManyInvalid, NotAllowed
from citydesk.kernel.numbering import parse_number

PAPER = {
    "services": ["pothole", "tree_down"],
    "urgency": {"en": ["Is somebody hurt?"], "es": ["¿Hay alguien herido?"]},
}
CODES = {
    "pothole": {"name": {"en": "Pothole", "es": "Bache"}},
    "tree_down": {
        "name": {"en": "Tree down", "es": "Árbol caído"},
        "questions": [{"ask": {"en": "Any wires?", "es": "¿Hay cables?"}, "type": "yes_no"}],
    },
}
PRINTED = NOON - timedelta(days=2)
SPOKEN = NOON - timedelta(hours=3)


def printed(count=3, boss=None, **more) -> list[str]:
    boss = boss or clerk("Priscilla Odom", SUPERVISE)
    batch = services.print_forms(count=count, desk="Counter", access=boss, now=PRINTED, **more)
    return list(PaperForm.objects.filter(batch_id=batch).order_by("position").values_list("number", flat=True))


def keyed(number, access, *, now=NOON, received_at=SPOKEN) -> int:
    return services.key_form(number=number, received_at=received_at, access=access, now=now)


def saved(interaction_id, access, *, received_at=SPOKEN, now=NOON):
    return services.finish(
        interaction_id=interaction_id,
        facts=services.ContactFacts(words="A question", received_at=received_at, received_reason="printed form"),
        outcomes=[services.OutcomeFacts(OutcomeKind.ANSWERED, target_label="Opening hours")],
        access=access,
        now=now,
    )


def said(refused) -> dict[str, str]:
    return {one.field: str(one.message) for one in refused.value.errors}


@pytest.mark.django_db
class TestPrinting:
    def test_a_batch_is_numbered_in_its_own_series_and_no_number_comes_twice(self):
        first, second = printed(3), printed(2)
        assert all(one.startswith("FM-26-") and parse_number(one) == one for one in first + second)
        assert len(set(first + second)) == 5

    def test_who_printed_it_when_and_for_which_desk_is_kept(self):
        boss = clerk("Priscilla Odom", SUPERVISE)
        numbers = printed(2, boss)
        row = queries.list_batches(access=boss).values(*queries.BATCH_LINE).get()
        assert (row["printed_by_label"], row["desk"], row["form_count"]) == ("Priscilla Odom", "Counter", 2)
        assert (row["first_number"], row["last_number"], row["printed_at"]) == (*numbers, PRINTED)

    def test_a_clerk_prints_none_and_a_count_or_code_that_does_not_hold_is_refused(self):
        with pytest.raises(NotAllowed):
            printed(1, clerk())
        for wrong in ({"count": 0}, {"count": 501}, {"count": 1, "service_codes": ["no_such_code"]}):
            with pytest.raises(Invalid):
                printed(**wrong)
        assert not PaperForm.objects.exists()

    def test_the_paper_has_every_number_on_both_sides_in_both_languages(self, monkeypatch):
        monkeypatch.setattr(profile, "entry", lambda section, code, on: PAPER)
        monkeypatch.setattr(profile, "entries", lambda section, on: CODES)
        boss = clerk("Priscilla Odom", SUPERVISE)
        numbers = printed(2, boss, service_codes=["tree_down"])
        batch = PaperForm.objects.get(number=numbers[0]).batch_id
        data = queries.paper_of_batch(access=boss, batch_id=batch)
        pdf = render_pdf("interactions/intake_forms.typ", data, language="en", now=NOON)
        pages = text_of(pdf)
        assert len(pages) == 4
        assert [numbers[at // 2] in page for at, page in enumerate(pages)] == [True] * 4
        assert "Is somebody hurt?" in pages[1] and "¿Hay alguien herido?" in pages[1]
        assert "Tree down" in pages[0] and "Any wires?" in pages[0] and "¿Hay cables?" in pages[0]
        assert "In their own words" in pages[0] and "En sus propias palabras" in pages[0]


def text_of(pdf: bytes) -> list[str]:
    import pypdfium2

    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.django_db
class TestKeying:
    def test_a_form_becomes_a_contact_that_counts_from_when_the_resident_spoke(self):
        number, *_rest = printed()
        access, writer = clerk(), clerk("Marta Ruiz")
        contact = services.key_form(
            number=number.lower().replace("-", " "),
            received_at=SPOKEN,
            channel="counter",
            taken_by_id=writer.actor.staff_id,
            access=access,
            now=NOON,
        )
        draft = queries.get_draft(access=access, interaction_id=contact, now=NOON)
        assert draft.fields["form"] == number and number in draft.fields["received_reason"]
        done = saved(contact, access)
        row = Interaction.objects.get(number=done.number)
        assert (row.received_at, row.recorded_at, row.channel) == (SPOKEN, NOON, "phone")
        assert (row.taken_by_id, row.entered_by_id) == (writer.actor.staff_id, access.actor.staff_id)
        assert row.active_seconds is None  # typing it in is not the time the call took
        form = PaperForm.objects.get(number=number)
        assert (form.state, form.keyed_at, form.keyed_by_id) == ("keyed", NOON, access.actor.staff_id)

    def test_what_does_not_hold_stands_beside_its_field(self):
        number, *_rest = printed()
        wrong_letter = number[:-1] + ("A" if number[-1] != "A" else "B")
        access = clerk()
        for given, part in (
            ("", "Write the number"),
            (wrong_letter, "does not hold"),
            ("IN-26-000001-L", "does not hold"),
            ("nonsense", "does not hold"),
        ):
            with pytest.raises(ManyInvalid) as refused:
                keyed(given, access)
            assert part in said(refused)["form_number"]
        for received, part in (
            (None, "Write when"),
            (NOON + timedelta(hours=1), "future"),
            (PRINTED - timedelta(hours=1), "was printed on"),
        ):
            with pytest.raises(ManyInvalid) as refused:
                keyed(number, access, received_at=received)
            assert part in said(refused)["received_at"]
        assert not Interaction.objects.exists()

    def test_a_form_keyed_already_says_by_whom_and_leads_to_the_contact(self):
        number, *_rest = printed()
        access = clerk("Dana Whitlock")
        done = saved(keyed(number, access), access)
        with pytest.raises(ManyInvalid) as refused:
            keyed(number, clerk("Marta Ruiz"))
        (error,) = refused.value.errors
        assert "Dana Whitlock keyed this form" in str(error.message) and error.facts["contact"] == done.number
        Interaction.objects.filter(number=done.number).update(is_confidential=True)
        _form, sealed = why_not_keyed(number, clerk("Marta Ruiz"))
        assert sealed.facts["contact"] == ""

    def test_while_it_is_being_keyed_nobody_else_takes_it_and_dropping_gives_it_back(self):
        number, *_rest = printed()
        access, other = clerk("Dana Whitlock"), clerk("Marta Ruiz")
        contact = keyed(number, access)
        with pytest.raises(ManyInvalid) as refused:
            keyed(number, other)
        assert "Dana Whitlock is keying" in said(refused)["form_number"]
        with pytest.raises(ManyInvalid) as own:
            keyed(number, access)
        assert own.value.errors[0].facts["draft"] == contact
        services.drop(interaction_id=contact, reason="the wrong pile", access=access, now=NOON)
        assert keyed(number, other)

    def test_a_time_changed_afterwards_is_still_held_to_the_paper(self):
        number, *_rest = printed()
        access = clerk()
        contact = keyed(number, access)
        with pytest.raises(Invalid) as refused:
            saved(contact, access, received_at=PRINTED - timedelta(days=1))
        assert refused.value.field == "received_at"

    def test_a_browser_cannot_put_another_form_into_a_draft(self):
        number, other, *_rest = printed()
        access = clerk()
        contact = keyed(number, access)
        changes = {"form": other, "words": "typed"}
        services.save_draft(interaction_id=contact, version=2, changes=changes, key="k", actor=access.actor, now=NOON)
        assert queries.get_draft(access=access, interaction_id=contact, now=NOON).fields["form"] == number

    def test_the_database_itself_lets_a_form_be_keyed_once(self):
        number, *_rest = printed()
        access = clerk()
        saved(keyed(number, access), access)
        other = services.start_draft(access=access, now=NOON)
        form = PaperForm.objects.filter(number=number)
        with pytest.raises(ProgrammingError, match="keyed once"), transaction.atomic():
            form.update(interaction_id=other)
        with pytest.raises(ProgrammingError, match="keyed once"), transaction.atomic():
            form.update(state="unused", keyed_at=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_with_one_form_one_gets_it():
    """The control takes both guards away: then both believe that the form is theirs."""
    one, two = printed(2)
    people = [clerk("Dana Whitlock"), clerk("Marta Ruiz")]

    def honest(access):
        keyed(one, access)

    def blind(access):
        with transaction.atomic(), connection.cursor() as cursor:
            guard = PaperForm._meta.triggers[0].get_pgid(PaperForm)
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + guard + "}"])
            contact = services.start_draft(access=access, now=NOON)
            PaperForm.objects.filter(number=two).update(interaction_id=contact)

    assert sorted(together(honest, people)) == ["refused", "won"]
    assert together(blind, people) == ["won", "won"]


def together(act, people) -> list[str]:
    gate, results = threading.Barrier(len(people)), []

    def run(access):
        try:
            connection.ensure_connection()
            gate.wait(30)
            act(access)
            results.append("won")
        except ManyInvalid:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[one]) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return results


@pytest.mark.django_db
class TestWhatBecameOfThem:
    def test_a_form_left_behind_by_a_later_one_is_to_look_for_until_somebody_saw_it(self):
        first, second, _third = printed()
        access, boss = clerk(), clerk("Priscilla Odom", SUPERVISE)
        assert queries.count_outstanding() == 0
        saved(keyed(second, access), access)
        assert standing(boss) == {first: "skipped", second: "keyed", _third: "unused"}
        assert queries.count_outstanding() == 1
        note(first, "unused", boss, why="")
        assert queries.count_outstanding() == 0

    def test_spoiled_and_lost_need_a_reason_and_a_lost_one_that_turns_up_is_keyed(self):
        first, second, third = printed()
        access, boss = clerk(), clerk("Priscilla Odom", SUPERVISE)
        with pytest.raises(Invalid):
            note(first, "void", access, why=" ")
        assert note(first, "void", access, why="coffee") == 1
        with pytest.raises(ManyInvalid) as refused:
            keyed(first, access)
        assert "coffee" in said(refused)["form_number"]
        note(second, "missing", access, why="not in the drawer")
        assert standing(boss) == {first: "void", second: "missing", third: "unused"}
        saved(keyed(second, access), access)
        with pytest.raises(NotAllowed):
            note(first, "unused", access, why="")
        note(first, "unused", boss, why="")
        assert standing(boss) == {first: "unused", second: "keyed", third: "unused"}

    def test_a_keyed_form_and_one_being_keyed_keep_what_they_are(self):
        first, second, _third = printed()
        access = clerk()
        saved(keyed(first, access), access)
        keyed(second, access)
        assert note(first, "void", access, why="x") == 0 and note(second, "missing", access, why="x") == 0

    def test_batches_count_what_became_of_their_forms(self):
        first, _second, third = printed()
        access, boss = clerk(), clerk("Priscilla Odom", SUPERVISE)
        saved(keyed(third, access), access)
        note(first, "void", access, why="torn")
        row = queries.list_batches(access=boss).values(*queries.BATCH_LINE).get()
        assert {name: row[name] for name in ("keyed", "void", "missing", "unused", "skipped")} == {
            "keyed": 1,
            "void": 1,
            "missing": 0,
            "unused": 1,
            "skipped": 1,
        }


def standing(boss) -> dict[str, str]:
    return dict(queries.list_forms(access=boss).values_list("number", "standing"))


def note(number, state, access, *, why) -> int:
    form = queries.find_form(number=number)
    return services.note_forms(form_ids=[form], state=state, why=why, access=access, now=NOON)


@pytest.mark.django_db
def test_contacts_and_batches_are_destroyed_one_without_the_other():
    from citydesk.contact.interactions.queries.records import contacts_due, forms_due
    from citydesk.contact.interactions.services.destruction import destroy_contacts, destroy_forms
    from citydesk.kernel.destruction import Eraser

    first, *_rest = printed(2)
    access = clerk()
    done = saved(keyed(first, access), access)
    later = datetime(2031, 1, 1, tzinfo=UTC)
    (contact,) = contacts_due(before=later)
    (batch,) = forms_due(before=later)
    eraser = Eraser(proof="DS-31-000001-A", kind="interactions.contact", object_id=contact.id, label=done.number)
    destroy_contacts(ids=[contact.id], eraser=eraser, now=later)
    eraser.finish(now=later)
    assert PaperForm.objects.get(number=first).interaction_id is None
    eraser = Eraser(proof="DS-31-000002-A", kind="interactions.forms", object_id=batch.id, label=batch.label)
    destroy_forms(ids=[batch.id], eraser=eraser, now=later)
    eraser.finish(now=later)
    assert not PaperForm.objects.exists()
