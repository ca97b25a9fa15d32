"""Leave from the wish to the ledger; who reads why; attendance; the nightly work."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import InternalError, ProgrammingError

from citydesk.city.staff import queries as staff
from citydesk.city.staff import services as staff_services
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.audit import readers_of
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import AttendanceOccurrence, LeaveRequest, LeaveTransaction
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, ask, at, balance, grant, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 8)


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


def approve(who, pk, **more):
    services.approve_leave(request_id=pk, access=more.pop("by", who.priscilla), now=NOW, **more)
    return LeaveRequest.objects.get(pk=pk)


def test_leave_is_charged_and_routing_knows(who):
    grant(who.dana, "vacation", 24, by=who.pay)
    pk = ask(who.dana, FIRST, LAST, reason="Wedding")
    page = queries.get_request(who.priscilla, pk, now=NOW)
    assert (page.balance, page.projected, page.why_not) == (24 * HOUR, 8 * HOUR, None)
    row = approve(who, pk)
    assert (row.state, row.decided_by_id, balance(who.dana, "vacation")) == (
        "approved",
        who.priscilla.actor.id,
        8 * HOUR,
    )
    away = staff.absent_now(at(FIRST, "10:00"))
    assert [one.user_id for one in away] == [who.dana.actor.id] and not staff.absent_now(at(LAST + DAY, "00:00"))
    facts = queries.week_facts(who.dana.actor.id, date(2026, 12, 7))
    assert facts.leave_seconds == 16 * HOUR and facts.hours.worked == 0
    assert [one.code for one in facts.lines(facts.split("pay", 0))] == ["VAC"]
    found = queries.approved_leave([who.dana.actor.id], FIRST, FIRST)
    assert [one["id"] for one in found] == [pk] and "reason" not in found[0]
    services.cancel_leave(request_id=pk, access=who.dana, now=NOW)
    assert balance(who.dana, "vacation") == 24 * HOUR and not staff.absent_now(at(FIRST, "10:00"))
    assert LeaveTransaction.objects.count() == 5
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        LeaveTransaction.objects.update(seconds=0)


def test_a_balance_covers_what_was_asked_for_before(who):
    grant(who.dana, "vacation", 16, by=who.pay)
    ask(who.dana, FIRST, LAST)
    with pytest.raises(Invalid, match="does not cover"):
        ask(who.dana, LAST + DAY)
    with pytest.raises(Invalid, match="does not cover"):
        ask(who.osei, FIRST)
    with pytest.raises(Conflict, match="Another of your requests"):
        ask(who.dana, FIRST, code="family")
    with pytest.raises(Invalid, match="do not work"):
        ask(who.osei, date(2026, 11, 26))
    with pytest.raises(Invalid, match="larger steps"):
        ask(who.osei, FIRST, code="family", part_seconds=100)
    with pytest.raises(Invalid, match="kind of leave"):
        ask(who.osei, FIRST, code="sabbatical")


def test_what_will_have_accrued_by_then_counts(who):
    services.set_terms(
        user_id=who.dana.actor.id,
        service_since=date(2020, 1, 1),
        counted_from=date(2026, 11, 1),
        access=who.pay,
        now=NOW,
    )
    # Four hours a period of two weeks: eight are there by the end of the second period to come.
    with pytest.raises(Invalid, match="does not cover"):
        ask(who.dana, date(2026, 12, 1))
    pk = ask(who.dana, date(2026, 12, 28))
    assert queries.get_request(who.priscilla, pk, now=NOW).balance == 0
    mine = queries.my_leave(who.dana, on=date(2026, 12, 27), now=NOW)
    assert mine.standings[0].rules.code == "vacation" and mine.standings[0].projected == 12 * HOUR


def test_leave_is_decided_by_another_with_a_reason_where_the_city_gives_none(who):
    for access in (who.dana, who.priscilla):
        grant(access, "vacation", 40, by=who.pay)
    own = ask(who.priscilla, FIRST)
    with pytest.raises(NotAllowed, match="their own"):
        approve(who, own)
    blocked = ask(who.dana, date(2027, 5, 12))
    assert queries.get_request(who.pedro, blocked, now=NOW).blackouts == ["Week of the budget"]
    with pytest.raises(Invalid, match="days without leave"):
        approve(who, blocked)
    assert approve(who, blocked, decision="Court date").decision == "Court date"
    with pytest.raises(Invalid, match="Say why"):
        services.deny_leave(request_id=own, reason="", access=who.pedro, now=NOW)
    services.deny_leave(request_id=own, reason="Two are away", access=who.pedro, now=NOW)
    assert balance(who.priscilla, "vacation") == 40 * HOUR
    ask(who.priscilla, FIRST)
    overlap = ask(who.dana, FIRST)
    page = queries.get_request(who.pedro, overlap, now=NOW)
    assert [one["user__name"] for one in page.overlaps] == ["Priscilla"] and "leave_type" not in page.overlaps[0]


def test_drafts_parts_of_days_and_an_absence_entered_before(who):
    grant(who.dana, "sick", 16, by=who.pay)
    wish = services.LeaveWish("sick", FIRST, FIRST, part_seconds=2 * HOUR, part_minute=9 * 60)
    pk = services.ask_leave(wish=wish, is_draft=True, access=who.dana, now=NOW)
    with pytest.raises(NotFound):
        queries.get_request(who.priscilla, pk, now=NOW)
    staff_services.set_absence(
        user_id=who.dana.actor.id, starts_at=at(FIRST, "08:00"), kind="sick", access=who.priscilla, now=NOW
    )
    services.submit_leave(request_id=pk, access=who.dana, now=NOW)
    row = approve(who, pk)
    assert row.absence_id is None and row.starts_at == at(FIRST, "09:00")
    assert balance(who.dana, "sick") == 14 * HOUR
    services.note_paper(request_id=pk, access=who.priscilla, now=NOW)
    with pytest.raises(Conflict, match="has begun"):
        services.cancel_leave(request_id=pk, access=who.dana, now=at(FIRST, "12:00"))
    with pytest.raises(Invalid, match="Say why"):
        services.cancel_leave(request_id=pk, access=who.priscilla, now=NOW)
    services.cancel_leave(request_id=pk, reason="She came", access=who.priscilla, now=NOW)
    assert balance(who.dana, "sick") == 16 * HOUR


def read_by(access, pk) -> str:
    """What somebody gets to read of a request."""
    try:
        page = queries.get_request(access, pk, now=NOW)
    except NotFound:
        return "nothing"
    try:
        reason = queries.reason_of(access, pk, now=NOW)
    except NotFound:
        assert not page.may_read_reason
        return "request"
    assert page.may_read_reason
    return reason[:4]


def test_who_reads_why_somebody_is_away(who):
    pk = ask(who.dana, FIRST, code="family", reason="CNRY surgery of my mother")
    names = ("dana", "osei", "priscilla", "stranger", "pay", "auditor", "admin", "director", "rosa")
    reads = {name: read_by(getattr(who, name), pk) for name in names}
    assert reads == {
        "dana": "CNRY", "osei": "nothing", "priscilla": "CNRY", "stranger": "nothing", "pay": "nothing",
        "auditor": "request", "admin": "nothing", "director": "nothing", "rosa": "nothing",
    }  # fmt: skip
    assert [one["purpose"] for one in readers_of("timekeeping.leave_request", pk)][:1] == ["page"]
    assert "reason" in [one["purpose"] for one in readers_of("timekeeping.leave_request", pk)]
    assert queries.get_request(who.dana, pk, now=NOW).family_left == 480 * HOUR
    approve(who, pk)
    assert queries.get_request(who.dana, pk, now=NOW).family_left == 472 * HOUR
    # Once it is decided nobody needs to know.
    with pytest.raises(NotFound):
        queries.reason_of(who.priscilla, pk, now=NOW)
    assert queries.reason_of(who.dana, pk, now=NOW).startswith("CNRY")


def test_the_calendar_gives_and_takes_once(who):
    services.set_terms(
        user_id=who.dana.actor.id,
        service_since=date(2020, 1, 1),
        counted_from=date(2026, 1, 1),
        access=who.pay,
        now=NOW,
    )
    grant(who.dana, "vacation", 30, by=who.pay)
    assert services.accrue_leave(now=NOW) == 23
    assert balance(who.dana, "vacation") == 40 * HOUR
    assert services.accrue_leave(now=NOW) == 0
    assert services.accrue_leave(now=at(date(2027, 1, 4), "06:00")) == 4
    # Sixteen hours are carried into the new year.
    assert balance(who.dana, "vacation") == 16 * HOUR
    pk = ask(who.dana, FIRST)
    approve(who, pk)
    assert services.finish_leave(now=at(FIRST, "12:00")) == 0
    assert services.finish_leave(now=at(FIRST + DAY, "06:00")) == 1
    assert LeaveRequest.objects.get(pk=pk).state == "taken"


def record(who, access, day, **more):
    return services.record_attendance(
        user_id=access.actor.id, scheduled_from=at(day, "08:00"), scheduled_to=at(day, "16:00"),
        source_key=f"shift-{day}", actor=SYSTEM, now=NOW, **more,
    )  # fmt: skip


def test_exceptions_are_found_once_confirmed_or_excused(who):
    work(who.dana, LAST_WEEK, "08:20", "16:00")
    late, missing = record(who, who.dana, LAST_WEEK), record(who, who.dana, LAST_WEEK + DAY)
    assert record(who, who.dana, LAST_WEEK) == [] and len(late) == len(missing) == 1
    assert record(who, who.dana, LAST_WEEK + 2 * DAY, actual=[(at(LAST_WEEK + 2 * DAY, "08:05"), NOW)]) == []
    approve(who, ask(who.osei, LAST_WEEK, code="family"))
    assert record(who, who.osei, LAST_WEEK) == []
    with pytest.raises(NotFound):
        services.confirm_occurrence(occurrence_id=late[0], access=who.stranger, now=NOW)
    with pytest.raises(NotAllowed):
        services.confirm_occurrence(occurrence_id=late[0], access=who.dana, now=NOW)
    services.confirm_occurrence(occurrence_id=late[0], access=who.priscilla, now=NOW)
    services.excuse_occurrence(occurrence_id=missing[0], reason="Bus strike", access=who.priscilla, now=NOW)
    assert queries.points_of([who.dana.actor.id], NOW) == {who.dana.actor.id: Decimal("0.5")}
    assert queries.points_of([who.dana.actor.id], NOW + 365 * DAY) == {who.dana.actor.id: Decimal(0)}
    rows = queries.attendance(who.priscilla, NOW)
    assert [(one["kind"], one["state"], one["may_decide"]) for one in rows] == [
        ("no_show", "excused", True), ("late", "confirmed", True),
    ]  # fmt: skip
    assert len(queries.attendance(who.dana, NOW)) == 2 and queries.attendance(who.osei, NOW) == []
    assert AttendanceOccurrence.objects.get(pk=late[0]).seconds == 20 * 60
