"""What was promised stands beside the request it is about: the mark in the queue, and the week by owner."""

from datetime import timedelta

import pytest
from django.urls import reverse

from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.handlers import on_promise
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries.promises import promises_of_week
from citydesk.contact.service_requests.services.linking import link_contact
from citydesk.contact.service_requests.tests.factories import MORNING, load_city, make_request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _city():
    load_city()


@pytest.fixture
def pam():
    return make_user("pam", roles=["supervisor"], teams=[make_team("public_works")])


def promised(access, row, *, hours=2, text="Call back about the hole"):
    """A saved contact about a request that left a promise; returns (contact, promise)."""
    contact = interactions.start_draft(access=access, now=MORNING, first={"words": "A hole"})
    done = interactions.finish(
        interaction_id=contact,
        facts=interactions.ContactFacts(words="A hole"),
        outcomes=[interactions.OutcomeFacts(OutcomeKind.STATUS_TOLD, "service_requests.request", row.pk, row.number)],
        promises=[interactions.PromiseFacts(text, MORNING + hours * HOUR)],
        access=access,
        now=MORNING,
    )
    link_contact(request_id=row.pk, interaction_id=contact, customer_id=None, now=MORNING)
    return contact, done.promise_ids[0]


def marked(row) -> int:
    return ServiceRequest.objects.get(pk=row.pk).promise_count


def hear(contact: int) -> None:
    on_promise(payload={"interaction_id": contact}, event_id="1", happened_at=MORNING, now=MORNING)


def test_an_open_promise_marks_the_request_until_it_is_settled(pam):
    access, row, other = access_of(pam), make_request("pothole"), make_request("pothole")
    contact, promise = promised(access, row)
    version = ServiceRequest.objects.get(pk=row.pk).version
    hear(contact)
    assert (marked(row), marked(other)) == (1, 0)
    [line] = queries.queue_spec(access).prepare(
        list(ServiceRequest.objects.filter(pk=row.pk).values(*queries.queue_spec(access).fields)), access
    )
    assert "promise" in line.marks
    interactions.settle_promise(promise_id=promise, result="Told her", access=access, now=MORNING + HOUR)
    hear(contact)
    assert marked(row) == 0 and ServiceRequest.objects.get(pk=row.pk).version == version


def test_a_week_counts_kept_broken_and_open_by_owner_and_links_the_request(client, pam):
    access, row = access_of(pam), make_request("pothole")
    kept, late, waiting = (promised(access, row, hours=hours)[1] for hours in (2, 3, 30))
    promised(access, row, hours=24 * 9, text="Another week")
    interactions.settle_promise(promise_id=kept, result="Told", access=access, now=MORNING + HOUR)
    interactions.settle_promise(promise_id=late, result="Told", access=access, now=MORNING + 4 * HOUR)
    week = promises_of_week(access, day="2026-11-25", now=MORNING)
    [mine] = week.people
    assert (mine.kept, mine.broken, mine.open) == (1, 1, 1) and mine.lines[-1].id == waiting
    [after] = promises_of_week(access, day=week.after.isoformat(), now=MORNING).people
    assert [one.text for one in after.lines] == ["Another week"]
    client.force_login(pam)
    text = client.get(reverse("service_requests:promises"), {"of": "2026-11-24"}).content.decode()
    assert reverse("service_requests:detail", args=[row.number]) in text and "1 kept, 1 broken, 1 open" in text
    assert "Another week" not in text


def test_others_see_their_own_promises_alone(client, pam):
    promised(access_of(pam), make_request("pothole"))
    client.force_login(make_user("dana", roles=["representative"], teams=[make_team("desk_311")]))
    text = client.get(reverse("service_requests:promises"), {"of": "2026-11-24"}).content.decode()
    assert "Call back about the hole" not in text
    assert client.get(reverse("service_requests:promises"), {"of": "never"}).status_code == 200
    assert services.count_promises(interaction_id=0, now=MORNING) == 0
