"""People to sign in as where a profile names none."""

from datetime import datetime
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff import services
from citydesk.kernel.actors import SYSTEM

# Who works in the office that answers, and who where requests go.
_DESK = ("representative", "coordinator", "supervisor", "director")
_ELSEWHERE = ("department_worker", "department_lead", "crew")


def make_stand_ins(*, roles: tuple[str, ...], now: datetime) -> None:
    """One sample person for each of the `roles` the profile has, where nobody is there; their name is the role's."""
    if staff.list_people():
        return
    today = profile.city_today(now)
    known = profile.entries("roles", today)
    places = {code: _teams_of(code, profile.entries("teams", today)) for code in roles if code in known}
    entries = {
        code: {
            "name": f"Sample {known[code]['name']['en'].lower()}",
            "roles": [code],
            "teams": teams,
            "lead_of": teams if code in ("supervisor", "department_lead") else [],
            "skills": [],
        }
        for code, teams in places.items()
    }
    services.project_people(entries=entries, actor=SYSTEM, now=now)


def _teams_of(role: str, teams: dict[str, Any]) -> list[str]:
    """The teams such a person belongs to: the desk's own, a whole department's, the crews, or none."""
    open_to_all = [code for code, body in teams.items() if body["all_clerks"]]
    desk = {teams[code]["department"] for code in open_to_all}
    if role == "representative":
        return open_to_all
    if role in _DESK:
        return [code for code, body in teams.items() if body["department"] in desk and body["kind"] == "office"]
    if role == "crew":
        return [code for code, body in teams.items() if body["kind"] == "crew"]
    if role in _ELSEWHERE:
        others = [code for code, body in teams.items() if body["department"] not in desk and body["kind"] == "office"]
        mine = teams[others[0]]["department"] if others else ""
        return [code for code in others if teams[code]["department"] == mine]
    return []
