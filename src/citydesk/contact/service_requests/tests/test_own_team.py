"""The queue of one's own team: its rows, nobody else's, by a statement that walks along the team's index."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from citydesk.city.customers.tests.factories import NOW
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import queries
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import load_city, make_request
from citydesk.contact.service_requests.views.queue import context_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    """A worker of two teams, with an open request at each and one at a third."""
    load_city()
    teams = [make_team("public_works"), make_team("forestry")]
    access = access_of(make_user("worker", roles=["department_worker"], teams=teams))
    rows = [make_request("pothole") for _ in range(3)]
    for row, team in zip(rows, [*teams, make_team("desk_311")], strict=True):
        ServiceRequest.objects.filter(pk=row.pk).update(team=team)
    return access, teams, rows


def listed(access, asked):
    page = context_of(QueryDict(f"show=open&{asked}"), access, NOW)["page"]
    return sorted(row.number for row in page.rows)


def test_one_of_ones_teams_or_all_of_them_are_listed(office):
    access, teams, rows = office
    assert [listed(access, f"team={team.pk}") for team in teams] == [[row.number] for row in rows[:2]]
    assert listed(access, "team=mine") == sorted(row.number for row in rows[:2])


@pytest.mark.parametrize("asked", ["none", "0", "mine now", "-1"])
def test_only_ones_own_team_counts_as_such(office, asked):
    access, teams, _rows = office
    assert queries.own_team(asked, access) == ""
    assert queries.own_team(str(make_team("desk_311").pk), access) == ""
    assert queries.own_team(str(teams[0].pk), access) == str(teams[0].pk)


def test_a_team_that_is_not_ones_own_gives_nothing(office):
    access, _teams, _rows = office
    assert not queries.list_queue(access, own_team=str(make_team("desk_311").pk)).exists()


@pytest.mark.parametrize("own", ["mine", "one"])
def test_the_team_is_asked_for_once(office, own):
    """Said twice, PostgreSQL expects hardly a row and sorts the whole queue instead of walking along it."""
    access, teams, _rows = office
    asked = str(teams[0].pk) if own == "one" else own
    spec = queries.queue_spec(access, now=NOW, own_team=asked)
    rows = spec.narrow(queries.list_queue(access, own_team=asked), {"show": "open", "team": asked})
    assert str(rows.query).partition(" WHERE ")[2].count('"team_id"') == 1


def test_what_stands_beside_counts_all_of_ones_teams_and_nobody_elses(office):
    access, _teams, rows = office
    late, returned, elsewhere = rows
    ServiceRequest.objects.filter(pk__in=[late.pk, elsewhere.pk]).update(due_at=NOW - timedelta(days=1))
    ServiceRequest.objects.filter(pk=returned.pk).update(return_count=1)
    mine, team = queries.list_views(access, now=NOW)
    counts = {one.code: one.count for one in (*mine, *team)}
    assert (counts["open"], counts["late"], counts["returned"]) == (2, 1, 1)
