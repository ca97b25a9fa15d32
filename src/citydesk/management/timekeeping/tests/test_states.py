"""States of sheets that are seldom seen, and what the clock tells those who plan the queues."""

from datetime import date, timedelta

import pytest

from citydesk.city.profile.tests.factories import load_small
from citydesk.contact.traffic.queries import states_of_people
from citydesk.kernel.errors import Conflict, NotAllowed, NotFound
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import Adjustment, Clock
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, THIS_WEEK, at, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def who(db):
    factories.load_city()
    return factories.people()


def test_a_sheet_is_taken_back_until_somebody_approved_it(who):
    factories.full_week(who.dana)
    sheet = factories.submitted(who.dana)
    for nobody in (who.priscilla, who.osei):
        with pytest.raises(NotFound):
            services.recall_sheet(sheet_id=sheet.pk, access=nobody, now=NOW)
    services.recall_sheet(sheet_id=sheet.pk, access=who.dana, now=NOW)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.submitted_at) == ("open", None)
    work(who.dana, LAST_WEEK + 5 * DAY)
    factories.approved(who.dana, who.priscilla)
    with pytest.raises(Conflict):
        services.recall_sheet(sheet_id=sheet.pk, access=who.dana, now=NOW)
    # Approved, not yet paid: who approved sends it back, and it goes its way again.
    services.reject_sheet(sheet_id=sheet.pk, reason="Saturday was off", access=who.priscilla, now=NOW)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.approved_by_id, sheet.sent_back_reason) == ("open", None, "Saturday was off")


def locked(who, **more):
    factories.full_week(who.dana, **more)
    factories.approved(who.dana, who.priscilla)
    first = queries.payroll_page(who.pay, LAST_WEEK).period.first_day
    return services.export_payroll(period_start=first, access=who.pay, now=NOW)


def test_an_adjustment_waits_for_an_open_sheet(who):
    locked(who)
    this = factories.submitted(who.dana, week=THIS_WEEK)
    with pytest.raises(Conflict, match="Take it back"):
        work(who.dana, LAST_WEEK + 5 * DAY, "08:00", "09:00")
    assert not Adjustment.objects.exists()
    services.recall_sheet(sheet_id=this.pk, access=who.dana, now=NOW)
    work(who.dana, LAST_WEEK + 5 * DAY, "08:00", "09:00")
    assert [one["seconds"] for one in Adjustment.objects.get().lines] == [HOUR]


@pytest.mark.parametrize(("sunday", "hours"), [(date(2026, 3, 8), 7), (date(2026, 11, 1), 9)])
def test_a_week_in_which_the_clocks_change_counts_what_elapsed(who, sunday, hours):
    """From 22:00 on Saturday to 6:00 on Sunday; the week of the change is the one that ends with it."""
    monday = sunday - 6 * DAY
    services.add_entry(
        starts_at=at(sunday - DAY, "22:00"), ends_at=at(sunday, "06:00"), reason="Storm", access=who.dana, now=NOW
    )
    for n in range(4):
        work(who.dana, monday + n * DAY, "08:00", "16:00")
    facts = queries.week_facts(who.dana.actor.id, monday)
    assert facts.hours.worked == (32 + hours) * HOUR and facts.hours.overtime == max(0, hours - 8) * HOUR
    assert facts.hours.by_day[sunday] == (hours - 2) * HOUR
    assert facts.week.span.seconds == (168 + hours - 8) * HOUR


def test_who_may_not_delegate_and_what_a_delegate_may_not(who):
    today = NOW.date()
    given = {"first": today, "last": today + DAY, "now": NOW}
    with pytest.raises(NotAllowed):
        services.delegate_approval(delegate_id=who.priscilla.actor.id, access=who.rosa, **given)
    services.delegate_approval(delegate_id=who.rosa.actor.id, access=who.priscilla, **given)
    factories.grant(who.dana, "vacation", 8, by=who.pay)
    asked = factories.ask(who.dana, date(2026, 12, 7))
    services.approve_leave(request_id=asked, access=who.rosa, now=NOW)
    # A delegate hands nothing on, and reaches nobody beyond the days.
    with pytest.raises(NotAllowed):
        services.delegate_approval(delegate_id=who.pedro.actor.id, access=who.rosa, **given)
    with pytest.raises(NotFound):
        services.cancel_leave(request_id=asked, reason="x", access=who.rosa, now=NOW + 2 * DAY)


def states(access) -> list[tuple[str, object, object]]:
    found = states_of_people(user_ids=[access.actor.id], since=at(LAST_WEEK, "00:00"), until=NOW + DAY)
    return [(one.state, one.since, one.until) for one in found]


def test_the_clock_is_the_source_of_states_where_the_profile_says_so(who):
    services.punch(state="work", access=who.dana, now=at(LAST_WEEK, "08:00"))
    assert states(who.dana) == []
    told = factories.TIME.replace("grace_minutes = 5", "grace_minutes = 5\ntells_traffic = true")
    load_small({**factories.extra(), "timekeeping.toml": told}, now=at(LAST_WEEK, "08:10"))
    for state, clock in (("meal", "12:00"), ("work", "12:30"), ("out", "16:00")):
        services.punch(state=state, access=who.dana, now=at(LAST_WEEK, clock))
    assert states(who.dana) == [
        ("available", at(LAST_WEEK, "08:00"), at(LAST_WEEK, "12:00")),
        ("meal", at(LAST_WEEK, "12:00"), at(LAST_WEEK, "12:30")),
        ("available", at(LAST_WEEK, "12:30"), at(LAST_WEEK, "16:00")),
    ]
    # A clock left running ends where its person says, and the pay office takes no contacts.
    services.punch(state="work", access=who.dana, now=at(LAST_WEEK + DAY, "08:00"))
    services.close_forgotten(ended_at=at(LAST_WEEK + DAY, "15:00"), reason="Forgot", access=who.dana, now=NOW)
    assert states(who.dana)[-1] == ("available", at(LAST_WEEK + DAY, "08:00"), at(LAST_WEEK + DAY, "15:00"))
    services.punch(state="work", access=who.pay, now=NOW)
    assert states(who.pay) == [] and Clock.objects.get(user_id=who.pay.actor.id).state == "work"
