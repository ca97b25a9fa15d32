"""Two people at one thing: one of them wins, nothing is lost, nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from citydesk.city.staff import services
from citydesk.city.staff.models import (
    Absence,
    RoleGrant,
    SignInBrake,
)
from citydesk.city.staff.tests.factories import (
    access_of,
    make_role,
    make_user,
)
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict


def at_once(*acts):
    """Run acts in threads of their own that start together; returns results or exceptions."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=60)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_two_second_people_decide_once():
    manager = access_of(make_user("ada", roles=["administrator"]))
    deciders = [access_of(make_user(f"second{number}", roles=["administrator"])) for number in range(2)]
    make_role("auditor")
    person = make_user("pat")
    asked = services.grant_role(user_id=person.pk, role="auditor", reason="x", access=manager, now=utc_now())

    def decide(access):
        return lambda: services.decide_grant(
            request_id=asked.request_id, is_approved=True, access=access, now=utc_now()
        )

    results = at_once(*[decide(one) for one in deciders])
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert RoleGrant.objects.filter(user=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_failures_all_count():
    now = utc_now()
    acts = [
        lambda number=number: services.note_failed_sign_in(
            login="rosa", address=f"10.0.0.{number}", method="password", now=now
        )
        for number in range(6)
    ]
    assert not [one for one in at_once(*acts) if one is not None]
    assert max(SignInBrake.objects.values_list("failures", flat=True)) == 6


@pytest.mark.django_db(transaction=True)
def test_one_absence_when_two_supervisors_enter_it_at_once():
    manager = access_of(make_user("ada", roles=["administrator"]))
    person, now = make_user("pat"), utc_now()

    def enter():
        return services.set_absence(user_id=person.pk, starts_at=now, kind="sick", access=manager, now=now)

    results = at_once(enter, enter)
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert Absence.objects.filter(user=person).count() == 1
