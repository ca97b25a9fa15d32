"""Acts on many requests: alone up to the number of one's role, above it with a reason and a second person."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.choices import ManyKind
from citydesk.contact.service_requests.models import BulkProposal
from citydesk.contact.service_requests.queries import approvals
from citydesk.contact.service_requests.rules import many
from citydesk.contact.service_requests.tests.factories import MORNING, ServiceRequest, load_city, make_request, staff
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.models import AuditEntry

CLOSE = {"reason": "no_action", "text": "", "note": "Storm is over"}


def test_the_number_is_the_roles_own_and_the_houses_where_none_is_named():
    assert not many.needs_second(100, {"bulk": "100"}) and many.needs_second(101, {"bulk": "100"})
    assert not many.needs_second(50, {}) and many.needs_second(51, {})
    assert many.needs_second(5001, {}, "export")


@given(st.integers(0, 2000), st.integers(0, 1000))
def test_one_more_than_the_number_needs_a_second_person_and_never_less(count, most):
    assert many.needs_second(count, {"bulk": str(most)}) == (count > most)


@pytest.fixture
def office(db):
    load_city()
    rows = [make_request("pothole") for _ in range(3)]
    ann, ben = staff("ann"), staff("ben")
    return [row.pk for row in rows], replace(ann, limits={"bulk": "2"}), ben


def propose(ids, who, reason="The storm is over", kind=ManyKind.CLOSE, given=CLOSE):
    return services.do_many(kind=kind, request_ids=ids, given=given, reason=reason, access=who, now=MORNING)


def decide(proposal, who, is_approved=True):
    return services.decide_many(proposal_id=proposal, is_approved=is_approved, note="", access=who, now=MORNING)


def closed():
    return ServiceRequest.objects.filter(is_open=False).count()


def test_up_to_the_number_it_is_done_at_once(office):
    ids, ann, _ben = office
    assert propose(ids[:2], ann).result.done == ids[:2]
    assert closed() == 2 and not BulkProposal.objects.exists()


def test_above_it_nothing_is_done_until_somebody_else_approves(office):
    ids, ann, ben = office
    with pytest.raises(Invalid):
        propose(ids, ann, reason=" ")
    waits = propose(ids, ann).proposal_id
    assert closed() == 0 and approvals.count_proposed(ben) == 1 and approvals.count_proposed(ann) == 0
    with pytest.raises(Conflict):
        decide(waits, ann)
    assert closed() == 0
    assert len(decide(waits, ben).done) == 3
    assert closed() == 3
    with pytest.raises(Conflict):
        decide(waits, ben)
    approved = AuditEntry.objects.get(code="service_requests.bulk_approved")
    assert approved.approver_id == ben.actor.staff_id
    done_by = AuditEntry.objects.filter(code="service_requests.closed").values_list("actor_id", flat=True)
    assert set(done_by) == {ann.actor.staff_id}


def test_refused_it_is_never_done_and_stays_on_record(office):
    ids, ann, ben = office
    waits = propose(ids, ann).proposal_id
    assert decide(waits, ben, is_approved=False) is None
    assert closed() == 0 and BulkProposal.objects.get().state == "refused"


def test_the_database_itself_knows_two_people(office):
    ids, ann, _ben = office
    waits = propose(ids, ann).proposal_id
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkProposal.objects.filter(pk=waits).update(decided_by_id=ann.actor.staff_id)


def test_the_second_person_sees_all_of_it(office):
    ids, ann, ben = office
    waits = propose(ids, ann).proposal_id
    blind = replace(ben, permissions=ben.permissions - {"service_requests.view_all"})
    with pytest.raises(NotAllowed):
        decide(waits, blind)
    assert closed() == 0


def test_reassigning_and_joining_wait_too(office):
    ids, ann, ben = office
    team = {"team_id": ServiceRequest.objects.get(pk=ids[0]).team_id, "owner_id": ben.actor.staff_id, "reason": "x"}
    assigned = propose(ids, ann, kind=ManyKind.ASSIGN, given=team).proposal_id
    assert len(decide(assigned, ben).done) == 3
    same = {"main_id": ids[0], "is_same": True, "reason": "One hole"}
    joined = propose(ids, ann, kind=ManyKind.JOIN, given=same).proposal_id
    assert len(decide(joined, ben).done) == 2 and closed() == 2


def test_a_large_file_is_handed_out_when_somebody_else_approved_it(office, monkeypatch):
    monkeypatch.setattr(many, "most_alone", lambda limits, code="bulk": 2)
    ann, ben = (Client() for _ in range(2))
    for client, name in ((ann, "cora"), (ben, "dora")):
        client.force_login(make_user(name, roles=["supervisor"]))
    asked = ann.get("/desk/requests/?show=open&as=csv")
    assert "text/html" in asked["content-type"] and "approval" in asked.content.decode()
    refused = ann.post("/desk/requests/approvals/export/", {"query": "show=open", "form": "csv", "reason": ""})
    assert refused.status_code == 422
    ann.post("/desk/requests/approvals/export/", {"query": "show=open", "form": "csv", "reason": "Audit of roads"})
    row = BulkProposal.objects.get()
    address = f"/desk/requests/approvals/{row.pk}/file/"
    assert ann.get(address).status_code == 404
    assert "Audit of roads" in ben.get("/desk/requests/approvals/").content.decode()
    ann.post("/desk/requests/approvals/", {"proposal": row.pk, "decision": "approve"})
    assert BulkProposal.objects.get().state == "proposed"
    ben.post("/desk/requests/approvals/", {"proposal": row.pk, "decision": "approve"})
    assert b"".join(ann.get(address)).count(b"Pothole") >= 3
    assert ben.get(address).status_code == 404


def test_an_export_lasts_a_day(office):
    _ids, ann, _ben = office
    with pytest.raises(NotFound):
        approvals.get_export(ann, 1, now=MORNING)
