"""From the nightly look to the certificate: what is due is found, holds hold, two people sign, nothing is left."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from pypdf import PdfReader

from citydesk.city.customers.tests.factories import make_customer
from citydesk.city.staff.tests.factories import access_of
from citydesk.contact.interactions import queries as interactions_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests.tests.factories import ServiceRequest
from citydesk.kernel import files
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.models import AuditEntry, AuditErasure, Destruction, StoredFile
from citydesk.kernel.sealer import seal_entries, verify_audit
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.records import queries, services
from citydesk.management.records.choices import DisposalState, ItemState
from citydesk.management.records.models import Disposal, DisposalItem, RetentionCandidate
from citydesk.management.records.tests.factories import (
    NOW,
    load_city_with_schedule,
    officer,
    old_contact,
    old_request,
)

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = {"records.destroy_disposal"}
REQUESTS = "service_requests.request"
WORD = "CNRYgone7731"


@pytest.fixture(autouse=True)
def city():
    load_city_with_schedule()


def tables_with(word: str) -> list[str]:
    """Every table of the database in which any column of any row says a word."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            like = f"%{word.lower()}%"
            cursor.execute(f'SELECT count(*) FROM "{table}" AS one WHERE lower(one::text) LIKE %s', [like])
            if cursor.fetchone()[0]:
                found.append(table)
            hexed = f"%{word.encode().hex()}%"
            cursor.execute(f'SELECT count(*) FROM "{table}" AS one WHERE lower(one::text) LIKE %s', [hexed])
            if cursor.fetchone()[0]:
                found.append(f"{table} (bytes)")
    return found


def proposed(kind: str = REQUESTS) -> str:
    services.find_candidates(now=NOW)
    return services.propose_disposal(kind=kind, reason="Yearly", access=officer("rosa"), now=NOW)


def signed(number: str) -> Disposal:
    row = Disposal.objects.get(number=number)
    services.decide_disposal(
        number=number, is_approved=True, digest=row.digest, note="", access=officer("gideon", "director"), now=NOW
    )
    run_jobs(only=JOBS)
    row.refresh_from_db()
    return row


def test_what_is_due_is_found_once_and_from_where_the_last_look_ended():
    old = old_request("First")
    found = services.find_candidates(now=NOW)
    assert found[REQUESTS] == 1
    assert services.find_candidates(now=NOW)[REQUESTS] == 0
    young = old_request("Second", now=NOW - timedelta(days=30))
    assert list(RetentionCandidate.objects.filter(kind=REQUESTS).values_list("label", flat=True)) == [old.number]
    ServiceRequest.objects.filter(pk=old.pk).update(closed_at=NOW - timedelta(days=3))  # closed anew
    services.find_candidates(now=NOW)
    assert not RetentionCandidate.objects.filter(kind=REQUESTS).exists()
    assert young.closed_at


def test_nothing_of_a_destroyed_record_is_found_anywhere_and_the_history_still_verifies():
    row = old_request(WORD)
    old_contact(WORD, row.customer_id)
    seal_entries(now=NOW)
    assert {"service_requests_servicerequest", "kernel_auditentry", "correspondence_message"} <= set(tables_with(WORD))
    stored = StoredFile.objects.get(original_name__contains=WORD)
    path = f"content/{stored.sha256[:2]}/{stored.sha256}"
    assert default_storage.exists(path)
    head = verify_audit()

    for kind in (REQUESTS, "interactions.contact", "customers.customer"):
        done = signed(proposed(kind))
        assert (done.state, done.kept_count) == (DisposalState.DONE, 0), list(
            DisposalItem.objects.filter(disposal=done).values_list("state", "why")
        )
    assert tables_with(WORD) == []
    assert not default_storage.exists(path)
    assert not default_storage.exists(f"{path}.thumb")
    # What is left says that it was destroyed, by whom and why; the chain holds over what was emptied.
    assert AuditErasure.objects.exists()
    seal_entries(now=NOW)
    after = verify_audit(head_id=head.head_id, head=head.head)
    assert after.bad_id is None, after
    assert Destruction.objects.filter(object_type=REQUESTS, object_id=row.id).exists()
    voucher = AuditEntry.objects.get(code="records.destroyed", object_type=REQUESTS)
    assert (voucher.object_label, voucher.approver_id is not None) == (row.number, True)


@pytest.mark.owner
def test_an_emptied_entry_that_nothing_vouches_for_is_found():
    old_request(WORD)
    seal_entries(now=NOW)
    signed(proposed())
    seal_entries(now=NOW)
    assert verify_audit().bad_id is None
    erased = AuditErasure.objects.order_by("entry_id").first()
    with connection.cursor() as cursor:  # as somebody with the database's own rights would
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE kernel_auditentry SET reason = 'x' WHERE id = %s", [erased.entry_id])
        assert verify_audit().bad_id == erased.entry_id
        cursor.execute("UPDATE kernel_auditentry SET reason = '' WHERE id = %s", [erased.entry_id])
        assert verify_audit().bad_id is None
        cursor.execute("UPDATE kernel_auditerasure SET proof = 'none' WHERE entry_id = %s", [erased.entry_id])
        assert verify_audit().bad_id is not None
        cursor.execute("SET session_replication_role = origin")


def test_nothing_held_goes_even_when_the_hold_comes_after_the_signature():
    person = make_customer("Held", "Resident")
    first = old_request("Alpha")
    second = old_request("Beta")
    rosa = officer("rosa")
    hold = services.NewHold("Smith v. City", "Letter of counsel", request_number=first.number)
    services.place_hold(new=hold, access=rosa, now=NOW)
    number = proposed()
    row = Disposal.objects.get(number=number)
    assert list(row.items.values_list("label", flat=True)) == [second.number]
    services.decide_disposal(
        number=number, is_approved=True, digest=row.digest, note="", access=officer("gideon", "director"), now=NOW
    )
    later = services.NewHold("Jones v. City", "Subpoena", customer_id=second.customer_id)
    held = services.place_hold(new=later, access=rosa, now=NOW)
    run_jobs(only=JOBS)
    item = row.items.get()
    assert (item.state, item.why) == (ItemState.KEPT, f"under hold {held}")
    assert ServiceRequest.objects.filter(pk__in=[first.pk, second.pk]).count() == 2
    services.release_hold(number=held, reason="Dismissed", access=rosa, now=NOW)
    assert signed(proposed()).destroyed_count == 1
    assert person.id


def test_nobody_signs_their_own_list_nor_another_list_than_they_saw():
    old_request("Alpha")
    number = proposed()
    row = Disposal.objects.get(number=number)
    both = officer("rosa2")
    with pytest.raises(NotAllowed):
        services.decide_disposal(
            number=number,
            is_approved=True,
            digest=row.digest,
            note="",
            access=_again(row.proposed_by_id),
            now=NOW,
        )
    with pytest.raises(Conflict):
        services.decide_disposal(number=number, is_approved=True, digest="other", note="", access=both, now=NOW)
    with pytest.raises(Invalid):
        services.decide_disposal(number=number, is_approved=False, digest="", note=" ", access=both, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.filter(pk=row.pk).update(decided_by=row.proposed_by_id, state="destroying")
    with pytest.raises(NotAllowed):
        services.propose_disposal(kind=REQUESTS, reason="", access=officer("dana", "representative"), now=NOW)


def _again(user_id: int):
    return access_of(get_user_model().objects.get(pk=user_id))


def test_a_record_that_something_else_needs_stays_whole():
    parent = old_request("Alpha")
    child = old_request("Beta")
    ServiceRequest.objects.filter(pk=child.pk).update(parent=parent, closed_at=NOW - timedelta(days=3))
    done = signed(proposed())
    assert (done.destroyed_count, done.kept_count) == (0, 1)
    assert "still points" in done.items.get().why
    assert parent.notes.exists()


def test_the_certificate_names_series_law_people_counts_and_no_content():
    row = old_request(WORD)
    done = signed(proposed())
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(files.content_of(done.certificate_id))).pages)
    for words in (done.number, "Riverton Records Schedule, item 12.1", "Rosa", "Gideon", row.number, done.digest[:20]):
        assert words in text, words
    assert WORD not in text
    assert done.rows["service_requests_servicerequest"] == 1
    assert done.files_gone == 1
    assert queries.get_disposal(officer("rosa3"), done.number).certificate_id


def test_a_file_that_somebody_else_uses_stays():
    first, second = old_request("Alpha"), old_request("Beta", now=NOW - timedelta(days=30))
    assert signed(proposed()).destroyed_count == 1
    stored = StoredFile.objects.get(original_name__contains="Beta")
    assert default_storage.exists(f"content/{stored.sha256[:2]}/{stored.sha256}")
    assert first.pk != second.pk


def test_raw_input_and_messages_go_by_their_own_series():
    long_ago = NOW - timedelta(days=400)
    raw = interactions.store_raw(source="open311", body=WORD.encode(), content_type="text/plain", now=long_ago)
    interactions.mark_raw(raw_id=raw, state="processed", now=long_ago, result_number="SR-1")
    waiting = interactions.store_raw(source="open311", body=b"waits", content_type="text/plain", now=long_ago)
    done = signed(proposed("interactions.raw"))
    assert done.destroyed_count == 1
    assert interactions_queries.get_raw(raw_id=waiting).body == b"waits"
    assert tables_with(WORD) == []


def test_rows_that_are_only_added_to_stay_protected_outside_of_a_disposal():
    row = old_request("Alpha")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.notes.all().delete()
    done = signed(proposed())
    assert done.destroyed_count == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(code="records.destroyed").delete()
