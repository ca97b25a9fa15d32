"""Contracts and availability of the people one plans for."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff.queries import Person
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import PLAN
from citydesk.management.workforce.models import Availability, Contract
from citydesk.management.workforce.queries.groups import GroupRow
from citydesk.management.workforce.queries.seen import may_plan, seen_groups


@dataclass(frozen=True)
class ContractLine:
    """Somebody of a group and the contract in force today; None where there is none."""

    person: Person
    group: GroupRow
    contract: Contract | None


@dataclass(frozen=True)
class PersonTerms:
    """A person's contracts from the newest, and what planners wrote down of when they can work from today on.

    `group` is one of theirs."""

    person: Person
    contracts: list[Contract]
    said: list[Availability]
    today: date
    group: GroupRow | None = None


def planned_people(access: Access, now: datetime) -> set[int]:
    """Ids of the people somebody plans for: members of the groups of their own teams."""
    groups = [one for one in seen_groups(access) if may_plan(access, one)]
    return {one.id for group in groups for one in staff.people_of_team(group.team_id, now)}


def list_contracts(access: Access, now: datetime) -> list[ContractLine]:
    """Everybody one plans for, by group and name. Raises `NotFound` without the right."""
    access.require_sight(PLAN)
    today = profile.city_today(now)
    groups = [one for one in seen_groups(access) if may_plan(access, one)]
    people = [(one, group) for group in groups for one in staff.people_of_team(group.team_id, now)]
    rows = Contract.objects.filter(in_force(today), user_id__in=[one.id for one, _group in people])
    held = {one.user_id: one for one in rows}
    return [
        ContractLine(one, group, held.get(one.id))
        for one, group in sorted(people, key=lambda pair: (pair[1].id, pair[0].name))
    ]


def in_force(day: date) -> Q:
    """The contracts that hold on a day."""
    return Q(first__lte=day) & (Q(last=None) | Q(last__gte=day))


def get_terms(access: Access, user_id: int, now: datetime) -> PersonTerms:
    """One person's contracts and availability. Raises `NotFound` for who is not of one's teams."""
    access.require_sight(PLAN)
    group = group_of_person(access, user_id, now)
    if group is None:
        raise NotFound(_("There is no such person."))
    today = profile.city_today(now)
    said = Availability.objects.filter(user_id=user_id, statement=None).exclude(day__lt=today)
    contracts = Contract.objects.filter(user_id=user_id).order_by("-first")
    return PersonTerms(staff.get_user(user_id), list(contracts), list(said), today, group)


def group_of_person(access: Access, user_id: int, now: datetime) -> GroupRow | None:
    """The first of the groups one plans for that somebody belongs to; None where there is none."""
    groups = [one for one in seen_groups(access) if may_plan(access, one)]
    return next((g for g in groups if user_id in {one.id for one in staff.people_of_team(g.team_id, now)}), None)
