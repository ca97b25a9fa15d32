"""The demo city's people at work: who answers, who works on a team's requests, with their real rights."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access


def sample_users(now: datetime) -> dict[str, Any]:
    """Whom one signs in as, by role: the first of the list, or who sits at desk 4 and is in the pictures."""
    chosen: dict[str, Any] = {}
    for person in staff.list_people():
        user = staff.user_with_rights(person.id, now)
        for role in staff.access_for(user, now).roles:
            # The Spanish-speaking colleague is as good an example.
            if role not in chosen or person.desk == "Desk 4":
                chosen[role] = user
    return chosen


@dataclass
class Office:
    """Staff by what they do. Rights are read once: nobody changes jobs within the demo year."""

    clerks: list[Access]
    spanish: list[Access]
    supervisor: Access
    # Whom one signs in as, by role.
    shown: Mapping[str, Access] = field(default_factory=dict)
    by_team: dict[int, list[Access]] = field(default_factory=dict)
    crews_of: dict[int, list[int]] = field(default_factory=dict)
    crew_members: dict[int, list[Access]] = field(default_factory=dict)
    teams: dict[int, staff.TeamRow] = field(default_factory=dict)

    def clerk(self, language: str, chance: random.Random) -> Access:
        """Who takes a call: a Spanish speaker for Spanish most of the time."""
        pool = self.spanish if language == "es" and self.spanish and chance.random() < 0.8 else self.clerks
        return chance.choice(pool)

    def worker(self, team_id: int | None, chance: random.Random) -> Access:
        """Somebody of the team who may work on requests; the supervisor where a team has nobody of its own."""
        return chance.choice(self._workers(team_id) or [self.supervisor])

    def planner(self, team_id: int | None, chance: random.Random) -> Access | None:
        """Somebody of the team, or of its department, who may send a crew out; None where nobody may."""
        people = [one for one in self._workers(team_id) if one.may("work_orders.edit")]
        return chance.choice(people) if people else None

    def _workers(self, team_id: int | None) -> list[Access]:
        people = self.by_team.get(team_id or 0, [])
        if not people and team_id in self.teams:
            department = self.teams[team_id].department_id
            mates = [
                one for team in self.teams.values() if team.department_id == department for one in self.by_team[team.id]
            ]
            people = [one for one in mates if one.actor != self.supervisor.actor]
        return people


def open_office(now: datetime) -> Office:
    """Everybody with the rights of today."""
    accesses = {}
    for person in staff.list_people():
        user = staff.user_with_rights(person.id, now)
        accesses[person.username] = staff.access_for(user, now)
    clerks = [one for one in accesses.values() if "representative" in one.roles]
    spanish_ids = {person.id for person in staff.people_with_skill("spanish", now)}
    supervisor = next(one for one in accesses.values() if "supervisor" in one.roles)
    shown = {role: staff.access_for(user, now) for role, user in sample_users(now).items()}
    office = Office(clerks, [one for one in clerks if one.actor.id in spanish_ids], supervisor, shown)
    teams = staff.list_teams()
    part_of = {code: body["part_of"] for code, body in profile.entries("teams", profile.city_today(now)).items()}
    for team in teams:
        office.teams[team.id] = team
        members = [one for one in accesses.values() if team.id in one.team_ids]
        office.by_team[team.id] = [one for one in members if one.may("service_requests.close")]
        office.crew_members[team.id] = [one for one in members if one.may("work_orders.crew")]
        crews = [one for one in teams if one.kind == "crew" and one.department_id == team.department_id]
        # A team's own crews; where it has none of its own, those of its department.
        own = [one.id for one in crews if part_of.get(one.code) == team.code] or [one.id for one in crews]
        office.crews_of[team.id] = [team.id] if team.kind == "crew" else own
    return office
