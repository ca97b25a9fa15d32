"""One request with everything a bad year leaves on it: referred, complained of, with papers and letters; then gone."""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from citydesk.city.correspondence import services as correspondence
from citydesk.contact.complaints import services as complaints
from citydesk.contact.complaints.tests import factories as complained
from citydesk.contact.referrals import queries as referral_queries
from citydesk.contact.referrals import services as referrals
from citydesk.contact.referrals.tests import factories as referred
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel import files
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS, Access
from citydesk.kernel.errors import Invalid
from citydesk.kernel.files.inspection import DOCUMENTS
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.sealer import seal_entries, verify_audit
from citydesk.management.records import queries, services
from citydesk.management.records.choices import DisposalState
from citydesk.management.records.models import DisposalItem, RecordsRequest, RetentionCandidate
from citydesk.management.records.tests.factories import (
    LONG_AGO,
    NOW,
    boss,
    load_city_with_schedule,
    officer,
    picture,
)
from citydesk.management.records.tests.test_disposals import REQUESTS, proposed, signed, tables_with
from citydesk.management.records.tests.test_productions import docx

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "CNRYwhole2290"
HOUR = timedelta(hours=1)


def upload(content, name, **more):
    return files.store_upload(
        content, purpose="service_requests.file", name=name, actor=SYSTEM, now=LONG_AGO, **more
    ).pk


def the_request(who):
    """A closed request: a photo, a Word document, a referral that was answered with a file, a closed complaint."""
    row = make_request("pothole", now=LONG_AGO, description=f"It says {WORD}")
    add = {"request_id": row.pk, "access": SYSTEM_ACCESS, "now": LONG_AGO}
    requests.add_file(file_id=upload(picture(), f"{WORD}.png"), **add)
    paper = upload(docx(f"Dear city {WORD}"), f"{WORD}.docx", allowed=DOCUMENTS)
    requests.add_file(file_id=paper, is_photo=False, **add)
    files.index_words(file_id=paper)
    number = referrals.send_referral(
        request_number=row.number, agency_code="roads", text=f"Look at {WORD}", access=who.opener, now=LONG_AGO
    )
    secret = referrals.make_webhook(
        name="Works",
        url="https://hooks.example.org/",
        events=["service_requests.RequestRecorded"],
        scope=referrals.Scope(shares=["words"], agreement="MoU 7"),
        access=Access(who.opener.actor, frozenset({"referrals.connect"})),
        now=LONG_AGO,
    )
    told = {"request_id": row.pk, "number": row.number}
    referrals.queue_event(
        event="service_requests.RequestRecorded", event_id="e1", payload=told, happened_at=LONG_AGO, now=LONG_AGO
    )
    link = token_of(number)
    answer = ContentFile(picture("blue"), name=f"{WORD}-proof.png")
    referrals.answer_by_link(
        token=link,
        answer="done",
        name="Pat Doe",
        text=f"Seen {WORD}",
        files=[answer],
        key="a1",
        now=LONG_AGO + HOUR,
    )
    referrals.report_violation(
        agency_code="roads",
        title="Oil",
        text="A slick",
        happened_on=LONG_AGO.date(),
        request_number=row.number,
        access=Access(boss().actor, boss().permissions | {"referrals.report", "referrals.view"}),
        now=LONG_AGO,
    )
    complaint_id, _number = complaints.open_complaint(
        request_number=row.number, class_code="service_failure", access=who.opener, now=LONG_AGO
    )
    settle(complaint_id, who)
    correspondence.send(
        template="acknowledged",
        language="en",
        channel="email",
        to=f"{WORD.lower()}@example.org",
        fields={"number": row.number, "name": WORD},
        about=correspondence.About(REQUESTS, row.pk, row.number),
        key="ack",
        actor=SYSTEM,
        now=LONG_AGO,
    )
    requests.close(request_id=row.pk, reason="done", text=f"Settled, {WORD}", access=boss(), now=LONG_AGO + HOUR)
    row.refresh_from_db()
    assert secret and row.closed_at
    return row


def token_of(number):
    """The token of a referral's link, as its page shows it."""
    page = referral_queries.get_referral(
        Access(boss().actor, boss().permissions | {"referrals.view"}), number, now=LONG_AGO
    )
    return page.link.removeprefix("/refer/").rstrip("/")


def settle(complaint_id, who):
    """A complaint to its letter and its end, every text with the word."""
    common = {"complaint_id": complaint_id, "now": LONG_AGO}
    apology = complaints.NewOffer("apology", f"A letter to {WORD}")
    complaints.take_up(**common, access=who.vera)
    complaints.propose_plan(**common, access=who.vera, summary=f"Credit for {WORD}", offers=[apology])
    complaints.submit_plan(**common, access=who.vera)
    complaints.approve_plan(**common, access=who.big)
    complaints.make_offer(**common, access=who.vera, words=f"Told {WORD}", happened_at=LONG_AGO)
    complaints.accept(**common, access=who.vera, words="Agreed", happened_at=LONG_AGO)
    complaints.decide(**common, access=who.vera, decision=complained.decision(words=f"Sorry, {WORD}"))
    complaints.approve_letter(**common, access=who.small)
    complaints.print_letter(**common, access=who.vera)
    complaints.mail_letter(**common, access=who.vera)
    complaints.close(**common, access=who.vera, reason=f"Done with {WORD}")


def acts_saying(word):
    """What of the history still says a word, for whoever reads the failure."""
    return [
        (one.code, one.object_type, one.object_label)
        for one in AuditEntry.objects.all()
        if word.lower() in f"{one.before} {one.after} {one.reason} {one.object_label} {one.actor_label}".lower()
    ]


@pytest.fixture
def row(db):
    extra = {**complained.extra(), **referred.extra()}
    load_city_with_schedule(extra=extra)
    return the_request(complained.people())


def test_a_request_with_everything_on_it_waits_for_what_is_open_and_then_leaves_without_a_trace(row):
    seal_entries(now=NOW)
    places = set(tables_with(WORD))
    assert {
        "referrals_referral", "referrals_referralentry", "referrals_delivery", "complaints_complaint",
        "complaints_logentry", "correspondence_message", "kernel_storedfile", "kernel_auditentry",
    } <= places, places  # fmt: skip
    head = verify_audit()

    # Somebody asks for public records: while they wait for the answer nothing of it goes.
    rosa = officer("rosa")
    asked = services.take_request(asked=services.Asked("Everything", "phone"), actor=rosa.actor, now=NOW)
    services.search_records(number=asked.number, text=WORD, access=rosa, now=NOW)
    services.find_candidates(now=NOW)
    assert RetentionCandidate.objects.filter(kind=REQUESTS, object_id=row.pk).exists()
    with pytest.raises(Invalid):
        services.propose_disposal(kind=REQUESTS, reason="Yearly", access=rosa, now=NOW)
    services.decide_records(
        number=asked.number,
        record_ids=[one.pk for one in queries.get_request(rosa, asked.number).records.all()],
        state="unrelated",
        access=rosa,
        now=NOW,
    )
    # The violation that was reported of it is not closed: the request stays whole, and the certificate says why.
    kept = signed(proposed())
    assert (kept.destroyed_count, kept.kept_count) == (0, 1)
    assert "referrals_violation" in kept.items.get().why
    assert set(tables_with(WORD)) >= {"referrals_referral", "complaints_complaint"}
    access = Access(boss().actor, boss().permissions | {"referrals.report", "referrals.view"})
    violation = referral_queries.violations_in_sight(access).get()
    referrals.follow_violation(
        violation_id=violation.pk,
        state="closed",
        outcome="corrected",
        outcome_on=LONG_AGO.date(),
        access=access,
        now=NOW,
    )
    done = signed(proposed())
    assert (done.state, done.destroyed_count, done.kept_count) == (DisposalState.DONE, 1, 0), list(
        DisposalItem.objects.filter(disposal=done).values_list("state", "why")
    )
    # What the records room itself remembers of the search goes with its request.
    services.close_request(number=asked.number, reason="none_found", answer="", access=rosa, now=NOW)
    RecordsRequest.objects.update(closed_at=LONG_AGO)
    gone = signed(proposed("records.request"))
    assert gone.destroyed_count == 1
    assert tables_with(WORD) == [], acts_saying(WORD)
    # The violation is a record of its own: it stays for its own period and has forgotten the request.
    violation.refresh_from_db()
    assert violation.request_id is None
    assert done.rows["referrals_referral"] == 1 and done.rows["complaints_complaint"] == 1
    assert done.rows["referrals_delivery"] == 1 and done.files_gone >= 3
    seal_entries(now=NOW)
    assert verify_audit(head_id=head.head_id, head=head.head).bad_id is None
    assert WORD not in json.dumps(done.rows)
    # By its own series, of seven years, the violation leaves, too.
    violation.outcome_on = LONG_AGO.date() - timedelta(days=4 * 366)
    violation.save()
    assert signed(proposed("referrals.violation")).destroyed_count == 1
