"""A changed class or calendar: open requests move after a preview, two people and a reason; the promise stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from citydesk.city.profile.tests.factories import CALENDARS
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.models import RecomputeProposal, RequestClock, RequestFact, ServiceRequest
from citydesk.contact.service_requests.queries.recomputes import changed_since
from citydesk.contact.service_requests.tests.factories import CITY, HOUR, MORNING, everything, load_city, make_request
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
# Wednesday, a day after the requests came in: five days became two, Friday is closed.
LATER = MORNING + timedelta(days=1)
CLASSES = (CITY / "sla.toml").read_text().replace("days = 5", "days = 2")
HOURS = CALENDARS.replace('friday = "08:00-12:00, 13:00-17:00"\n', "")


def again(row: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=row.pk)


@pytest.fixture
def two(db):
    """Two supervisors: one proposes, the other decides."""
    load_city()
    return access_of(make_user("pam", roles=["supervisor"])), access_of(make_user("lou", roles=["supervisor"]))


def apply(proposal: int) -> int:
    return services.apply_recompute(proposal_id=proposal, actor=SYSTEM, now=LATER)


def test_open_requests_move_after_preview_reason_and_a_second_person(two):
    pam, lou = two
    boss = everything()
    moved, same, closed = make_request("pothole"), make_request("tree_down"), make_request("pothole")
    held = make_request("pothole")
    for row in (moved, held):
        services.take_it(request_id=row.pk, access=boss, now=MORNING)
    services.hold(request_id=held.pk, reason="weather", review_at=MORNING + timedelta(days=2), access=boss, now=MORNING)
    services.close(request_id=closed.pk, reason="done", text="Done.", access=boss, now=MORNING + HOUR)
    moved, held = again(moved), again(held)
    was_closed = list(RequestClock.objects.filter(request=closed).order_by("id").values())
    load_city({"sla.toml": CLASSES}, now=LATER)

    # By itself nothing moves; the supervisor's page says that something changed.
    assert again(moved).due_at == moved.due_at
    assert str(changed_since(pam, now=LATER)) == "2026-11-25"
    figures, shifts = services.preview(scope={}, now=LATER)
    assert figures["looked_at"] == 3 and figures["earlier"] == 2 and figures["same"] == 1
    assert {one.number for one in shifts} == {moved.number, held.number}

    with pytest.raises(Invalid) as refused:
        services.propose_recompute(reason=" ", scope={}, access=pam, now=LATER)
    assert refused.value.field == "reason"
    proposal = services.propose_recompute(reason="Council halved the time", scope={}, access=pam, now=LATER)
    assert changed_since(pam, now=LATER) is None
    with pytest.raises(Conflict):
        services.decide_recompute(proposal_id=proposal, is_approved=True, access=pam, now=LATER)
    with pytest.raises(Conflict):
        apply(proposal)
    services.decide_recompute(proposal_id=proposal, is_approved=True, access=lou, now=LATER)
    with pytest.raises(Conflict):
        services.decide_recompute(proposal_id=proposal, is_approved=False, access=lou, now=LATER)

    assert apply(proposal) == 2
    after = again(moved)
    # Two open days after Tuesday: Wednesday and Friday, for Thursday is Thanksgiving.
    assert after.due_at == MORNING.replace(hour=22, minute=0) + timedelta(days=3)
    assert after.promised_at == moved.promised_at > after.due_at
    assert again(same).due_at == same.due_at
    assert list(RequestClock.objects.filter(request=closed).order_by("id").values()) == was_closed
    assert apply(proposal) == 0
    line = next(one for one in history_of("service_requests.request", moved.pk) if one.code.endswith("recomputed"))
    assert line.reason == "Council halved the time" and line.after["promised"] == moved.promised_at.isoformat()
    services.refresh_request_facts(now=LATER)
    fact = RequestFact.objects.get(request_id=moved.pk)
    assert (fact.due_at, fact.promised_at) == (after.due_at, moved.promised_at)


def test_what_was_approved_is_what_was_previewed(two):
    pam, lou = two
    make_request("pothole")
    load_city({"sla.toml": CLASSES}, now=LATER)
    proposal = services.propose_recompute(reason="Council", scope={"sla": ["standard"]}, access=pam, now=LATER)
    load_city({"sla.toml": CLASSES, "calendars.toml": HOURS}, now=LATER)
    with pytest.raises(Conflict, match="changed since"):
        services.decide_recompute(proposal_id=proposal, is_approved=True, access=lou, now=LATER)
    services.decide_recompute(proposal_id=proposal, is_approved=False, note="Ask again", access=lou, now=LATER)
    assert queries.get_proposal(pam, proposal)["state"] == "refused"
    with pytest.raises(NotAllowed):
        services.propose_recompute(reason="x", scope={}, access=access_of(make_user("bo", roles=["crew"])), now=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecomputeProposal.objects.filter(pk=proposal).update(decided_by_id=pam.actor.staff_id)


def test_a_closed_friday_moves_what_was_due_then_and_no_closed_request(two):
    pam, lou = two
    row, other = make_request("tree_down"), make_request("pothole")
    load_city({"calendars.toml": HOURS}, now=LATER)
    clear = RequestClock.objects.get(request=row, target="clear")
    figures, _shifts = services.preview(scope={}, now=LATER)
    proposal = services.propose_recompute(reason="Closed on Fridays", scope={}, access=pam, now=LATER)
    services.decide_recompute(proposal_id=proposal, is_approved=True, access=lou, now=LATER)
    services.close(request_id=other.pk, reason="done", text="Done.", access=everything(), now=LATER)
    run_jobs(only={"service_requests.apply_recompute"})
    assert again(other).due_at == other.due_at
    # The target that is not due first moves too, although the request's own due time stays.
    assert again(row).due_at == row.due_at
    assert RequestClock.objects.get(pk=clear.pk).due_at == clear.due_at + timedelta(days=1)
    assert figures == {"looked_at": 2, "targets": 2}


def test_the_pages_lead_from_the_notice_to_the_approval(client):
    now = utc_now()
    load_city(now=now - timedelta(days=2))
    row = make_request("pothole", now=now - timedelta(days=2))
    load_city({"sla.toml": CLASSES}, now=now)
    pam, lou = (make_user(name, roles=["supervisor"]) for name in ("ann", "kim"))
    client.force_login(pam)
    address = reverse("service_requests:recomputes")
    assert address in client.get(reverse("service_requests:catalog")).content.decode()
    shown = client.get(address).content.decode()
    assert row.number in shown and "Told, stays" in shown
    assert client.post(address, {"reason": ""}).status_code == 422
    made = client.post(address, {"reason": "Council"})
    assert "Somebody else must approve it." in client.get(made.url).content.decode()
    client.force_login(lou)
    assert "New due times wait for a second person" in client.get("/desk/").content.decode()
    assert client.post(made.url, {"decision": "approve"}).status_code == 302
    assert "Approved by" in client.get(made.url).content.decode()
    assert client.post(made.url, {"decision": "approve"}).status_code == 409
