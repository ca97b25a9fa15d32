"""Two who publish at the same moment; the control takes the lock away and sees the harm."""

import threading
from unittest import mock

import pytest

from citydesk.city.staff.tests.factories import make_team
from citydesk.kernel.tests.racing import race
from citydesk.management.workforce import services
from citydesk.management.workforce.models import Schedule, Shift
from citydesk.management.workforce.services import publishing
from citydesk.management.workforce.tests.planning_cases import NOW, ask, begun, give, make_group, planned

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def desk(transactional_db):
    return planned()


def both(desk) -> tuple[list[str], list[int]]:
    """Two groups of one team have the same person at the same hour; both weeks are published at once."""
    other = make_group("mail", make_team("desk_311"))
    ask(other, 1)
    versions = [begun(desk), begun(desk, group=other)]
    for pk in versions:
        give(desk, pk, "dana", 0)

    def publish(pk, by):
        return lambda: services.publish_schedule(schedule_id=pk, access=by, now=NOW)

    return sorted(race(publish(versions[0], desk.boss), publish(versions[1], desk.second))), versions


def published(versions) -> int:
    return Schedule.objects.filter(pk__in=versions, state="published").count()


def test_nobody_is_published_twice_at_one_hour(desk):
    said, versions = both(desk)
    assert said == ["None", "conflict"] and published(versions) == 1


def test_without_the_lock_a_person_is_in_two_places(desk):
    """The control: both looked before either had written."""
    together = threading.Barrier(2)
    check = publishing._check

    def looked(*args):
        check(*args)
        together.wait(60)

    with mock.patch.object(publishing, "_hold_groups", lambda: None), mock.patch.object(publishing, "_check", looked):
        said, versions = both(desk)
    assert said == ["None", "None"] and published(versions) == 2
    assert Shift.objects.filter(schedule_id__in=versions, user_id=desk.id_of("dana")).count() == 2
