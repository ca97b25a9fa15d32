"""What somebody who comes back sees first: what others did to their requests since they were last at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from citydesk.city.staff import queries as people
from citydesk.city.staff.services import note_seen, note_sign_in
from citydesk.city.staff.tests.factories import access_of, join_team, make_user
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, everything, load_city, make_request, staff

pytestmark = pytest.mark.django_db
EVENING, NEXT = MORNING + 8 * HOUR, MORNING + timedelta(days=1)


def back(access, at):
    """They sign in again; what they did before ended when they were last seen."""
    note_sign_in(user_id=access.actor.staff_id, methods=["password"], now=at)


def test_what_others_did_meanwhile_is_listed_newest_first_and_own_acts_are_not():
    load_city()
    boss, dana = everything(), staff("dana", "coordinator")
    mine, given_back, nobodys = (make_request("pothole") for _ in range(3))
    services.assign(
        request_id=mine.pk, team_id=None, owner_id=dana.actor.staff_id, reason="hers", access=boss, now=MORNING
    )
    assert queries.list_since_left(dana) == (None, [])  # the first day
    note_seen(user_id=dana.actor.staff_id, now=EVENING)
    services.return_request(request_id=given_back.pk, reason="State road", access=boss, now=EVENING + HOUR)
    services.return_request(request_id=nobodys.pk, reason="Before", access=boss, now=MORNING)
    services.close(
        request_id=mine.pk, reason="no_action", note="Nothing was there", access=boss, now=EVENING + 2 * HOUR
    )
    desk = ServiceRequest.objects.get(pk=given_back.pk).team
    join_team(get_user_model().objects.get(pk=dana.actor.staff_id), desk)
    back(dana, NEXT)
    assert people.left_at(dana.actor.staff_id) == EVENING

    dana = access_of(get_user_model().objects.get(pk=dana.actor.staff_id))
    since, rows = queries.list_since_left(dana)
    assert since == EVENING
    assert [(one.number, one.sentence, one.actor) for one in rows] == [
        (mine.number, "closed the request", boss.actor.label),
        (given_back.number, "returned the request to the desk", boss.actor.label),
    ]
    assert rows[1].reason == "State road"
    # Seen once: who signs in again later is told of what came after.
    note_seen(user_id=dana.actor.staff_id, now=NEXT + HOUR)
    back(dana, NEXT + 3 * HOUR)
    assert queries.list_since_left(dana) == (NEXT + HOUR, [])


def test_the_opening_page_says_it_in_the_readers_language():
    load_city()
    boss = everything()
    user = make_user("dana", roles=["representative"], language="es")
    row = make_request("pothole")
    services.assign(request_id=row.pk, team_id=None, owner_id=user.pk, reason="hers", access=boss, now=MORNING)
    note_seen(user_id=user.pk, now=EVENING)
    services.close(request_id=row.pk, reason="no_action", note="Nothing was there", access=boss, now=EVENING + HOUR)
    note_sign_in(user_id=user.pk, methods=["password"], now=NEXT)
    client = Client()
    client.force_login(user)
    page = client.get("/desk/home/representative/").content.decode()
    assert "Desde que se fue" in page and row.number in page
