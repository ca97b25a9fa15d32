"""A caller asks about what is theirs already, is passed on, or is spoken to through an interpreter."""

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import access_of, make_office, make_user
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions import services as interaction_services
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.interactions.tests.factories import Interaction
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import ServiceRequest, make_request
from citydesk.desk import services
from citydesk.desk.tests.contact_city import NOON, make_city, make_maria, open_contact
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, ManyInvalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(client):
    make_city()
    user = make_user("dana", roles=["representative"])
    client.force_login(user)
    return access_of(user)


def finish(access, contact, **fields):
    return services.finish_contact(interaction_id=contact, version=2, fields=fields, access=access, now=NOON)


def note(access, contact, **given):
    given = {f"note.{name}" if name in ("kind", "label", "target_id") else name: value for name, value in given.items()}
    kind, facts = services.read_note(access=access, interaction_id=contact, fields={}, given=given, now=NOON)
    interaction_services.note_outcome(
        interaction_id=contact, kind=OutcomeKind(kind), facts=facts, actor=access.actor, now=NOON
    )


def test_who_asks_about_their_own_request_is_told_and_the_owner_reminded(client, dana):
    maria, now = make_maria(), utc_now()
    row = make_request("pothole", reporter=requests.Person("Maria Garcia", language="es", customer_id=maria.id))
    contact = open_contact(dana, now=now, words="When do you fill my hole?", customer=str(maria.id))
    page = client.get(reverse("desk:contact_open", args=[contact])).content.decode()
    person = page[page.index('id="part-person"') :]
    assert row.number in person and "Tell status" in person

    address = reverse("desk:contact_note", args=[contact])
    told = {
        "note.kind": "status_told", "note.label": "Pothole", "note.target_type": "service_requests.ServiceRequest",
        "note.target_id": str(row.pk), "note.target_number": row.number, "note.replaces_request": "True",
    }  # fmt: skip
    typed = {"words": "When do you fill my hole?", "customer": str(maria.id)}
    answer = client.post(address, {**typed, **told}).content.decode()
    assert "Remind the owner" in answer and "owner reminded" not in answer
    assert "owner reminded" in client.post(address, {**typed, **told, "note.is_nudged": "true"}).content.decode()
    services.finish_contact(interaction_id=contact, version=9, fields=typed, access=dana, now=now)
    after = ServiceRequest.objects.get(pk=row.pk)
    assert (after.contact_count, after.nudged_at) == (row.contact_count + 1, now)
    assert ServiceRequest.objects.count() == 1
    line = next(one for one in history_of("service_requests.request", row.pk) if one.code.endswith("status_told"))
    assert line.after["nudged"] is True


def test_a_transfer_is_kept_with_office_number_kind_and_what_came_of_it(dana):
    make_office("county_clerk", name="County clerk", phone="(423) 555-0100")
    contact = open_contact(dana, words="Where do I get a marriage license?")
    with pytest.raises(Invalid) as refused:
        note(dana, contact, kind="transfer", office="nobody")
    assert refused.value.field == "office_text"
    note(dana, contact, kind="transfer", office="county_clerk", transfer_kind="cold", transfer_outcome="no_answer")
    done = finish(dana, contact)
    kept = Interaction.objects.get(number=done.number).transfers.get()
    assert (kept.kind, kept.office_code, kept.office_name, kept.outcome) == (
        "cold", "county_clerk", "County clerk", "no_answer",
    )  # fmt: skip
    assert "555" in kept.number_called


def test_an_interpreter_is_on_record_with_number_and_minutes(client, dana):
    contact = open_contact(dana, words="Answered through an interpreter", language="vi")
    note(dana, contact, kind="answered", label="Trash days")
    for minutes, vendor, field in (
        ("12 min", "Worldspan", "interpreter_minutes"),
        ("99999999", "Worldspan", "interpreter_minutes"),
        ("12", "", "interpreter_vendor"),
    ):
        with pytest.raises(ManyInvalid) as refused:
            finish(dana, contact, interpreter_minutes=minutes, interpreter_vendor=vendor)
        assert [one.field for one in refused.value.errors] == [field]
    spoken = {"interpreter_vendor": "A neighbor", "interpreter_number": "4471", "interpreter_minutes": "12"}
    done = finish(dana, contact, **spoken)
    row = Interaction.objects.get(number=done.number)
    assert (row.interpreter_vendor, row.interpreter_number, row.interpreter_minutes) == ("A neighbor", "4471", 12)
    assert interactions.get_contact(access=dana, number=done.number, now=NOON).interpreter_number == "4471"
    page = client.get(reverse("interactions:detail", args=[done.number])).content.decode()
    assert "A neighbor 4471, 12 min" in page
