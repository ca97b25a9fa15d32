"""What lay on the desks when Monday began: two colleagues who call in sick, and a request that came back once."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from citydesk.city.staff.services import set_absence
from citydesk.city.staff.tests.factories import access_of
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.models import Interaction, Promise
from citydesk.contact.interactions.tests.factories import make_draft
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from tests.journeys.bad_hours import print_forms

# What runs with the drills alone, to keep the tests short: `DRILL_SIZE=full`.
WHOLE = pytest.mark.skipif(os.environ.get("DRILL_SIZE") != "full", reason="runs at full size")
POTHOLE = {"gas": "no", "water": "no", "where": "lane"}


def pothole() -> ServiceRequest:
    """A request of the streets department, with somebody to tell."""
    reporter = requests.Person("Edna Marsh", "email", "edna@example.org")
    return make_request("pothole", now=utc_now(), reporter=reporter, answers=POTHOLE)


@contextmanager
def stage(name: str):
    """What part of the day a failure belongs to."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"On this Monday: {name}")
        raise


@dataclass
class Absent:
    """Somebody who called in sick, and what lies with them."""

    user: Any
    requests: list[int]
    draft: int
    promise: int | None = None


def sick(city, username: str, *, count: int, words: str, promises: bool = False) -> Absent:
    """A colleague away until evening with so many requests, an open contact and perhaps a promise."""
    now, user = utc_now(), city.person(username)
    access = access_of(user)
    mine = [make_request("pothole", now=now, answers=POTHOLE).pk for _ in range(count)]
    ServiceRequest.objects.filter(pk__in=mine).update(owner_id=user.pk)
    draft = make_draft(access, now=now, words=words)
    promise = None
    if promises:
        promise = interactions.make_promise(
            interaction_id=draft, text="Say when", due_at=now + timedelta(hours=5), access=access, now=now
        )
    until = now + timedelta(hours=9)
    set_absence(user_id=user.pk, kind="sick", starts_at=now, ends_at=until, access=SYSTEM_ACCESS, now=now)
    return Absent(user, mine, draft, promise)


def lies_with(who: Absent) -> set[int | None]:
    """Whoever holds the requests, the promise and the open contact now."""
    held = set(ServiceRequest.objects.filter(pk__in=who.requests).values_list("owner_id", flat=True))
    held.add(Interaction.objects.get(pk=who.draft).holder_id)
    if who.promise:
        held.add(Promise.objects.get(pk=who.promise).owner_id)
    return held


def returned_once(city) -> ServiceRequest:
    """A pothole that its team gave back on Friday, and the supervisor gave them again."""
    now = utc_now()
    row = make_request("pothole", now=now, answers=POTHOLE)
    works, boss = access_of(city.person("harriet")), access_of(city.person("priscilla"))
    team = row.team_id
    requests.return_request(request_id=row.pk, reason="That is a state road", access=works, now=now)
    requests.assign(request_id=row.pk, team_id=team, reason="The map says it is ours", access=boss, now=now)
    row.refresh_from_db()
    return row


def goto(page, address: str) -> None:
    """Open a page and wait until it hears the event process."""
    with page.expect_response(lambda answer: "/stream/" in answer.url):
        page.goto(address)


@pytest.fixture
def monday(city, event_process, seat):
    """The city with two absences. `event_process` comes before the seats: it gives their pages news."""
    edna = city.resident("Edna", "Marsh", phone="(706) 555-0177", email="edna@example.org")
    edgar = city.resident("Edgar", "Marsh", phone="(706) 555-0178", email="edgar@example.org")
    city.resident("Rosa", "Delgado", phone="(706) 555-0148", address="136 Quarry Rd", language="es")
    imre = sick(city, "imre", count=2, words="The hydrant on Elm drips", promises=True)
    osei = sick(city, "osei", count=1, words="Asks for the pool's hours")
    return {
        "edna": edna,
        "edgar": edgar,
        "imre": imre,
        "osei": osei,
        "returned": returned_once(city),
        "form": print_forms(city),
    }
