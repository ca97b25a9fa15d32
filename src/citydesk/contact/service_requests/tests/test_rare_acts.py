"""What is done to a request now and then: refused as spam, referred outside and back, somebody told no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import ClockPause, Follower, Note, Referral, RequestClock, ServiceRequest
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, everything, load_city, make_request
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    load_city()
    return everything()


def again(row: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=row.pk)


def told(row: ServiceRequest) -> list[str]:
    run_jobs(only={"kernel.handle_events"})
    return [one["template_code"] for one in correspondence.list_messages(OBJECT_TYPE, row.pk)]


def test_what_a_brake_holds_is_refused_with_a_reason_and_stays_on_record(boss):
    ana = services.Person("Ana", "email", "ana@example.org")
    row = make_request("pothole", held_reason="links", reporter=ana)
    with pytest.raises(Invalid) as refused:
        services.refuse_held(request_id=row.pk, reason=" ", access=boss, now=MORNING + HOUR)
    assert refused.value.field == "reason"
    services.refuse_held(request_id=row.pk, reason="sells pills", access=boss, now=MORNING + HOUR)
    after = again(row)
    assert (after.state, after.close_reason, after.is_held, after.held_reason) == ("closed", "no_action", True, "links")
    assert list(Note.objects.filter(request=row).values_list("kind", "text")) == [("internal", "sells pills")]
    assert told(row) == []
    for act in (services.release_held, lambda **given: services.refuse_held(reason="again", **given)):
        with pytest.raises(Conflict):
            act(request_id=row.pk, access=boss, now=MORNING + 2 * HOUR)


def test_a_referral_is_accepted_or_comes_back_and_the_clocks_go_on(boss):
    row = make_request("pothole")
    with pytest.raises(Invalid):
        services.refer(request_id=row.pk, to="State DOT", reason="", access=boss, now=MORNING)
    services.hold(request_id=row.pk, reason="weather", review_at=MORNING + timedelta(days=2), access=boss, now=MORNING)
    services.refer(
        request_id=row.pk, to="State DOT", reason="state road", external_number="D-17",
        follow_up_at=MORNING + timedelta(days=3), access=boss, now=MORNING + HOUR,
    )  # fmt: skip
    out = again(row)
    assert (out.state, out.is_open, out.paused_since) == ("referred", True, None)
    assert not ClockPause.objects.filter(request=row, ended_at=None).exists()
    assert not RequestClock.objects.filter(request=row, stopped_at__isnull=False).exists()
    services.referral_back(request_id=row.pk, answer="ours", is_accepted=True, access=boss, now=MORNING + 2 * HOUR)
    assert again(row).state == "referred" and Referral.objects.get(request=row).state == "accepted"
    services.referral_back(request_id=row.pk, answer="yours", is_accepted=False, access=boss, now=MORNING + 3 * HOUR)
    back, referral = again(row), Referral.objects.get(request=row)
    assert (back.state, back.review_at) == ("open", None)
    assert (referral.state, referral.answer, referral.external_number) == ("returned", "yours", "D-17")
    with pytest.raises(Conflict):
        services.referral_back(request_id=row.pk, answer="x", is_accepted=True, access=boss, now=MORNING + 4 * HOUR)


def test_whom_nobody_tells_any_more_gets_nothing_and_their_page_says_so(boss):
    row = make_request("pothole")
    bea = services.Person("Bea", "email", "bea@example.org", "es")
    one = services.follow(request_id=row.pk, person=bea, access=boss, now=MORNING)
    assert services.follow(request_id=row.pk, person=bea, access=boss, now=MORNING) == one
    link = f"/track/{Follower.objects.get(pk=one).token}/"
    assert again(row).follower_count == 1 and Client().get(link).status_code == 200
    services.unfollow(follower_id=one, reason="asked to", access=boss, now=MORNING + HOUR)
    gone = Follower.objects.get(pk=one)
    assert (again(row).follower_count, gone.is_active, gone.end_reason) == (0, False, "asked to")
    assert Client().get(link).status_code in (404, 410)
    before = told(row)
    services.close(request_id=row.pk, reason="done", text="Filled.", access=boss, now=MORNING + 2 * HOUR)
    assert told(row) == before
    with pytest.raises(NotFound):
        services.unfollow(follower_id=999_999, access=boss, now=MORNING)


def test_without_the_right_nobody_is_released_or_unfollowed(boss):
    row = make_request("pothole", held_reason="links")
    clerk = type(boss)(boss.actor, frozenset({"service_requests.view", "service_requests.view_all"}), boss.team_ids)
    for act in (
        lambda: services.release_held(request_id=row.pk, access=clerk, now=MORNING),
        lambda: services.refer(request_id=row.pk, to="X", reason="y", access=clerk, now=MORNING),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_reminder_stands_until_the_owner_does_something_or_the_request_moves(boss):
    row = make_request("pothole")
    clerk = make_user("dana", roles=["supervisor"], teams=[make_team("public_works")])
    other = replace(boss, actor=access_of(clerk).actor)
    services.take_it(request_id=row.pk, access=boss, now=MORNING)
    asked = {"request_id": row.pk, "access": other, "is_nudged": True}
    services.tell_status(**asked, now=MORNING + HOUR)
    services.add_note(request_id=row.pk, text="asked at the counter", access=other, now=MORNING + HOUR)
    assert again(row).nudged_at == MORNING + HOUR
    services.add_note(request_id=row.pk, text="crew comes tomorrow", access=boss, now=MORNING + 2 * HOUR)
    assert again(row).nudged_at is None
    services.tell_status(**asked, now=MORNING + 3 * HOUR)
    services.close(request_id=row.pk, reason="done", text="Filled.", access=other, now=MORNING + 4 * HOUR)
    assert again(row).nudged_at is None
