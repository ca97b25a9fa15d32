"""What was agreed with people, said and told goes when its time has come, and not while something still rests on it."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from citydesk.kernel import audit
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.registries import registries
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import CONTRACT, FEED, STATEMENT
from citydesk.management.workforce.models import (
    Availability,
    AvailabilityStatement,
    CalendarFeed,
    Contract,
    Gathering,
    Schedule,
    ShiftNotice,
)
from citydesk.management.workforce.queries import records_of_people as records
from citydesk.management.workforce.rules.availability import DayHours, Mode
from citydesk.management.workforce.services import destruction
from citydesk.management.workforce.tests import planning_cases
from citydesk.management.workforce.tests.planning_cases import MONDAY, NOW, planned

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=4 * 366)
NEVER = DayHours(Mode.NEVER)


@pytest.fixture
def desk(db):
    return planned()


def destroy(code, found):
    """What a signed disposal does with records of a series, each by itself."""
    gone = {}
    for due in found:
        eraser = Eraser(proof="RD-9", kind=f"workforce.{code}", object_id=due.id, label=due.label)
        with transaction.atomic():
            getattr(destruction, f"destroy_{code}")(ids=[due.id], eraser=eraser, now=LATER)
            for table, count in eraser.finish(now=LATER).rows.items():
                gone[table] = gone.get(table, 0) + count
    return gone


def contents(kind, pk):
    rows = AuditEntry.objects.filter(object_type=kind, object_id=pk)
    return {(one.before, (one.after or {}).get("erased")) for one in rows}


def test_every_series_of_people_is_offered_and_can_be_looked_through(desk):
    for code in ("contracts", "statements", "noted_hours", "gatherings", "notices", "feeds"):
        assert registries.retention[f"workforce.{code}"].destroy.endswith(f"destroy_{code}")
        assert getattr(records, f"{code}_due")(before=NOW - timedelta(days=9000)) == []


def test_a_contract_goes_after_its_last_day_and_after_the_shifts_under_it(desk):
    dana, osei = desk.id_of("dana"), desk.id_of("osei")
    assert records.contracts_due(before=LATER) == []  # all hold until further notice
    for one in (dana, osei):
        services.end_contract(user_id=one, last=MONDAY + timedelta(days=6), access=desk.boss, now=NOW)
    week = planning_cases.solved(desk)
    worked = set(week.shifts.values_list("user_id", flat=True))
    assert records.contracts_due(before=NOW) == []
    ended = Contract.objects.exclude(last=None).exclude(user_id__in=worked)
    assert {one.id for one in records.contracts_due(before=LATER)} == set(ended.values_list("pk", flat=True))
    eraser = Eraser(proof="RD-8", kind="workforce.schedules", object_id=week.pk, label="desk")
    destruction.destroy_schedules(ids=[week.pk], eraser=eraser, now=LATER)
    found = records.contracts_due(before=LATER)
    assert [one.label.split(" ")[-2:] for one in found] == [["2026-01-01", f"#{one.id}"] for one in found]
    assert len(found) == 2 and records.contracts_due(before=LATER, ids=[found[0].id]) == found[:1]
    assert records.contracts_due(before=LATER, after=(found[0].at, found[0].id)) == found[1:]
    assert destroy("contracts", found)["workforce_contract"] == 2
    assert set(Contract.objects.values_list("last", flat=True)) == {None}
    # What the history said is gone; that it was ended said nothing.
    assert contents(CONTRACT, found[0].id) == {(None, "RD-9"), (None, None)}


def test_a_contract_without_an_end_ends_with_the_account(desk):
    get_user_model().objects.filter(pk=desk.id_of("rosa")).update(is_active=False, disabled_at=NOW)
    (due,) = records.contracts_due(before=LATER)
    assert due.at == NOW and Contract.objects.get(pk=due.id).user_id == desk.id_of("rosa")


def test_stated_hours_go_whole_and_what_waits_or_holds_stays(desk):
    def say(name, first, **more):
        return services.say_week(first=first, days={0: NEVER}, access=desk.who[name], now=NOW, **more)

    waits, declined, old = say("dana", MONDAY), say("osei", MONDAY), say("rosa", MONDAY)
    services.decline_statement(statement_id=declined, reason="Nobody else is there.", access=desk.boss, now=NOW)
    services.accept_statement(statement_id=old, access=desk.boss, now=NOW)
    holds = say("rosa", MONDAY + timedelta(days=7))
    services.accept_statement(statement_id=holds, access=desk.boss, now=NOW)
    days = services.say_days(
        first=MONDAY, last=MONDAY + timedelta(days=1), said=NEVER, access=desk.who["theo"], now=NOW
    )
    assert records.statements_due(before=NOW) == []
    found = records.statements_due(before=LATER)
    assert {one.id for one in found} == {declined, old, days}
    by_id = {one.id: one.at for one in found}
    assert by_id[declined] == NOW and by_id[days].date() == MONDAY + timedelta(days=1)
    gone = destroy("statements", found)
    assert gone["workforce_availabilitystatement"] == 3 and gone["workforce_availability"] == 4
    assert set(AvailabilityStatement.objects.values_list("pk", flat=True)) == {waits, holds}
    assert Availability.objects.filter(statement__in=[waits, holds]).count() == 2
    assert {one.reason for one in audit.history_of(STATEMENT, declined)} == {""}


def test_noted_hours_of_a_day_go_and_those_of_every_week_stay(desk):
    new = services.NewAvailability
    day = services.say_availability(
        user_id=desk.id_of("dana"), new=new("cannot", day=MONDAY), access=desk.boss, now=NOW
    )
    weekly = services.say_availability(
        user_id=desk.id_of("dana"), new=new("cannot", weekday=2), access=desk.boss, now=NOW
    )
    found = records.noted_hours_due(before=LATER)
    assert [one.id for one in found] == [day] and MONDAY.isoformat() in found[0].label
    assert destroy("noted_hours", found) == {"workforce_availability": 1}
    assert Availability.objects.get().pk == weekly


def test_a_meeting_goes_after_the_schedules_of_its_week(desk):
    new = services.NewGathering("meeting", "Monthly", 60, MONDAY, MONDAY, True)
    pk = services.plan_gathering(group_id=desk.group.pk, new=new, access=desk.boss, now=NOW)
    planning_cases.begun(desk)
    assert records.gatherings_due(before=LATER) == []
    week = Schedule.objects.get()
    eraser = Eraser(proof="RD-8", kind="workforce.schedules", object_id=week.pk, label="desk")
    destruction.destroy_schedules(ids=[week.pk], eraser=eraser, now=LATER)
    found = records.gatherings_due(before=LATER)
    assert [(one.id, one.label) for one in found] == [(pk, f"Monthly {MONDAY.isoformat()} #{pk}")]
    assert destroy("gatherings", found) == {"workforce_gathering": 1} and not Gathering.objects.exists()


def test_read_notices_and_ended_addresses_go(desk):
    dana = desk.who["dana"]
    for one in (dana, desk.who["osei"]):
        ShiftNotice.objects.create(person_id=one.actor.id, code="hours_accepted", made_at=NOW)
    assert services.read_notices(access=dana, now=NOW) == 1
    found = records.notices_due(before=LATER)
    assert [one.id for one in found] == [ShiftNotice.objects.get(person_id=dana.actor.id).pk]
    assert destroy("notices", found) == {"workforce_shiftnotice": 1} and ShiftNotice.objects.count() == 1
    services.open_feed(access=dana, now=NOW)
    services.open_feed(access=dana, now=NOW + timedelta(days=1))
    found = records.feeds_due(before=LATER)
    assert len(found) == 1 and destroy("feeds", found) == {"workforce_calendarfeed": 1}
    assert CalendarFeed.objects.get().ended_at is None
    assert len(audit.history_of(FEED, found[0].id)) == 1
