"""One record told in confidence, opened in an emergency: a proof, a reason, an hour, a notice, and nothing besides."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from citydesk.city.correspondence import queries as letters
from citydesk.city.staff import services as staff
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.complaints import services as complaints
from citydesk.contact.complaints.tests import factories as made
from citydesk.contact.service_requests import choices as requests_words
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel import files
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.audit import readers_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.outbox import HANDLE_EVENTS
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.records import queries, services
from citydesk.management.records.choices import EndedBy
from citydesk.management.records.models import EmergencyNotice, EmergencyOpening
from citydesk.management.records.rules import emergency as rules
from citydesk.management.records.tests.factories import NOW, load_city_with_schedule, picture

pytestmark = pytest.mark.django_db
WORDS, NAME, MARK = "CNRYwords4711", "CNRYname4712", "m" * 64
PASSWORD = "counter-window-seven"
HOUR = timedelta(hours=1)


def kept(now=NOW, **more):
    """A request told in confidence, with who reported it, that lies with an investigator."""
    rosa = requests.Person(name=NAME, channel="sms", to="(423) 555-0142", language="es")
    row = make_request("complaint", now=now, description=WORDS, is_confidential=True, reporter=rosa, **more)
    owner = make_user("ivy", roles=["investigator"], email="ivy@example.org")
    row.owner = owner
    row.save()
    return row, owner


@pytest.fixture
def record(db):
    load_city_with_schedule()
    return kept()


def director(**more):
    return make_user("gideon", roles=["director"], **more)


def opened(row, access, **more):
    given = {"number": row.number, "reason": "A threat against a school", "mark": MARK, "is_proved": True, **more}
    return services.open_in_emergency(access=access, **{"now": NOW, **given})


def proved(user) -> Client:
    """Signed in, and has proved it again by the password a moment ago."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = reverse("account_reauthenticate")
    assert client.post(page, {"password": PASSWORD, "next": "/desk/"}).status_code == 302
    return client


def test_an_opening_is_one_notice_and_one_entry_and_each_reading_is_noted(record):
    row, owner = record
    reader = access_of(director())
    before = AuditEntry.objects.count()
    opening = opened(row, reader)
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.latest("id")
    assert (entry.code, entry.object_id, entry.reason) == ("records.emergency_opened", row.pk, opening.reason)
    (notice,) = EmergencyNotice.objects.all()
    assert (notice.user_id, notice.seen_at) == (owner.pk, None)
    (letter,) = letters.list_messages("records.emergency", opening.pk)
    assert (letter["id"], letter["address"]) == (notice.message_id, "ivy@example.org")
    assert "emergency" in letter["subject"]
    for word in (row.number, WORDS, NAME, opening.reason):
        assert word not in str(letter)
    found = queries.read_opened(reader, opening.pk, mark=MARK, now=NOW + timedelta(minutes=59))
    assert WORDS in {one.text for one in found.record.fields} and found.minutes_left == 1
    assert NAME not in str(found.record)
    queries.read_opened(reader, opening.pk, mark=MARK, now=NOW)
    noted = [one for one in readers_of(requests_words.OBJECT_TYPE, row.pk) if one["purpose"] == "emergency"]
    assert len(noted) == 2
    assert AuditEntry.objects.count() == before + 1


def test_it_ends_by_itself_at_sign_out_when_disabled_and_when_no_longer_needed(record):
    row, _owner = record
    user = director()
    reader = access_of(user)
    first = opened(row, reader)
    with pytest.raises(NotFound):
        queries.read_opened(reader, first.pk, mark=MARK, now=NOW + HOUR)
    assert services.end_openings_of(user_id=user.pk, ended_by=EndedBy.SIGN_OUT, until=NOW + HOUR, now=NOW + HOUR) == 0
    services.end_opening(opening_id=first.pk, mark=MARK, access=reader, now=NOW)
    second = opened(row, reader)
    staff.note_sign_out(user_id=user.pk, now=NOW + timedelta(minutes=5))
    run_jobs(only={HANDLE_EVENTS})
    with pytest.raises(NotFound):
        queries.read_opened(reader, second.pk, mark=MARK, now=NOW + timedelta(minutes=6))
    third = opened(row, reader, now=NOW + timedelta(minutes=10))
    later = NOW + timedelta(minutes=30)
    staff.disable_user(user_id=user.pk, reason="left", access=SYSTEM_ACCESS, now=later)
    run_jobs(only={HANDLE_EVENTS})
    third.refresh_from_db()
    assert (third.ended_at, third.ended_by) == (later, EndedBy.DISABLED)
    ended = EmergencyOpening.objects.order_by("pk").values_list("ended_by", flat=True)
    assert list(ended) == [EndedBy.PERSON, EndedBy.SIGN_OUT, EndedBy.DISABLED]


def test_the_door_says_nothing_of_what_exists(record):
    row, owner = record
    reader = access_of(director())
    plain = make_request("pothole", now=NOW)
    said = set()
    for number in (plain.number, "SR-26-999999-9", "nonsense", ""):
        with pytest.raises(Invalid) as refused:
            opened(row, reader, number=number)
        said.add((str(refused.value.message), refused.value.field))
    with pytest.raises(NotAllowed):
        opened(row, reader, is_proved=False)
    with pytest.raises(Invalid):
        opened(row, reader, reason="  ")
    for role in ("supervisor", "representative", "administrator", "records_officer"):
        with pytest.raises(NotFound):
            opened(row, access_of(make_user(f"no_{role}", roles=[role])))
    assert len(said) == 1 and not EmergencyOpening.objects.exists() and not EmergencyNotice.objects.exists()
    assert AuditEntry.objects.filter(code="records.emergency_refused").count() == 4
    with pytest.raises(TooMany):
        for _try in range(10):
            with pytest.raises(Invalid):
                opened(row, reader, number="SR-26-999999-9")
    auditor = access_of(make_user("ada", roles=["auditor"]))
    opening = opened(row, auditor)
    for access, mark in ((auditor, "other session"), (auditor, ""), (reader, MARK), (access_of(owner), MARK)):
        with pytest.raises(NotFound):
            queries.read_opened(access, opening.pk, mark=mark, now=NOW)


def test_who_reported_it_asks_why_again_and_the_owner_is_told_again(record):
    row, _owner = record
    reader = access_of(director())
    opening = opened(row, reader)
    given = {"opening_id": opening.pk, "mark": MARK, "access": reader}
    with pytest.raises(Invalid):
        services.open_reporter(**given, reason=" ", now=NOW)
    identity = services.open_reporter(**given, reason="To warn them", now=NOW)
    assert identity.name == NAME
    assert [one.about for one in EmergencyNotice.objects.order_by("pk")] == ["record", "reporter"]
    assert AuditEntry.objects.filter(code="service_requests.identity_opened", object_id=row.pk).count() == 1
    with pytest.raises(NotFound):
        services.open_reporter(**given, reason="Late", now=NOW + HOUR)


def test_the_owner_who_is_away_leaves_the_notice_to_the_team_or_the_supervisors(record):
    row, owner = record
    sue = make_user("sue", roles=["supervisor"])
    staff.set_absence(user_id=owner.pk, kind="sick", starts_at=NOW - HOUR, ends_at=None, access=SYSTEM_ACCESS, now=NOW)
    opened(row, access_of(director()))
    assert sue.pk in set(EmergencyNotice.objects.values_list("user_id", flat=True))
    assert owner.pk not in set(EmergencyNotice.objects.values_list("user_id", flat=True))


def test_a_complaint_told_in_confidence_opens_by_its_own_number_and_alone():
    made.load_city(now=NOW)
    people = made.people()
    complaint = made.opened(people, now=NOW)
    complaints.take_up(complaint_id=complaint.pk, access=people.vera, now=NOW)
    auditor = access_of(make_user("ada", roles=["auditor"]))
    opening = opened(complaint, auditor)
    found = queries.read_opened(auditor, opening.pk, mark=MARK, now=NOW)
    assert complaint.told in {one.text for one in found.record.fields}
    assert opening.kind == "complaints.complaint" and not opening.has_reporter
    assert [one.user_id for one in EmergencyNotice.objects.all()] == [people.vera.actor.id]


def test_the_pages_ask_for_a_proof_show_the_banner_and_keep_every_other_record_closed(db, caplog):
    now = utc_now()
    load_city_with_schedule(now=now)
    row, owner = kept(now)
    other = make_request("complaint", now=now, description="other words", is_confidential=True)
    photo = files.store_upload(picture(), purpose="service_requests.file", name="a.png", actor=SYSTEM, now=now)
    requests.add_file(request_id=row.id, file_id=photo.pk, access=SYSTEM_ACCESS, now=now)
    user = director(password=PASSWORD)
    plain = Client()
    plain.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    door = reverse("records:emergency")
    given = {"number": row.number, "reason": "A threat"}
    assert "First prove who you are" in plain.get(door).content.decode()
    refused = plain.post(door, given)
    assert refused.status_code == 302 and "reauthenticate" in refused["Location"]
    assert not EmergencyOpening.objects.exists()

    client = proved(user)
    assert client.post(door, {**given, "number": "SR-26-999999-9"}).status_code == 400
    answer = client.post(door, given)
    address = answer["Location"]
    page = client.get(address)
    said = page.content.decode()
    assert WORDS in said and NAME not in said and "End now" in said and "minutes left" in said
    assert int(page["Refresh"]) <= 3601 and "no-store" in page["Cache-Control"]
    assert row.number not in address and WORDS not in said.split("</title>")[0]
    assert WORDS not in caplog.text
    detail = reverse("service_requests:detail", args=[row.number])
    assert client.get(detail).status_code == 404
    assert client.get(reverse("service_requests:detail", args=[other.number])).status_code == 404
    opening = EmergencyOpening.objects.get()
    file = client.get(reverse("records:opened_file", args=[opening.pk, photo.pk]))
    assert file.status_code == 200 and "sandbox" in file["Content-Security-Policy"]
    assert client.get(reverse("records:opened_file", args=[opening.pk, photo.pk + 1])).status_code == 404
    who = reverse("records:opened_reporter", args=[opening.pk])
    assert NAME not in client.get(who).content.decode()
    assert NAME in client.post(who, {"reason": "To warn them"}).content.decode()
    assert plain.get(address).status_code == 404  # another session of the same person

    ivy = Client()
    ivy.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    told = ivy.get(reverse("records:emergency_notices")).content.decode()
    assert row.number in told and "A threat" in told
    notice = EmergencyNotice.objects.filter(about="record").get()
    assert client.post(reverse("records:emergency_seen", args=[notice.pk])).status_code == 404
    rosa = Client()
    rosa.force_login(make_user("rosa", roles=["records_officer"]), backend=settings.AUTHENTICATION_BACKENDS[0])
    report = reverse("records:emergency_report")
    before = rosa.get(report).content.decode()
    assert "has not looked" in before and row.number in before and "not over yet" in before and WORDS not in before
    ivy.post(reverse("records:emergency_seen", args=[notice.pk]))
    assert "looked at it" in rosa.get(report).content.decode()
    assert row.number not in rosa.get(report, {"month": "2020-02"}).content.decode()
    assert client.get(report).status_code == 403 and plain.get(report).status_code == 403

    assert client.post(reverse("records:end", args=[opening.pk])).status_code == 302
    assert client.get(address).status_code == 404
    assert client.get(reverse("records:opened_file", args=[opening.pk, photo.pk])).status_code == 404


def test_minutes_are_counted_as_long_as_any_of_it_is_left():
    ends = rules.ends_at(NOW)
    assert rules.minutes_left(ends, NOW) == 60
    assert rules.minutes_left(ends, ends - timedelta(seconds=1)) == 1
    assert rules.minutes_left(ends, ends) == rules.minutes_left(ends, ends + HOUR) == 0
    assert rules.length(NOW, ends, None, NOW + 2 * HOUR) == HOUR
    assert rules.length(NOW, ends, NOW + timedelta(minutes=7), NOW + 2 * HOUR) == timedelta(minutes=7)
