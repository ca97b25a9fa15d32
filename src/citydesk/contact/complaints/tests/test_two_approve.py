"""Two people approve at the same moment, on real connections. The control takes the row lock away and sees the harm."""

import threading
from unittest import mock

import pytest

from citydesk.contact.complaints import services
from citydesk.contact.complaints.models import Approval, Complaint
from citydesk.contact.complaints.services import approvals
from citydesk.contact.complaints.tests import factories
from citydesk.contact.complaints.tests.factories import act, fresh
from citydesk.kernel.audit import history_of
from citydesk.kernel.tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PAIRS = 5


@pytest.fixture
def who(transactional_db):
    factories.load_city()
    return factories.people()


def both(row, who) -> list[str]:
    return race(
        lambda: act(row, services.approve_plan, who.small),
        lambda: act(row, services.approve_plan, who.big),
    )


def acts_of(row, code: str) -> int:
    return sum(line.code == f"complaints.{code}" for line in history_of("complaints.complaint", row.pk))


def test_the_second_of_two_makes_the_plan_stand_once(who):
    for _ in range(PAIRS):
        row = factories.submitted(who, amount="400.00")
        assert sorted(both(row, who)) == ["one_more", "stands"]
        assert fresh(row).state == "approved" and acts_of(row, "plan_approved") == 1


def test_where_one_is_enough_the_other_is_told(who):
    for _ in range(PAIRS):
        row = factories.submitted(who)
        assert sorted(both(row, who)) == ["conflict", "stands"]
        assert Approval.objects.filter(complaint=row).count() == 1


def test_approving_and_sending_back_leave_one_answer(who):
    for _ in range(PAIRS):
        row = factories.submitted(who)
        results = race(
            lambda row=row: act(row, services.approve_plan, who.small),
            lambda row=row: act(row, services.send_plan_back, who.big, reason="No"),
        )
        assert sorted(results) in (["None", "conflict"], ["conflict", "stands"])
        assert fresh(row).state in ("approved", "plan_proposed")


def test_without_the_lock_two_agree_and_nobody_notices(who):
    """The control: each counts the other's yes as missing, and the plan waits for ever."""
    slow = threading.Barrier(2)

    def unlocked(complaint_id, move, access, *, version=None):
        row = Complaint.objects.get(pk=complaint_id)
        slow.wait(60)
        return row

    harmed = 0
    for _ in range(PAIRS):
        row = factories.submitted(who, amount="400.00")
        with mock.patch.object(approvals, "take", unlocked):
            both(row, who)
        agreed = Approval.objects.filter(complaint=row, is_yes=True).count()
        harmed += agreed == 2 and fresh(row).state == "awaiting_approval"
    assert harmed
