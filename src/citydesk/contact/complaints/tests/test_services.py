"""A complaint from its request to the appeal's letter: who may do what, what stays, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError, ProgrammingError

from citydesk.city.correspondence import queries as correspondence
from citydesk.contact.complaints import queries, services
from citydesk.contact.complaints.models import Approval, Complaint, LogEntry, Offer
from citydesk.contact.complaints.queries import records
from citydesk.contact.complaints.services import NewOffer
from citydesk.contact.complaints.tests import factories
from citydesk.contact.complaints.tests.factories import DAY, HOUR, TO, act, fresh
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests.services import Person
from citydesk.contact.service_requests.tests.factories import MORNING, make_request, staff
from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.kernel.exports import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


def codes(row) -> list[str]:
    lines = reversed(history_of("complaints.complaint", row.pk))
    return [one.code.removeprefix("complaints.") for one in lines if one.code.startswith("complaints.")]


def letters(row) -> list[tuple[str, str]]:
    found = [correspondence.get_sealed(one.message_id) for one in row.letters.order_by("pk")]
    return [(one["state"], one["channel"]) for one in found]


def sees(access, row) -> bool:
    try:
        queries.id_of(access, row.number)
    except NotFound:
        return False
    return True


def test_from_the_request_to_the_appeals_letter(who):
    row = factories.mailed(who)
    assert (row.state, row.outcome, row.letter_state) == ("decided", "settled", "mailed")
    act(row, services.receive_appeal, who.emil, MORNING + DAY, words="It is too little", came_at=MORNING + DAY)
    row = fresh(row)
    assert (row.state, row.appeal_due_at) == ("appealed", fresh(row).appeal_due_at)
    act(row, services.decide_appeal, who.judge, MORNING + 2 * DAY, outcome="changed", words="More", letter_to=TO)
    with pytest.raises(NotAllowed):
        act(row, services.approve_letter, who.judge, MORNING + 2 * DAY)
    # Who agreed to the first letter does not agree to the one about the appeal; nor does the database take it.
    with pytest.raises(NotAllowed, match="answered for the first decision"):
        act(row, services.approve_letter, who.small, MORNING + 2 * DAY)
    seen = queries.get_complaint(who.small, row.number, now=MORNING + 2 * DAY)
    assert seen.why_not == "first_decision" and "approve_letter" not in seen.moves
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=row.pk).update(appeal_letter_approved_by_id=who.small.actor.staff_id)
    act(row, services.approve_letter, who.big, MORNING + 2 * DAY)
    act(row, services.print_letter, who.emil, MORNING + 2 * DAY)
    act(row, services.mail_letter, who.emil, MORNING + 2 * DAY)
    with pytest.raises(Invalid, match="not done yet"):
        act(row, services.close, who.vera, MORNING + 3 * DAY)
    for offer in Offer.objects.filter(plan__complaint=row):
        act(row, services.keep_offer, who.vera, MORNING + 3 * DAY, offer_id=offer.pk)
    act(row, services.close, who.vera, MORNING + 3 * DAY)
    row = fresh(row)
    assert (row.state, row.is_open, row.appeal_outcome) == ("closed", False, "changed")
    assert codes(row) == [
        "opened", "taken_up", "planned", "submitted", "plan_approved", "offered", "accepted", "decided",
        "letter_approved", "letter_printed", "letter_mailed", "appealed", "appeal_decided", "letter_approved",
        "letter_printed", "letter_mailed", "offer_kept", "offer_kept", "closed",
    ]  # fmt: skip
    assert letters(row) == [("sent", "letter")] * 2


def test_a_complaint_begins_with_the_requests_words_and_day_and_hides_the_request(who):
    reporter = Person("Ana Ruiz", "email", "ana@example.org")
    request = make_request("pothole", description="They laughed at me", reporter=reporter)
    outsider = staff("outsider", "representative")
    now = MORNING + 3 * DAY
    complaint_id, number = services.open_complaint(
        request_number=request.number, class_code="conduct", language="es", access=who.opener, now=now
    )
    row = Complaint.objects.get(pk=complaint_id)
    assert (row.told, row.language, row.received_at, number[:3]) == ("They laughed at me", "es", MORNING, "CP-")
    # Ten working days after Tuesday 24 November; Thanksgiving is none of them.
    assert row.due_at.isoformat() == "2026-12-09T22:00:00+00:00"
    request.refresh_from_db()
    assert request.is_confidential and request.customer_id is None and request.identity_handle
    assert not requests.ids_in_sight(outsider).filter(pk=request.pk).exists()
    # A class that does not restrict leaves the request as it is.
    plain = make_request("pothole")
    services.open_complaint(request_number=plain.number, class_code="service_failure", access=who.opener, now=MORNING)
    plain.refresh_from_db()
    assert not plain.is_confidential


def test_one_request_has_one_open_complaint(who):
    row = factories.opened(who)
    given = {"request_number": row.request_number, "class_code": "conduct", "access": who.opener, "now": MORNING}
    with pytest.raises(Conflict):
        services.open_complaint(**given)
    act(row, services.withdraw, who.vera, reason="By phone: it is settled for me")
    assert services.open_complaint(**given)[0] != row.pk
    with pytest.raises(NotFound):
        services.open_complaint(**{**given, "class_code": "nothing"})


def test_who_sees_a_complaint(who):
    row = factories.opened(who)
    worker = staff("worker", "department_lead", "public_works")
    supervisor, officer = staff("chief", "supervisor"), staff("officer", "records_officer")
    assert sees(who.vera, row) and sees(who.opener, row) and sees(officer, row)
    assert not any(sees(one, row) for one in (worker, supervisor, who.small, who.big))
    assert [one["number"] for one in queries.of_request(who.vera, row.request_number)] == [row.number]
    act(row, services.take_up, who.vera)
    act(row, services.propose_plan, who.vera, summary="Credit", offers=factories.credit())
    assert not sees(who.big, row)
    act(row, services.submit_plan, who.vera)
    assert sees(who.big, row) and not sees(supervisor, row)


def test_only_the_handling_team_works_on_it(who):
    row = factories.opened(who)
    lead = staff("lead", "department_lead", "desk_311")  # sees the request, is not of the team
    assert sees(lead, row)
    with pytest.raises(NotAllowed):
        act(row, services.take_up, lead)
    with pytest.raises(NotAllowed):
        act(row, services.take_up, who.opener)


def test_nobody_approves_their_own_plan_whatever_their_duties(who):
    both = factories.person("both", ["investigator", "supervisor"], "complaints_office")
    joined = factories.person("joined", ["investigator", "director"], "complaints_office")
    board = {"team_ids": both.team_ids | who.big.team_ids}
    both = type(both)(both.actor, both.permissions, board["team_ids"], both.department_ids, both.roles, both.limits)
    row = factories.opened(who)
    act(row, services.take_up, both)
    act(row, services.propose_plan, both, summary="Credit", offers=factories.credit())
    act(row, services.submit_plan, both)
    with pytest.raises(NotAllowed, match="your own act"):
        act(row, services.approve_plan, both)
    # Who may approve complaints elsewhere, but is not on this class's board, does not either.
    with pytest.raises(NotAllowed, match="Those who approve"):
        act(row, services.approve_plan, joined)
    act(row, services.approve_plan, who.small)
    assert fresh(row).state == "approved"


def test_two_must_agree_above_the_sum_and_one_must_have_the_authority(who):
    row = factories.submitted(who, amount="400.00")
    second = factories.person("second", ["small"], "complaints_board")
    assert act(row, services.approve_plan, who.small) == "one_more"
    with pytest.raises(NotAllowed, match="agreed already"):
        act(row, services.approve_plan, who.small)
    assert act(row, services.approve_plan, second) == "higher"
    assert fresh(row).state == "awaiting_approval"
    assert act(row, services.approve_plan, who.big) == "stands"
    assert fresh(row).state == "approved"
    assert Approval.objects.filter(plan__complaint=row, is_yes=True).count() == 3
    assert Approval.objects.first().limits["complaint_credit"] == "250.00"


def test_a_refused_plan_comes_back_with_its_reason_and_stays(who):
    row = factories.submitted(who)
    with pytest.raises(Invalid):
        act(row, services.send_plan_back, who.big, reason=" ")
    act(row, services.send_plan_back, who.big, reason="No credit for conduct")
    row = fresh(row)
    assert row.state == "plan_proposed"
    with pytest.raises(Conflict, match="propose one first"):
        act(row, services.submit_plan, who.vera)
    act(row, services.propose_plan, who.vera, summary="Apology", offers=[NewOffer("apology", "A letter")])
    act(row, services.submit_plan, who.vera)
    assert [one.state for one in row.plans.all()] == ["sent_back", "submitted"]
    assert history_of("complaints.complaint", row.pk)[2].reason == "No credit for conduct"


@pytest.mark.parametrize(
    "offers",
    [
        [],
        [NewOffer("credit", "Nothing", Decimal(0))],
        [NewOffer("credit", "No amount")],
        [NewOffer("apology", "With money", Decimal(5))],
        [NewOffer("gift", "A ham")],
        [NewOffer("work", " ")],
        [NewOffer("work", "One of too many")] * 13,
    ],
)
def test_offers_that_do_not_hold_are_refused(who, offers):
    row = factories.opened(who)
    act(row, services.take_up, who.vera)
    with pytest.raises(Invalid):
        act(row, services.propose_plan, who.vera, summary="Plan", offers=offers)


def test_a_refused_offer_leads_to_another_plan_or_a_decision(who):
    row = factories.submitted(who)
    act(row, services.approve_plan, who.small)
    act(row, services.make_offer, who.vera, words="By phone", happened_at=MORNING)
    act(row, services.write_log, who.vera, kind="counter_offer", words="300", amount=Decimal(300), happened_at=MORNING)
    act(row, services.refuse, who.vera, words="Not enough", happened_at=MORNING)
    with pytest.raises(Invalid, match="accepted an offer"):
        act(row, services.decide, who.vera, decision=factories.decision("settled"))
    act(row, services.propose_plan, who.vera, summary="More", offers=factories.credit("200.00"))
    assert fresh(row).state == "plan_proposed"
    assert [one.kind for one in row.log.all()] == ["offer", "counter_offer", "refused"]


def test_the_log_is_written_once_and_never_for_the_future(who):
    row = factories.accepted(who)
    with pytest.raises(Invalid, match="future"):
        act(row, services.write_log, who.vera, kind="contact", words="Later", happened_at=MORNING + HOUR)
    with pytest.raises(Invalid):
        act(row, services.write_log, who.vera, kind="accepted", words="Not so", happened_at=MORNING)
    for wrong in (lambda: LogEntry.objects.update(words="else"), lambda: LogEntry.objects.all().delete()):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            wrong()


def test_a_letter_is_held_until_somebody_else_approves_it(who):
    row = factories.accepted(who)
    act(row, services.decide, who.vera, decision=factories.decision())
    assert letters(row) == [("held", "letter")]
    with pytest.raises(Conflict):
        act(row, services.print_letter, who.vera)
    with pytest.raises(NotAllowed):
        act(row, services.approve_letter, who.vera)
    assert queries.public_words(request_number=row.request_number, now=MORNING).code == "in_review"
    act(row, services.send_letter_back, who.small, reason="Name the day")
    assert letters(row) == [("stopped", "letter")]
    act(row, services.rewrite, who.vera, words="On Friday he was spoken to.", letter_to=TO)
    act(row, services.approve_letter, who.small)
    assert [state for state, _channel in letters(row)] == ["stopped", "queued"]
    with pytest.raises(Conflict, match="Print"):
        act(row, services.mail_letter, who.vera)
    assert queries.public_words(request_number=row.request_number, now=MORNING).code == "letter_ready"
    act(row, services.print_letter, who.vera)
    act(row, services.mail_letter, who.vera)
    told = queries.public_words(request_number=row.request_number, now=MORNING)
    assert (told.code, told.appeal_until.isoformat()) == ("letter_mailed", "2026-12-02T22:00:00+00:00")


def test_it_answers_a_records_request_of_those_alone_who_see_it(who):
    row = factories.mailed(who)
    asked = Wanted("shouted")
    assert [one.number for one in records.find_records(who.vera, asked)] == [row.number]
    assert records.find_records(who.vera, Wanted("director"))[0].is_confidential
    # Nothing of it stands in the line, and who complained is not found by their file.
    assert "shouted" not in str(records.find_records(who.vera, Wanted(row.request_number)))
    assert records.records_of_people(who.vera, [1]) == []
    clerk = staff("clerk", "representative")
    assert records.find_records(clerk, asked) == []
    with pytest.raises(NotFound):
        records.read_record(clerk, row.pk)
    read = records.read_record(who.vera, row.pk)
    classes = {one.code.partition(".")[0]: one.data_class for one in read.fields}
    assert {classes[one] for one in ("told", "plan", "log", "decision", "letter_to", "class")} == {"confidential"}
    assert "The driver shouted at me" in {one.text for one in read.fields}


def test_an_appeal_comes_in_time_once_and_goes_to_others(who):
    row = factories.mailed(who)
    late = row.appeal_until + timedelta(seconds=1)
    with pytest.raises(Conflict, match="is over"):
        act(row, services.receive_appeal, who.vera, late, words="No", came_at=late)
    # It came in time and is written down a day late.
    act(row, services.receive_appeal, who.vera, late + DAY, words="No", came_at=row.appeal_until)
    assert sees(who.judge, row)
    for part in (who.vera, who.big, who.small):
        with pytest.raises(NotAllowed):
            act(row, services.decide_appeal, part, late + DAY, outcome="confirmed", words="So be it", letter_to=TO)
    act(row, services.decide_appeal, who.judge, late + DAY, outcome="confirmed", words="So be it", letter_to=TO)
    act(row, services.approve_letter, who.big, late + DAY)
    act(row, services.print_letter, who.vera, late + DAY)
    act(row, services.mail_letter, who.vera, late + DAY)
    act(row, services.close, who.vera, late + DAY, reason="The credit is on the next bill")
    with pytest.raises(Conflict, match="before"):
        act(row, services.receive_appeal, who.vera, late + DAY, words="Again", came_at=row.appeal_until)


def test_the_database_itself_refuses_an_appeal_decided_by_the_first_decider(who):
    row = factories.mailed(who)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=row.pk).update(appeal_decided_by_id=row.decided_by_id)


def test_a_stale_page_is_told_so(who):
    row = factories.opened(who)
    act(row, services.take_up, who.vera, version=row.version)
    with pytest.raises(StaleVersion):
        act(row, services.hand_over, who.emil, version=row.version, handler_id=who.emil.actor.id, reason="Away")
    act(row, services.hand_over, who.emil, handler_id=who.emil.actor.id, reason="Vera is away")
    assert fresh(row).handler_id == who.emil.actor.id
    with pytest.raises(Invalid):
        act(row, services.hand_over, who.emil, handler_id=who.big.actor.id, reason="Why not")


def test_the_history_names_acts_and_never_words_or_amounts(who):
    row = factories.mailed(who, description="CNRY-told-11")
    written = str([(one.sentence, one.before, one.after) for one in history_of("complaints.complaint", row.pk)])
    assert not [word for word in ("CNRY", "Two months", "100.00", "She agrees", "spoken to", "Ana") if word in written]
