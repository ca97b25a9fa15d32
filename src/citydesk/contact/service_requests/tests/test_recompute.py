"""A changed class or calendar: open requests move after a preview, two people and a reason; the promise stays."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from citydesk.city.profile.tests.factories import CALENDARS
from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.service_requests import choices, queries, services
from citydesk.contact.service_requests.models import RecomputeProposal, RequestClock, RequestFact, ServiceRequest
from citydesk.contact.service_requests.queries.recomputes import changed_since, list_sample
from citydesk.contact.service_requests.services import recompute as proposing
from citydesk.contact.service_requests.services import recomputing
from citydesk.contact.service_requests.tests.factories import CITY, HOUR, MORNING, everything, load_city, make_request
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor, ActorKind
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


def work(proposal: int) -> RecomputeProposal:
    """What the worker makes of a proposal."""
    services.work_recompute(proposal_id=proposal, clock=lambda: LATER)
    return RecomputeProposal.objects.get(pk=proposal)


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
    assert work(proposal).applied_count == 0
    services.decide_recompute(proposal_id=proposal, is_approved=True, access=lou, now=LATER)
    with pytest.raises(Conflict):
        services.decide_recompute(proposal_id=proposal, is_approved=False, access=lou, now=LATER)

    done = work(proposal)
    assert (done.state, done.applied_count, done.looked_at) == ("applied", 2, 3)
    assert done.result == {"looked_at": 3, "earlier": 2, "same": 1, "promises_kept": 2}
    after = again(moved)
    # Two open days after Tuesday: Wednesday and Friday, for Thursday is Thanksgiving.
    assert after.due_at == MORNING.replace(hour=22, minute=0) + timedelta(days=3)
    assert after.promised_at == moved.promised_at > after.due_at
    assert again(same).due_at == same.due_at
    assert list(RequestClock.objects.filter(request=closed).order_by("id").values()) == was_closed
    assert work(proposal).applied_count == 2 and again(moved).version == after.version
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
    run_jobs(only={"service_requests.work_recompute"})
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


# Many requests: the worker counts and moves them, batch by batch.


@pytest.fixture
def many(two, monkeypatch):
    """A page counts two at once, a batch has two; five requests that halved times move, one that they do not."""
    monkeypatch.setattr(proposing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(services, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(recomputing, "BATCH", 2)
    monkeypatch.setattr(recomputing, "MOVED_AT_ONCE", 2)
    rows = [make_request("pothole") for _each in range(5)] + [make_request("tree_down")]
    boss = everything()
    for row in rows[:5]:
        services.take_it(request_id=row.pk, access=boss, now=MORNING)
    load_city({"sla.toml": CLASSES}, now=LATER)
    return [again(row) for row in rows]


def kill_after(monkeypatch, batches: int) -> None:
    """The worker dies in the middle of the batch after so many: its transaction is lost, what was before stays."""
    real, at = recomputing._go_on, count(1)

    def die(*given):
        real(*given)
        if next(at) > batches:
            raise SystemExit

    monkeypatch.setattr(recomputing, "_go_on", die)


def test_many_are_counted_by_the_worker_and_moved_once_though_it_is_killed(two, many, monkeypatch):
    pam, lou = two
    with pytest.raises(Conflict, match="too many"):
        services.propose_recompute(reason="Council", scope={}, access=pam, now=LATER)
    asked = services.ask_recompute(scope={}, access=pam, now=LATER)
    assert services.ask_recompute(scope={}, access=pam, now=LATER) == asked
    # Nothing is proposed yet: nobody is told, the notice stays.
    assert changed_since(pam, now=LATER) and queries.list_proposals(pam)[0]["state"] == "counting"
    with monkeypatch.context() as dying:
        kill_after(dying, 1)
        with pytest.raises(SystemExit):
            work(asked)
    half = queries.get_proposal(pam, asked)
    assert (half["state"], half["looked_at"], half["total"]) == ("counting", 2, 6)
    counted = work(asked)
    assert (counted.state, counted.looked_at) == ("counted", 6)
    assert counted.figures == {"looked_at": 6, "earlier": 5, "same": 1}
    # Requests are named to who may see them: the first one is told in confidence.
    ServiceRequest.objects.filter(pk=many[0].pk).update(is_confidential=True)
    plain = Access(Actor(ActorKind.STAFF, 999), frozenset({choices.RECOMPUTE, choices.VIEW, choices.VIEW_ALL}))
    assert [one["number"] for one in list_sample(plain, queries.get_proposal(plain, asked))] == [
        row.number for row in many[1:5]
    ]
    with pytest.raises(Invalid):
        services.propose_counted(proposal_id=asked, reason=" ", access=pam, now=LATER)
    services.propose_counted(proposal_id=asked, reason="Council", access=pam, now=LATER)
    services.decide_recompute(proposal_id=asked, is_approved=True, note="Seen", access=lou, now=LATER)
    closed = many[3]
    services.close(request_id=closed.pk, reason="done", text="Done.", access=SYSTEM_ACCESS, now=LATER)
    with monkeypatch.context() as dying:
        kill_after(dying, 1)
        with pytest.raises(SystemExit):
            work(asked)
    assert RecomputeProposal.objects.get(pk=asked).applied_count == 2
    done = work(asked)
    assert (done.state, done.applied_count, done.finished_at) == ("applied", 4, LATER)
    assert work(asked).applied_count == 4
    for row in many:
        told = [one for one in history_of("service_requests.request", row.pk) if one.code.endswith("recomputed")]
        assert len(told) == (1 if row in many[:5] and row != closed else 0)
        assert again(row).promised_at == row.promised_at
    assert again(closed).due_at == closed.due_at
    codes = Counter(one.code.rsplit("_", 1)[1] for one in history_of("service_requests.recompute", asked))
    assert codes == {"asked": 1, "counted": 1, "proposed": 1, "approved": 1, "applied": 1}


def test_the_worker_leaves_the_rest_to_a_next_job(two, many):
    asked = services.ask_recompute(scope={}, access=two[0], now=LATER)
    seconds = count(0, 6)
    services.work_recompute(proposal_id=asked, clock=lambda: LATER + timedelta(seconds=next(seconds)))
    half = RecomputeProposal.objects.get(pk=asked)
    assert half.state == "counting" and 0 < half.looked_at < 6
    run_jobs(only={"service_requests.work_recompute"})
    assert RecomputeProposal.objects.get(pk=asked).looked_at == 6


def test_who_stops_it_or_changes_the_hours_meanwhile_is_heard_before_the_next_batch(two, many):
    pam, lou = two
    asked = services.ask_recompute(scope={}, access=pam, now=LATER)
    services.stop_recompute(proposal_id=asked, access=lou, now=LATER)
    assert work(asked).looked_at == 0
    with pytest.raises(Conflict):
        services.stop_recompute(proposal_id=asked, access=lou, now=LATER)
    with pytest.raises(Conflict):
        services.propose_counted(proposal_id=asked, reason="Council", access=pam, now=LATER)
    other = services.ask_recompute(scope={}, access=pam, now=LATER)
    assert other != asked
    work(other)
    services.propose_counted(proposal_id=other, reason="Council", access=pam, now=LATER)
    with pytest.raises(Conflict):
        services.stop_recompute(proposal_id=other, access=lou, now=LATER)
    services.decide_recompute(proposal_id=other, is_approved=True, access=lou, now=LATER)
    load_city({"sla.toml": CLASSES, "calendars.toml": HOURS}, now=LATER)
    given_up = work(other)
    assert (given_up.state, given_up.problem, given_up.applied_count) == ("stopped", "changed", 0)


def test_a_request_on_hold_moves_by_the_new_times_alone(two):
    load_city()
    row = make_request("pothole")
    services.hold(
        request_id=row.pk, reason="weather", review_at=MORNING + timedelta(days=2), access=everything(), now=MORNING
    )
    # A day of standing still is not a change of hours or classes.
    figures, _shown = services.preview(scope={}, now=LATER)
    assert figures == {"looked_at": 1, "same": 1}


def test_the_page_shows_how_far_the_worker_is_without_scripts_too(client, monkeypatch):
    now = utc_now()
    monkeypatch.setattr(proposing, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(services, "MOST_AT_ONCE", 1)
    load_city(now=now - timedelta(days=2))
    seen = make_request("pothole", now=now - timedelta(days=2))
    make_request("tree_down", now=now - timedelta(days=2))
    load_city({"sla.toml": CLASSES}, now=now)
    pam, lou = (make_user(name, roles=["supervisor"]) for name in ("ann", "kim"))
    client.force_login(pam)
    address = reverse("service_requests:recomputes")
    first = client.get(address).content.decode()
    assert "Count what would move" in first and seen.number not in first
    made = client.post(address, {"act": "count"})
    waiting = client.get(made.url).content.decode()
    assert "Counting: 0 of about 2" in waiting and "<progress" in waiting and "Look again" in waiting
    asked_again = client.get(made.url, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in asked_again.headers and "<html" not in asked_again.content.decode()
    run_jobs(only={"service_requests.work_recompute"})
    assert client.get(made.url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    counted = client.get(made.url).content.decode()
    assert seen.number in counted and "Drop it" in counted
    assert client.post(made.url, {"decision": "propose", "reason": ""}).status_code == 422
    assert client.post(made.url, {"decision": "propose", "reason": "Council"}).status_code == 302
    client.force_login(lou)
    assert client.post(made.url, {"decision": "approve"}).status_code == 302
    assert "Applying: 0 of about 2" in client.get(made.url).content.decode()
    run_jobs(only={"service_requests.work_recompute"})
    done = client.get(made.url).content.decode()
    assert "What moved" in done and "What was told, kept" in done
    assert client.post(made.url, {"decision": "stop"}).status_code == 409
