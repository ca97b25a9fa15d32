"""What becomes of a published schedule: swaps, open shifts, sick calls, and that what was published stays."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.workforce import services
from citydesk.management.workforce.models import (
    OpenShift,
    Schedule,
    ScheduleAmendment,
    Shift,
    ShiftNotice,
    SickCall,
    SwapRequest,
)
from citydesk.management.workforce.queries.calls import get_call
from citydesk.management.workforce.queries.life import published_shifts
from citydesk.management.workforce.queries.mine import my_week, shifts_of_feed
from citydesk.management.workforce.queries.records import schedules_due
from citydesk.management.workforce.services.destruction import destroy_schedules
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.life_cases import MONDAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db):
    life_cases.load()
    return life_cases.desk()


def on(number: int) -> date:
    return MONDAY + timedelta(days=number)


def days_of(access) -> list[int]:
    rows = published_shifts([access.actor.id], on(0), on(6))
    return [(one.day - MONDAY).days for one in rows]


def told(access) -> list[str]:
    return list(ShiftNotice.objects.filter(person_id=access.actor.id).order_by("id").values_list("code", flat=True))


def offered(who, **more) -> SwapRequest:
    """Dana gives Monday... to Osei, who gives Thursday."""
    given = {"day": on(0), "taker_id": who.id_of("osei"), "back_day": on(3), "access": who.dana, "now": NOW, **more}
    return SwapRequest.objects.get(pk=services.offer_swap(**given))


def accepted(who, **more) -> SwapRequest:
    row = offered(who, **more)
    services.answer_swap(swap_id=row.pk, is_accepted=True, access=who.osei, now=NOW, version=row.version)
    row.refresh_from_db()
    return row


def test_a_swap_from_the_offer_to_the_next_version(who):
    row = accepted(who)
    assert told(who.osei) == ["swap_offered"] and told(who.dana) == ["swap_accepted"]
    services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW, version=row.version)
    assert (days_of(who.dana), days_of(who.osei)) == ([1, 2, 3], [0, 1, 2])
    row.refresh_from_db()
    made = row.amendment
    assert (row.state, made.kind, made.people) == ("approved", "swap", 2)
    assert (made.minutes_added, made.minutes_taken) == (960, 960)
    # What was published stays as it was, superseded.
    before = Schedule.objects.get(pk=who.schedule.pk)
    assert (before.state, made.schedule.version, made.before_id) == ("superseded", 2, before.pk)
    held = Shift.objects.filter(schedule=before, user_id=who.id_of("dana")).values_list("day", flat=True)
    assert [(one - MONDAY).days for one in held] == [0, 1, 2]
    moved = published_shifts([who.id_of("osei")], on(0), on(0))[0]
    assert [one[0] for one in moved.activities] == ["work", "break", "work", "meal", "work", "break", "work"]
    assert told(who.dana)[-1] == told(who.osei)[-1] == "swap_approved"


def test_a_week_is_destroyed_whole_when_its_time_has_come(who):
    row = accepted(who)
    services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW, version=row.version)
    services.call_in_sick(day=on(1), person_id=who.id_of("osei"), access=who.priscilla, now=NOW)
    later = NOW + timedelta(days=1200)
    assert not schedules_due(before=NOW) and Schedule.objects.count() == 3
    (due,) = schedules_due(before=later)
    assert due.label == f"desk {MONDAY.isoformat()}"
    eraser = Eraser(proof="RD-3", kind="workforce.schedules", object_id=due.id, label=due.label)
    destroy_schedules(ids=[due.id], eraser=eraser, now=later)
    gone = eraser.finish(now=later).rows
    assert gone["workforce_schedule"] == 3 and gone["workforce_swaprequest"] == gone["workforce_sickcall"] == 1
    for model in (Schedule, Shift, ScheduleAmendment, SwapRequest, SickCall):
        assert not model.objects.exists(), model
    assert {one.reason for one in audit.history_of("workforce.swap", row.pk)} == {""}


def test_a_published_version_is_frozen_in_the_database(who):
    row = accepted(who)
    services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW)
    for rows in (Shift.objects.filter(schedule_id=row.pk), Shift.objects.all()):
        shift = rows.first()
        if shift:
            with pytest.raises(DatabaseError), transaction.atomic():
                shift.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ScheduleAmendment.objects.update(reason="other")


def test_nobody_decides_their_own_and_nobody_of_another_team(who):
    row = accepted(who)
    for access in (who.dana, who.osei):
        with pytest.raises(NotAllowed):
            services.approve_swap(swap_id=row.pk, access=access, now=NOW)
    for access in (who.stranger, who.theo, who.auditor, who.admin):
        with pytest.raises(NotFound):
            services.approve_swap(swap_id=row.pk, access=access, now=NOW)
    with pytest.raises(NotAllowed):  # the taker answers, nobody else
        services.answer_swap(swap_id=offered(who, day=on(1), back_day=on(3)).pk, is_accepted=True, access=who.priscilla,
                             now=NOW)  # fmt: skip
    with pytest.raises(StaleVersion):
        services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW, version=1)
    with pytest.raises(Conflict):
        services.offer_swap(day=on(0), taker_id=who.id_of("rosa"), access=who.dana, now=NOW)


def test_what_breaks_a_rule_needs_a_reason(who):
    row = accepted(who, day=on(1), back_day=None)  # Osei works on Tuesday: two shifts on one day
    with pytest.raises(Invalid):
        services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW)
    services.deny_swap(swap_id=row.pk, reason="Two shifts", access=who.priscilla, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.decision) == ("denied", "Two shifts")
    assert days_of(who.dana) == [0, 1, 2]
    with pytest.raises(Conflict):
        services.approve_swap(swap_id=row.pk, reason="Yes", access=who.priscilla, now=NOW)


def test_a_swap_whose_shift_is_gone_or_has_begun_cannot_be_approved(who):
    row = accepted(who)
    services.call_in_sick(day=on(0), access=who.dana, now=NOW)
    with pytest.raises(Conflict):
        services.approve_swap(swap_id=row.pk, access=who.priscilla, now=NOW)
    later = NOW + timedelta(days=1, hours=6)
    with pytest.raises(Invalid):
        services.offer_swap(day=on(1), taker_id=who.id_of("osei"), back_day=on(3), access=who.dana, now=later)
    assert services.lapse_swaps(actor=who.priscilla.actor, now=later) == 1
    row.refresh_from_db()
    assert row.state == "lapsed"


def test_an_open_shift_goes_to_a_bidder(who):
    given = {"group_id": who.group.pk, "template": "day", "start": 480, "access": who.priscilla, "now": NOW}
    pk = services.open_shift(day=on(4), **given)
    assert told(who.dana) == ["shift_open"]
    for access in (who.dana, who.osei, who.rosa):
        services.place_bid(open_shift_id=pk, access=access, now=NOW)
    with pytest.raises(Conflict):
        services.place_bid(open_shift_id=pk, access=who.dana, now=NOW)
    with pytest.raises(NotFound):
        services.place_bid(open_shift_id=pk, access=who.stranger, now=NOW)
    with pytest.raises(Invalid):  # Rosa works on Friday
        services.give_shift(open_shift_id=pk, person_id=who.id_of("rosa"), access=who.priscilla, now=NOW)
    services.withdraw_bid(open_shift_id=pk, access=who.osei, now=NOW)
    with pytest.raises(Conflict):
        services.give_shift(open_shift_id=pk, person_id=who.id_of("osei"), access=who.priscilla, now=NOW)
    services.give_shift(open_shift_id=pk, person_id=who.id_of("dana"), access=who.priscilla, now=NOW)
    assert days_of(who.dana) == [0, 1, 2, 4]
    shift = published_shifts([who.id_of("dana")], on(4), on(4))[0]
    assert [one[0] for one in shift.activities].count("break") == 2
    assert told(who.dana)[-1] == "bid_won" and told(who.rosa)[-1] == "bid_lost" and told(who.osei) == ["shift_open"]
    row = OpenShift.objects.get()
    assert (row.state, row.amendment.kind) == ("given", "given")
    with pytest.raises(NotFound):
        services.open_shift(day=on(4), **{**given, "access": who.stranger})


def test_a_supervisors_own_bid_is_for_another_to_decide(who):
    pk = services.open_shift(group_id=who.group.pk, day=on(4), template="day", start=480, access=who.pedro, now=NOW)
    services.place_bid(open_shift_id=pk, access=who.priscilla, now=NOW)
    with pytest.raises(NotAllowed):
        services.give_shift(open_shift_id=pk, person_id=who.id_of("priscilla"), access=who.priscilla, now=NOW)
    services.close_shift(open_shift_id=pk, access=who.pedro, now=NOW)


def test_calling_in_sick_opens_a_hole_with_three_ways_to_fill_it(db):
    life_cases.load()
    who = life_cases.desk(required=2)
    pk = services.call_in_sick(day=on(0), access=who.dana, now=NOW)
    assert days_of(who.dana) == [1, 2]
    assert staff.is_absent(who.id_of("dana"), NOW)
    page = get_call(who.priscilla, pk, now=NOW)
    # Rosa is there from ten; from eight to ten nobody is, and two are needed.
    assert (page.holes[0].start, page.holes[0].missing) == (480, 2)
    ways = [one.option for one in page.ways]
    names = [page.names[one.person] for one in ways]
    assert len(names) == 3 and set(names) <= {"Osei", "Rosa", "Theo"}
    assert [one.saves for one in ways] == sorted((one.saves for one in ways), reverse=True)
    best = ways[0]
    services.take_option(call_id=pk, person_id=int(best.person), access=who.priscilla, now=NOW)
    call = SickCall.objects.get()
    made = ScheduleAmendment.objects.get(kind="replan")
    assert (call.state, call.settled_how, made.people) == ("settled", "option", 1)
    assert ShiftNotice.objects.filter(code="shift_changed", person_id=int(best.person)).exists()
    with pytest.raises(Conflict):
        services.take_option(call_id=pk, person_id=int(best.person), access=who.priscilla, now=NOW)


def test_who_may_say_that_somebody_is_sick(who):
    with pytest.raises(NotFound):
        services.call_in_sick(day=on(0), person_id=who.id_of("dana"), access=who.stranger, now=NOW)
    with pytest.raises(NotAllowed):
        services.call_in_sick(day=on(0), person_id=who.id_of("dana"), access=who.osei, now=NOW)
    pk = services.call_in_sick(day=on(0), person_id=who.id_of("dana"), access=who.priscilla, now=NOW)
    assert told(who.dana) == ["shift_taken"]
    with pytest.raises(NotFound):
        services.leave_hole(call_id=pk, reason="Quiet", access=who.stranger, now=NOW)
    with pytest.raises(NotAllowed):
        services.leave_hole(call_id=pk, reason="Quiet", access=who.dana, now=NOW)
    with pytest.raises(Invalid):
        services.leave_hole(call_id=pk, reason=" ", access=who.priscilla, now=NOW)
    services.leave_hole(call_id=pk, reason="Quiet", access=who.priscilla, now=NOW)
    with pytest.raises(NotFound):
        services.call_in_sick(day=on(0), access=who.dana, now=NOW)


def test_a_calendar_address_holds_until_it_is_ended(who):
    first = services.open_feed(access=who.dana, now=NOW)
    token = services.open_feed(access=who.dana, now=NOW)
    assert shifts_of_feed(services.digest_of(token=first), now=NOW) is None
    assert len(shifts_of_feed(services.digest_of(token=token), now=NOW)) == 3
    services.close_feed(access=who.dana, now=NOW)
    assert shifts_of_feed(services.digest_of(token=token), now=NOW) is None


def test_my_week_and_its_notices(who):
    offered(who)
    page = my_week(who.osei, MONDAY, now=NOW)
    assert [bool(one.shift) for one in page.days] == [False, True, True, True, False, False, False]
    assert page.minutes == 3 * 480 and page.next_shift.day == on(1)
    assert [one["code"] for one in page.notices] == ["swap_offered"]
    assert services.read_notices(access=who.osei, now=NOW) == 1
    assert my_week(who.osei, MONDAY, now=NOW).notices == ()


def test_a_version_begun_before_a_change_does_not_undo_it_unseen(who):
    from citydesk.management.workforce.services.publishing import publish_schedule

    draft = Schedule.objects.create(
        group=who.group, week_start=MONDAY, version=2, based_on=who.schedule, made_at=NOW, state="draft"
    )
    services.call_in_sick(day=on(0), access=who.dana, now=NOW)
    with pytest.raises(Conflict, match="changed since"):
        publish_schedule(schedule_id=draft.pk, access=who.priscilla, now=NOW)
    assert days_of(who.dana) == [1, 2]
