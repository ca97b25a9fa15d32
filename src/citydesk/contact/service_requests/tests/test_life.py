"""A request's life through the services: recorded, routed, held, closed, reopened, corrected, counted."""

from datetime import timedelta

import pytest

from citydesk.city.profile.queries import local_zone
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import (
    Follower,
    RequestClock,
    RequestDay,
    RequestFact,
    RoutingTrace,
    ServiceRequest,
)
from citydesk.contact.service_requests.tests.factories import (
    HOUR,
    MORNING,
    everything,
    load_city,
    make_request,
    place,
)
from citydesk.kernel.audit import history_of
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotFound, StaleVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city():
    load_city()


def again(row: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=row.pk)


def test_a_request_is_numbered_routed_and_due():
    row = make_request("tree_down", answers={"wires": "no", "lanes": "all", "way_out": "no"})
    assert row.number.startswith("SR-26-")
    assert (row.urgency, row.sla_code) == ("emergency", "emergency")
    assert row.due_at == MORNING + 4 * HOUR == row.promised_at
    assert row.team.code == "forestry_crew_2"
    assert row.council == "4" and row.block_label == "1200 block of Oak St"
    trace = RoutingTrace.objects.get(request=row)
    assert (trace.rule_code, trace.rule_order) == ("trees_north", 18)
    clear = RequestClock.objects.get(request=row, target="clear")
    # Three open days after Tuesday are Wednesday, Friday (Thursday is Thanksgiving) and Monday, until 17:00.
    assert clear.due_at.astimezone(local_zone()).strftime("%a %H:%M") == "Mon 17:00"


def test_a_rule_passed_over_says_why_and_the_codes_team_takes_it():
    row = make_request("tree_down", place=place(council="7"))
    trace = RoutingTrace.objects.get(request=row)
    assert row.team.code == "forestry" and trace.rule_code == ""
    assert trace.passed_over[0] == {
        "code": "trees_north",
        "order": 18,
        "condition": "district:council",
        "wanted": ["4"],
        "had": "7",
    }


def test_missing_answer_and_place_are_told_together():
    with pytest.raises(ManyInvalid) as refused:
        make_request("tree_down", answers={}, place=None)
    assert {error.field for error in refused.value.errors} == {"wires", "place"}


def test_a_hold_moves_the_due_time_and_the_promise_stays():
    row, access = make_request("pothole"), everything()
    services.take_it(request_id=row.pk, access=access, now=MORNING)
    due = again(row).due_at
    services.hold(
        request_id=row.pk, reason="weather", review_at=MORNING + timedelta(days=2), access=access, now=MORNING + HOUR
    )
    held = again(row)
    assert (held.state, held.pause_reason, held.due_at) == ("on_hold", "weather", due)
    services.resume(request_id=row.pk, access=access, now=MORNING + 3 * HOUR)
    resumed = again(row)
    assert resumed.state == "open" and resumed.paused_since is None
    assert resumed.due_at == due + timedelta(
        hours=16, minutes=50
    )  # 1 h 50 min of open time, after closing: next day 09:50
    assert resumed.promised_at == row.promised_at


def test_a_hold_whose_reason_stops_no_clock_leaves_the_due_time():
    row, access = make_request("pothole"), everything()
    services.hold(
        request_id=row.pk, reason="scheduled", review_at=MORNING + timedelta(days=2), access=access, now=MORNING
    )
    services.resume(request_id=row.pk, access=access, now=MORNING + 5 * HOUR)
    assert again(row).due_at == row.due_at


def test_a_hold_is_reviewed_before_its_limit():
    row, access = make_request("pothole"), everything()
    with pytest.raises(Invalid) as refused:
        services.hold(
            request_id=row.pk, reason="weather", review_at=MORNING + timedelta(days=11), access=access, now=MORNING
        )
    assert refused.value.field == "review_at"
    services.hold(
        request_id=row.pk, reason="weather", review_at=MORNING + timedelta(days=9), access=access, now=MORNING
    )
    assert services.end_overdue_holds(now=MORNING + timedelta(days=9)) == 0
    assert services.end_overdue_holds(now=MORNING + timedelta(days=10)) == 1
    assert again(row).state == "open"


def test_asking_the_resident_waits_and_the_answer_goes_on():
    row, access = make_request("tree_down", reporter=services.Person("Ana", "email", "a@x.example", "es")), everything()
    services.wait_for_resident(request_id=row.pk, question="Which side?", access=access, now=MORNING)
    assert again(row).state == "waiting"
    services.answer_by_resident(request_id=row.pk, text="The left", actor=access.actor, now=MORNING + HOUR)
    assert again(row).state == "open"


def test_closing_judges_the_clocks_and_reopening_starts_new_ones():
    row, access = make_request("pothole"), everything()
    services.close(request_id=row.pk, reason="done", text="We fixed it.", access=access, now=MORNING + HOUR)
    closed = again(row)
    assert (closed.state, closed.close_reason, closed.is_open, closed.status_text) == (
        "closed",
        "done",
        False,
        "We fixed it.",
    )
    assert all(RequestClock.objects.filter(request=row).values_list("is_met", flat=True))
    services.reopen_by_resident(request_id=row.pk, reason="Still there", actor=access.actor, now=MORNING + 2 * HOUR)
    reopened = again(row)
    assert (reopened.state, reopened.reopen_count, reopened.closed_at) == ("open", 1, None)
    assert reopened.due_at > row.due_at - HOUR and RequestClock.objects.filter(request=row, round=1).count() == 2


def test_reopening_ends_with_the_window_of_the_profile():
    row, access = make_request("pothole"), everything()
    services.close(request_id=row.pk, reason="done", access=access, now=MORNING)
    with pytest.raises(Conflict):
        services.reopen(request_id=row.pk, reason="late", access=access, now=MORNING + timedelta(days=15))


def test_a_closing_never_says_done_unless_it_was():
    row, access = make_request("pothole"), everything()
    with pytest.raises(Invalid) as refused:
        services.close(request_id=row.pk, reason="not_ours", text="The state fixed it.", access=access, now=MORNING)
    assert refused.value.field == "text"
    services.close(
        request_id=row.pk, reason="not_ours", text="We did not fix it, the state will.", access=access, now=MORNING
    )
    assert again(row).close_reason == "not_ours"


def test_a_stale_editor_is_told():
    row, access = make_request("pothole"), everything()
    services.start(request_id=row.pk, access=access, now=MORNING, version=1)
    with pytest.raises(StaleVersion):
        services.close(request_id=row.pk, reason="done", access=access, now=MORNING, version=1)


def test_the_second_return_waits_for_a_supervisor():
    row, access = make_request("pothole"), everything()
    pothole_team = row.team_id
    services.return_request(request_id=row.pk, reason="state road", access=access, now=MORNING)
    assert again(row).team.code == "desk_311" and not again(row).is_disputed
    services.assign(request_id=row.pk, team_id=pothole_team, reason="city road", access=access, now=MORNING)
    services.return_request(request_id=row.pk, reason="really not", access=access, now=MORNING)
    assert again(row).is_disputed and again(row).return_count == 2


def test_another_team_needs_a_reason():
    row, access = make_request("pothole"), everything()
    desk = make_request("uncoded", place=None).team_id
    with pytest.raises(Invalid):
        services.assign(request_id=row.pk, team_id=desk, access=access, now=MORNING)
    services.assign(request_id=row.pk, team_id=desk, reason="wrong code", access=access, now=MORNING)
    assert again(row).team_id == desk


def test_a_duplicate_lends_its_people_to_the_other():
    access = everything()
    first = make_request("pothole", reporter=services.Person("A", "email", "a@x.example"))
    second = make_request("pothole", reporter=services.Person("B", "sms", "+14235550111", "es"))
    token = Follower.objects.get(request=second).token
    services.merge_duplicate(request_id=second.pk, parent_id=first.pk, access=access, now=MORNING + HOUR)
    joined = again(second)
    assert (joined.close_reason, joined.parent_id) == ("duplicate", first.pk)
    assert Follower.objects.get(request=first, kind="me_too").token == token
    assert again(first).contact_count == 2
    with pytest.raises(Conflict):
        services.reopen(request_id=second.pk, reason="no", access=access, now=MORNING + 2 * HOUR)
    with pytest.raises(Conflict):
        services.merge_duplicate(request_id=first.pk, parent_id=second.pk, access=access, now=MORNING)


def test_a_correction_decides_clock_and_route_again_and_keeps_the_old_value():
    row, access = make_request("tree_down"), everything()
    assert row.due_at == MORNING + 24 * HOUR
    services.correct(
        request_id=row.pk,
        correction=services.Correction(answers={"lanes": "all", "way_out": "no"}),
        reason="caller called back",
        access=access,
        now=MORNING + HOUR,
    )
    corrected = again(row)
    assert (corrected.urgency, corrected.due_at) == ("emergency", MORNING + 4 * HOUR)
    assert corrected.promised_at == row.promised_at
    codes = [line.code.split(".")[1] for line in history_of("service_requests.request", row.pk)]
    assert {"corrected", "clock_changed", "routed"} <= set(codes)
    services.correct(
        request_id=row.pk,
        correction=services.Correction(place=place("5 Elm St", council="7")),
        reason="wrong street",
        access=access,
        now=MORNING + HOUR,
    )
    assert again(row).team.code == "forestry" and again(row).place_label == "5 Elm St"


def test_a_wrong_customer_loses_link_and_unsent_messages():
    access = everything()
    row = make_request("pothole", reporter=services.Person("A", "email", "a@x.example"))
    old = Follower.objects.get(request=row)
    services.correct_customer(
        request_id=row.pk,
        person=services.Person("B", "email", "b@x.example"),
        reason="picked the wrong one",
        access=access,
        now=MORNING,
    )
    assert not Follower.objects.get(pk=old.pk).is_active
    assert again(row).public_token != row.public_token
    assert Follower.objects.get(request=row, is_active=True).name == "B"


def test_a_held_request_is_in_no_queue_until_released():
    access = everything()
    row = make_request("pothole", held_reason="rate")
    assert not ServiceRequest.objects.open().filter(pk=row.pk).exists()
    services.release_held(request_id=row.pk, access=access, now=MORNING)
    assert ServiceRequest.objects.open().filter(pk=row.pk).exists()


def test_escalation_tells_once_per_step_and_stands_while_paused():
    row, access = make_request("tree_down"), everything()
    assert services.escalate_due(now=MORNING + 17 * HOUR) == 0
    assert services.escalate_due(now=MORNING + 18 * HOUR) == 1
    assert services.escalate_due(now=MORNING + 18 * HOUR) == 0
    services.hold(
        request_id=row.pk,
        reason="other_agency",
        review_at=MORNING + timedelta(days=3),
        access=access,
        now=MORNING + 19 * HOUR,
    )
    assert services.escalate_due(now=MORNING + 40 * HOUR) == 0
    services.resume(request_id=row.pk, access=access, now=MORNING + 43 * HOUR)
    assert services.escalate_due(now=MORNING + 47 * HOUR) == 0
    assert services.escalate_due(now=MORNING + 48 * HOUR) == 1
    assert again(row).escalation == 2


def test_facts_follow_the_request_and_daily_sums_move_by_the_difference():
    access = everything()
    row, other = make_request("pothole"), make_request("pothole")
    services.refresh_request_facts(now=MORNING)
    day = RequestDay.objects.get(service_code="pothole")
    assert (day.opened, day.still_open, day.closed) == (2, 2, 0)
    services.close(request_id=row.pk, reason="done", access=access, now=MORNING + HOUR)
    services.refresh_request_facts(now=MORNING + HOUR)
    day.refresh_from_db()
    assert (day.opened, day.still_open, day.closed, day.on_time, day.elapsed_seconds) == (2, 1, 1, 1, 3600)
    fact = RequestFact.objects.get(pk=row.pk)
    assert (fact.elapsed_seconds, fact.service_seconds, fact.is_on_time) == (3600, 3600, True)
    before = list(RequestDay.objects.order_by("pk").values())
    services.refresh_request_facts(now=MORNING, everything=True)
    keys = ("opened", "still_open", "closed", "on_time", "elapsed_seconds", "contacts")
    after = list(RequestDay.objects.order_by("pk").values())
    assert [[one[k] for k in keys] for one in before] == [[one[k] for k in keys] for one in after]
    assert other.pk


def test_what_one_may_not_see_is_not_there():
    from citydesk.contact.service_requests.tests.factories import staff

    row = make_request("complaint", place=None)
    clerk = staff("clara", "representative")
    with pytest.raises(NotFound):
        services.add_note(request_id=row.pk, text="hm", access=clerk, now=MORNING)


def test_a_fraction_of_a_second_does_not_carry_a_closing_time_into_the_next_morning():
    """Received within a second: the allowed time is whole seconds, the due time is still closing time."""
    row = make_request("pothole", now=MORNING.replace(microsecond=600_001))
    clock = RequestClock.objects.get(request=row, target="close")
    assert clock.due_at.astimezone(local_zone()).strftime("%H:%M:%S") == "17:00:00"
