"""What a person may do: the union of what is in force today, read anew with whatever changes it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from citydesk.city.staff.models import AuthorityLimit, Role, RoleGrant, Team, TeamMembership
from citydesk.city.staff.queries import access as access_module
from citydesk.city.staff.queries import access_for, user_with_rights
from citydesk.city.staff.rules import may_approve
from citydesk.city.staff.tests.factories import (
    access_of,
    give_role,
    join_team,
    make_department,
    make_role,
    make_team,
    make_user,
    standard_role_data,
    standard_roles,
)
from citydesk.kernel.actors import NOBODY
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_permissions_are_the_union_of_roles_in_force():
    make_role("one", ["a.view", "b.view"], limits={"write_off": "25.00"})
    make_role("two", ["b.view", "c.view"], limits={"write_off": "250.00", "refund": "10"})
    user = make_user(roles=["one", "two"])
    give_role(user, make_role("old", ["d.view"]), valid=DateRange(date(2020, 1, 1), TODAY))
    give_role(user, make_role("coming", ["e.view"]), valid=DateRange(TODAY + timedelta(days=1), None))

    access = access_of(user, NOW)

    assert access.permissions == {"a.view", "b.view", "c.view", "staff.own_account"}
    assert access.roles == {"one", "two"}
    assert {code: Decimal(amount) for code, amount in access.limits.items()} == {"write_off": 250, "refund": 10}
    assert (access.actor.staff_id, access.actor.label) == (user.pk, user.name)


def test_a_transferred_person_loses_the_old_team_on_the_day():
    user = make_user()
    old, new = make_team("old", department="streets"), make_team("new", department="parks")
    join_team(user, old, valid=DateRange(date(2020, 1, 1), TODAY))
    join_team(user, new, valid=DateRange(TODAY, None))

    before, after = access_of(user, NOW - timedelta(days=1)), access_of(user, NOW)

    assert (before.team_ids, before.department_ids) == ({old.pk}, {old.department_id})
    assert (after.team_ids, after.department_ids) == ({new.pk}, {new.department_id})


def test_a_role_for_one_department_gives_sight_of_that_department():
    parks = make_department("parks")
    user = make_user()
    give_role(user, make_role("reader", ["x.view"]), department=parks)
    assert access_of(user, NOW).department_ids == {parks.pk}


def test_visitors_and_disabled_people_get_nothing():
    assert access_for(AnonymousUser(), NOW) is NOBODY
    assert access_of(make_user(roles=["representative"], is_active=False), NOW) is NOBODY


@pytest.mark.parametrize("size", [1, 8])
def test_one_statement_whatever_the_number_of_roles_and_teams_and_one_more_after_a_change(
    django_assert_num_queries, no_look_is_due, size
):
    roles = [make_role(f"role{number}", [f"x{number}.view"]) for number in range(size)]
    user = make_user(roles=roles, teams=[make_team() for _ in range(size)])
    access_of(make_user())  # the profile has been looked at
    for statements in (2, 1, 1):
        with django_assert_num_queries(statements):
            loaded = user_with_rights(user.pk, utc_now())
            access = access_for(loaded, utc_now())
        assert len(access.team_ids) == len(access.roles) == size


def another_limit(user, role, team):
    AuthorityLimit.objects.create(role=role, code="write_off", amount=Decimal("25.00"))
    return lambda access: access.limits == {"write_off": "25.00"}


def other_permissions(user, role, team):
    Role.objects.filter(pk=role.pk).update(permissions=["b.view"])
    return lambda access: access.permissions == {"b.view", "staff.own_account"}


def no_role(user, role, team):
    RoleGrant.objects.filter(user=user).delete()
    return lambda access: access.permissions == {"staff.own_account"}


def one_more_role(user, role, team):
    give_role(user, make_role("more", ["c.view"]))
    return lambda access: "c.view" in access.permissions


def no_membership(user, role, team):
    TeamMembership.objects.filter(user=user).update(valid=DateRange(TODAY, TODAY))
    return lambda access: not access.team_ids


def no_team(user, role, team):
    Team.objects.filter(pk=team.pk).update(is_active=False)
    return lambda access: not access.team_ids


@pytest.mark.parametrize("change", [another_limit, other_permissions, no_role, one_more_role, no_membership, no_team])
def test_whatever_changes_rights_is_seen_by_the_next_request(change):
    role, team = make_role("one", ["a.view"]), make_team("team")
    user = make_user(roles=[role], teams=[team])
    before = access_of(user, NOW)
    is_seen = change(user, role, team)
    assert not is_seen(before) and is_seen(access_of(user, NOW))


@pytest.mark.owner
def test_without_the_database_to_tell_a_change_would_be_missed():
    """What the test above would look like if a table had no such trigger."""
    role, team = make_role("one", ["a.view"]), make_team("team")
    user = make_user(roles=[role], teams=[team])
    access_of(user, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    is_seen = other_permissions(user, role, team)
    assert not is_seen(access_of(user, NOW))


def test_rights_of_a_change_that_was_rolled_back_are_not_kept():
    user = make_user(roles=[make_role("one", ["a.view"])])
    before = access_of(user, NOW)
    with suppress(ZeroDivisionError), transaction.atomic():
        give_role(user, make_role("two", ["b.view"]))
        assert "b.view" in access_of(user, NOW).permissions
        raise ZeroDivisionError
    assert access_of(user, NOW) == before


def test_rights_are_kept_by_the_version_they_were_read_with(monkeypatch):
    """A change that comes between the look at the person and the look at the rights is not taken for the old one."""
    role = make_role("one", ["a.view"])
    user = make_user(roles=[role])
    statements, rows = [], access_module._rows

    def with_a_change_between(statement, *given):
        if statements:
            other_permissions(user, role, None)
        statements.append(statement)
        return rows(statement, *given)

    monkeypatch.setattr(access_module, "_rows", with_a_change_between)
    assert "b.view" in access_of(user, NOW).permissions
    monkeypatch.undo()
    assert "b.view" in access_of(user, NOW).permissions
    Role.objects.filter(pk=role.pk).update(permissions=["c.view"])
    assert "c.view" in access_of(user, NOW).permissions


def test_the_administrator_reads_no_business_record():
    standard_roles()
    rights = access_of(make_user(roles=["administrator"])).permissions
    # Keys, addresses and the log of deliveries of other programs; no page of it shows a record.
    rooms = {permission.split(".")[0] for permission in rights - {"referrals.connect"}}
    assert rooms <= {"staff", "profile", "desk"}
    assert not {"desk.home", "desk.search", "desk.supervise"} & rights


def test_nobody_but_the_records_officer_reads_confidential_requests_unassigned():
    holders = {c for c, r in standard_role_data().items() if "service_requests.confidential" in r["permissions"]}
    assert holders == {"records_officer"}


def test_duties_that_reach_far_ask_for_a_second_factor_and_a_second_person():
    data = standard_role_data()
    for code in ("supervisor", "administrator", "auditor", "finance", "director", "records_officer"):
        assert data[code]["mfa"] and data[code]["sensitive"], code


def test_nobody_approves_their_own_act_or_above_their_limit():
    access = access_of(make_user(roles=[make_role("lead", [], limits={"write_off": "100.00"})]))
    own, other = access.actor.staff_id, access.actor.staff_id + 1
    assert not may_approve(access, requested_by_id=own)
    assert may_approve(access, requested_by_id=other)
    assert may_approve(access, requested_by_id=other, amount=Decimal("100.00"), limit_code="write_off")
    assert not may_approve(access, requested_by_id=other, amount=Decimal("100.01"), limit_code="write_off")
    assert not may_approve(access, requested_by_id=other, amount=Decimal(1), limit_code="refund")
    assert not may_approve(NOBODY, requested_by_id=other)


def test_the_database_refuses_a_role_given_to_oneself_and_two_memberships_at_once():
    user, role = make_user(teams=["team"]), make_role("x", [])
    with pytest.raises(IntegrityError), transaction.atomic():
        grant = give_role(user, role)
        type(grant).objects.filter(pk=grant.pk).update(granted_by_id=user.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        join_team(user, "team", valid=DateRange(TODAY, None))
