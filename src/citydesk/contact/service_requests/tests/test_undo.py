"""Acts on many requests are taken back whole, in ten minutes, by whoever did them; a change since is named."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import choices, services
from citydesk.contact.service_requests.models import RequestClock, ServiceRequest
from citydesk.contact.service_requests.tests.factories import MORNING, everything, load_city, make_request
from citydesk.contact.service_requests.tests.test_notices import TEMPLATES
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(minutes=4)
_COLUMNS = ("team_id", "owner_id", "department_id", "state", "due_at", "queue_at", "assigned_at", "paused_since")


@pytest.fixture(autouse=True)
def _city():
    load_city({f"templates/{name}": (TEMPLATES / name).read_text() for name in ("assigned.en.md", "assigned.es.md")})


def stands(*rows: ServiceRequest) -> list[dict[str, Any]]:
    return [ServiceRequest.objects.values(*_COLUMNS).get(pk=row.pk) for row in rows]


def clocks(*rows: ServiceRequest) -> list[dict[str, Any]]:
    return list(RequestClock.objects.filter(request__in=rows).order_by("pk").values())


def test_an_assignment_is_taken_back_with_its_clocks():
    access, rows = everything(), [make_request("tree_down"), make_request("pothole")]
    before, ran = stands(*rows), clocks(*rows)
    forestry, person = make_team("forestry"), make_user("lin")
    done = services.assign_many(
        request_ids=[row.pk for row in rows],
        team_id=forestry.pk,
        owner_id=person.pk,
        reason="Storm",
        access=access,
        now=MORNING + timedelta(minutes=1),
    )
    assert len(done.done) == 2 and stands(*rows) != before
    assert services.undo_many(act_id=done.undo_id, access=access, now=LATER).count == 2
    assert stands(*rows) == before and clocks(*rows) == ran
    assert [line.code for line in history_of(choices.OBJECT_TYPE, rows[0].pk)][:2] == [
        "service_requests.undone",
        "service_requests.assigned",
    ]


def test_a_hold_taken_back_moves_no_due_time():
    access, row = everything(), make_request("pothole")
    before = stands(row)
    done = services.hold_many(
        request_ids=[row.pk],
        reason="weather",
        review_at=MORNING + timedelta(days=1),
        access=access,
        now=MORNING + timedelta(minutes=1),
    )
    assert done.done, done.refused
    services.undo_many(act_id=done.undo_id, access=access, now=LATER)
    assert stands(row) == before
    assert ServiceRequest.objects.get(pk=row.pk).pauses.get().stops_clocks is False


def test_what_changed_since_is_named_and_nothing_is_put_back():
    access, rows = everything(), [make_request("pothole"), make_request("pothole")]
    done = services.take_many(request_ids=[row.pk for row in rows], access=access, now=MORNING)
    services.start(request_id=rows[1].pk, access=access, now=LATER)
    after = stands(*rows)
    with pytest.raises(Conflict, match=rows[1].number) as refused:
        services.undo_many(act_id=done.undo_id, access=access, now=LATER)
    assert rows[0].number not in str(refused.value.message) and stands(*rows) == after


def test_only_who_did_it_takes_it_back_once_and_in_time():
    access, row = everything(), make_request("pothole")
    done = services.take_many(request_ids=[row.pk], access=access, now=MORNING)
    other = access_of(make_user("pam", roles=["supervisor"], teams=[make_team("public_works")]))
    with pytest.raises(NotFound):
        services.undo_many(act_id=done.undo_id, access=other, now=LATER)
    with pytest.raises(Conflict, match="over"):
        services.undo_many(act_id=done.undo_id, access=access, now=MORNING + timedelta(minutes=11))
    services.undo_many(act_id=done.undo_id, access=access, now=LATER)
    with pytest.raises(Conflict, match="already"):
        services.undo_many(act_id=done.undo_id, access=access, now=LATER)


def test_what_cannot_be_taken_back_or_changed_nothing_offers_no_undo():
    access, row = everything(), make_request("pothole")
    assert services.make_work_orders(request_ids=[row.pk], access=access, now=MORNING).undo_id is None
    services.take_many(request_ids=[row.pk], access=access, now=MORNING)
    assert services.take_many(request_ids=[row.pk], access=access, now=MORNING).undo_id is None


def told(row: ServiceRequest) -> list[str]:
    rows = correspondence.list_messages(about_type=choices.OBJECT_TYPE, about_id=row.pk)
    return [str(one["state"]) for one in rows if one["template_code"] == "assigned"]


def test_messages_not_sent_are_stopped_and_a_later_assignment_is_told_again():
    access = everything()
    row = make_request("pothole", reporter=services.Person("Ana", "email", "ana@x.example"))
    forestry = make_team("forestry")

    def give(minute: int) -> int | None:
        return services.assign_many(
            request_ids=[row.pk],
            team_id=forestry.pk,
            reason="Roots",
            access=access,
            now=MORNING + timedelta(minutes=minute),
        ).undo_id

    act = give(1)
    services.tell_people(
        request_id=row.pk, template="assigned", happening=f"assigned:{forestry.pk}", now=MORNING + timedelta(minutes=2)
    )
    done = services.undo_many(act_id=act or 0, access=access, now=LATER)
    assert (done.stopped, done.sent) == (1, 0) and told(row) == ["stopped"]
    # The news of the assignment comes late: it is not so any more.
    assert not services.tell_people(
        request_id=row.pk,
        template="assigned",
        happening=f"assigned:{forestry.pk}",
        only_with=(forestry.pk, None),
        now=LATER,
    )
    give(5)
    services.tell_people(
        request_id=row.pk, template="assigned", happening=f"assigned:{forestry.pk}", now=MORNING + timedelta(minutes=6)
    )
    assert sorted(told(row)) == ["queued", "stopped"]


def test_the_queue_offers_the_undo_and_says_what_it_did(client):
    user = make_user("pam", roles=["supervisor"], teams=[make_team("public_works")])
    client.force_login(user)
    row = make_request("pothole", now=utc_now())
    answer = client.post(reverse("service_requests:bulk"), {"act": "take", "id": [row.pk], "query": "show=open"})
    assert "1 taken at" in answer.content.decode()
    again = client.get(reverse("service_requests:queue")).content.decode()
    address = again.split('formaction="')[1].split('"')[0]
    assert "1 taken at" in again and ServiceRequest.objects.get(pk=row.pk).owner_id == user.pk
    text = client.post(address, {"query": "show=open"}).content.decode()
    assert "1 request stands as before." in text and "1 taken at" not in text
    assert ServiceRequest.objects.get(pk=row.pk).owner_id is None
    refused = client.post(address, {"query": "show=open"})
    assert refused.status_code == 409 and "taken back already" in refused.content.decode()
