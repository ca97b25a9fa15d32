"""Two who decide one swap at the same moment, on real connections, and a control that takes the protection away."""

import threading
from unittest import mock

import pytest
from django.db import DatabaseError

from citydesk.kernel.tests.racing import race
from citydesk.management.workforce import services
from citydesk.management.workforce.models import Schedule, SwapRequest
from citydesk.management.workforce.queries.published import published_plan, week_of
from citydesk.management.workforce.services import swaps
from citydesk.management.workforce.tests import life_cases
from citydesk.management.workforce.tests.life_cases import MONDAY, NOW

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def who(transactional_db):
    life_cases.load()
    return life_cases.desk()


def both_approve(who) -> list[str]:
    """Two supervisors approve Dana's swap with Osei at the same moment."""
    pk = services.offer_swap(day=MONDAY, taker_id=who.id_of("osei"), access=who.dana, now=NOW)
    services.answer_swap(swap_id=pk, is_accepted=True, access=who.osei, now=NOW)

    def approve(by):
        def run() -> str:
            try:
                services.approve_swap(swap_id=pk, reason="Both wish it", access=by, now=NOW)
            except DatabaseError:
                return "refused by the database"
            return "approved"

        return run

    return sorted(race(approve(who.priscilla), approve(who.pedro)))


def test_one_swap_is_approved_once(who):
    assert both_approve(who) == ["approved", "conflict"]
    assert list(Schedule.objects.order_by("version").values_list("version", "state")) == [
        (1, "superseded"),
        (2, "published"),
    ]


def test_without_the_locks_both_write_and_only_the_database_stands_between(who):
    """The control: both read before either wrote."""
    looked = threading.Barrier(2)

    def take(swap_id, access, version):
        return SwapRequest.objects.select_related("group").get(pk=swap_id)

    def hold(group_id, day, now):
        plan = published_plan(group_id, week_of(day), now=now)
        looked.wait(60)
        return plan

    with mock.patch.object(swaps, "_taken", take), mock.patch.object(swaps, "hold_week", hold):
        assert both_approve(who) == ["approved", "refused by the database"]
