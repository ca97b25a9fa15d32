"""Two clerks at once on real connections: one of them wins, the other is told; nothing is done twice.

The negative control takes the row lock away and must then see what the lock prevents.
"""

import threading
from functools import partial
from unittest import mock

import pytest

from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import ClockPause, Note, RequestClock, ServiceRequest
from citydesk.contact.service_requests.tests.factories import MORNING, everything, load_city, make_request
from citydesk.kernel.audit import history_of
from citydesk.kernel.tests import racing

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 5
race = partial(racing.race, done="done")


@pytest.fixture(autouse=True)
def _city():
    load_city()


def acts_of(row: ServiceRequest, code: str) -> int:
    return sum(line.code == f"service_requests.{code}" for line in history_of("service_requests.request", row.pk))


def test_two_closings_are_one():
    access = everything()
    for _ in range(PAIRS):
        row = make_request("pothole")
        results = race(
            lambda row=row: services.close(request_id=row.pk, reason="done", access=access, now=MORNING),
            lambda row=row: services.close(request_id=row.pk, reason="not_ours", access=access, now=MORNING),
        )
        assert sorted(results) == ["conflict", "done"]
        assert acts_of(row, "closed") == 1
        assert all(RequestClock.objects.filter(request=row).values_list("is_met", flat=True))


def test_assigning_with_the_same_version_tells_the_second():
    access = everything()
    for _ in range(PAIRS):
        row = make_request("pothole")
        results = race(
            *[
                lambda row=row: services.assign(
                    request_id=row.pk, owner_id=access.actor.id, access=access, now=MORNING, version=1
                )
            ]
            * 2
        )
        assert sorted(results) == ["done", "stale_version"]
        assert ServiceRequest.objects.get(pk=row.pk).version == 2


def test_closing_and_holding_leave_one_state():
    access = everything()
    for _ in range(PAIRS):
        row = make_request("pothole")
        results = race(
            lambda row=row: services.close(request_id=row.pk, reason="done", access=access, now=MORNING),
            lambda row=row: services.hold(
                request_id=row.pk, reason="weather", review_at=MORNING.replace(day=26), access=access, now=MORNING
            ),
        )
        # The hold may come first and end with the closing; after the closing it is refused.
        assert results[0] == "done" and results[1] in ("done", "conflict")
        assert ServiceRequest.objects.get(pk=row.pk).state == "closed"
        assert not ClockPause.objects.filter(request=row, ended_at__isnull=True).exists()


def test_without_the_lock_work_is_done_twice():
    """The negative control: the same race with the row lock switched off must show the harm."""
    access = everything()
    harmed = 0
    slow = threading.Barrier(2)

    def unlocked(request_id, access, *, permission="", move="", version=None):
        row = ServiceRequest.objects.defer("search").get(pk=request_id)
        slow.wait(60)
        return row

    for _ in range(PAIRS):
        row = make_request("pothole")
        with mock.patch.object(services.closing, "take", unlocked):
            race(
                lambda row=row: services.close(request_id=row.pk, reason="done", note="a", access=access, now=MORNING),
                lambda row=row: services.close(request_id=row.pk, reason="done", note="b", access=access, now=MORNING),
            )
        harmed += acts_of(row, "closed") == 2 or Note.objects.filter(request=row).count() == 2
    assert harmed
