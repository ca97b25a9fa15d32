"""Two at the same moment, on real connections: each with a control that takes the protection away and sees the harm."""

import threading
from datetime import date
from unittest import mock

import pytest

from citydesk.kernel.tests.racing import race
from citydesk.management.timekeeping import queries, services
from citydesk.management.timekeeping.models import PayrollExport, Timesheet
from citydesk.management.timekeeping.rules.policy import HOUR
from citydesk.management.timekeeping.services import leave
from citydesk.management.timekeeping.tests import factories
from citydesk.management.timekeeping.tests.factories import LAST_WEEK, NOW, ask, balance, grant

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def who(transactional_db):
    factories.load_city()
    return factories.people()


def two_wishes(who) -> list[int]:
    """Two requests of eight hours each, of which the balance covers one."""
    grant(who.dana, "vacation", 16, by=who.pay)
    found = [ask(who.dana, date(2026, 12, 7)), ask(who.dana, date(2026, 12, 9))]
    services.adjust_balance(
        user_id=who.dana.actor.id, leave_type="vacation", seconds=-8 * HOUR, on=date(2026, 11, 1), reason="Was taken",
        access=who.pay, now=NOW,
    )  # fmt: skip
    return found


def both(who, wishes) -> list[str]:
    def approve(pk, by):
        return lambda: services.approve_leave(request_id=pk, access=by, now=NOW)

    return sorted(race(approve(wishes[0], who.priscilla), approve(wishes[1], who.pedro)))


def test_two_approvals_never_take_more_than_the_balance(who):
    assert both(who, two_wishes(who)) == ["None", "invalid"]
    assert balance(who.dana, "vacation") == 0


def test_without_the_lock_both_see_the_balance_whole(who):
    """The control: both approvals looked before either wrote."""
    together = threading.Barrier(2)
    wishes = two_wishes(who)
    possible = leave._require_possible

    def looked(*args, **more):
        possible(*args, **more)
        together.wait(60)

    with mock.patch.object(leave, "_hold", lambda person: None), mock.patch.object(leave, "_require_possible", looked):
        assert both(who, wishes) == ["None", "None"]
    assert balance(who.dana, "vacation") == -8 * HOUR


def test_a_sheet_is_in_the_file_or_sent_back_never_both(who):
    factories.full_week(who.dana)
    sheet = factories.approved(who.dana, who.priscilla)
    first = queries.payroll_page(who.pay, LAST_WEEK).period.first_day
    results = race(
        lambda: services.export_payroll(period_start=first, access=who.pay, now=NOW),
        lambda: services.reject_sheet(sheet_id=sheet.pk, reason="Wrong", access=who.priscilla, now=NOW),
    )
    state = Timesheet.objects.get(pk=sheet.pk).state
    assert (state, PayrollExport.objects.count(), results[1]) in (("locked", 1, "conflict"), ("open", 0, "None"))


def test_two_presses_of_approve_are_one_approval(who):
    factories.full_week(who.dana)
    sheet = factories.submitted(who.dana)
    results = race(
        *(
            (lambda by=by: services.approve_sheet(sheet_id=sheet.pk, access=by, now=NOW))
            for by in (who.priscilla, who.pedro)
        )
    )
    assert sorted(results) == ["None", "conflict"]
