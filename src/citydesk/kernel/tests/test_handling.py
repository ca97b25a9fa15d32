"""What an act publishes is handled by one job; a handler that fails is tried again by itself."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import OperationalError, transaction

from citydesk.kernel import outbox, registries, tasks
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import HandledEvent
from citydesk.kernel.rows import together
from citydesk.kernel.tests.jobs import run_jobs, waiting_jobs

pytestmark = pytest.mark.django_db
HERE = "citydesk.kernel.tests.test_handling"
heard: list[tuple[str, str]] = []
broken: dict[str, Exception] = {}


@dataclass(frozen=True)
class LampLit:
    name: ClassVar[str] = "kernel.LampLit"
    lamp: str


def _hear(who, payload):
    heard.append((who, payload["lamp"]))
    if who in broken:
        raise broken[who]


def on_lit_first(*, payload, event_id, happened_at, now):
    _hear("first", payload)


def on_lit_second(*, payload, event_id, happened_at, now):
    _hear("second", payload)


@pytest.fixture(autouse=True)
def two_listeners(monkeypatch):
    heard.clear()
    broken.clear()
    known = registries.registries.handlers_of
    ours = [f"{HERE}.on_lit_first", f"{HERE}.on_lit_second"]
    monkeypatch.setattr(
        registries.registries, "handlers_of", lambda name: ours if name == LampLit.name else known(name)
    )


def light(*lamps):
    with transaction.atomic(), together():
        for lamp in lamps:
            outbox.publish(LampLit(lamp), now=utc_now())


def ours():
    return [one for one in waiting_jobs() if one["task_name"] in (outbox.HANDLE_EVENT, outbox.HANDLE_EVENTS)]


def test_an_act_leaves_one_job_for_all_who_listen():
    light("red", "green")
    assert len(ours()) == 1
    run_jobs(only={outbox.HANDLE_EVENTS})
    assert heard == [("first", "red"), ("second", "red"), ("first", "green"), ("second", "green")]


def test_a_handler_that_fails_holds_back_no_other_and_is_tried_again_alone():
    light("red")
    broken["first"] = ValueError("no bulb")
    (job,) = ours()
    tasks.handle_events.func(**job["args"])
    assert heard == [("first", "red"), ("second", "red")]
    again = [one for one in ours() if one["task_name"] == outbox.HANDLE_EVENT]
    assert [one["args"]["handler"] for one in again] == [f"{HERE}.on_lit_first"]
    assert again[0]["args"]["request_id"] == job["args"]["request_id"]
    assert again[0]["scheduled_at"] > utc_now()
    with pytest.raises(ValueError, match="no bulb"):
        tasks.handle_event.func(**again[0]["args"])
    broken.clear()
    tasks.handle_event.func(**again[0]["args"])
    tasks.handle_events.func(**job["args"])  # delivered twice
    assert heard[2:] == [("first", "red"), ("first", "red")]
    assert HandledEvent.objects.filter(handler__startswith=HERE).count() == 2


def test_without_a_database_the_whole_job_is_tried_again():
    light("red")
    broken["second"] = OperationalError("the connection is lost")
    (job,) = ours()
    with pytest.raises(OperationalError):
        tasks.handle_events.func(**job["args"])
    assert len(ours()) == 1
    broken.clear()
    tasks.handle_events.func(**job["args"])
    assert heard == [("first", "red"), ("second", "red"), ("second", "red")]
