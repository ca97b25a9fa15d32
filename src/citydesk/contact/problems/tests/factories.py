"""A small city with rules of recurrence, and people who work on problems."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from citydesk.city.places.tests.factories import make_address
from citydesk.city.staff.tests.factories import access_of, make_department, make_team, make_user
from citydesk.contact.problems import choices, services
from citydesk.contact.problems.models import Detection, Problem, Research
from citydesk.contact.service_requests.tests import factories as requests
from citydesk.contact.service_requests.tests.test_notices import TEMPLATES
from citydesk.kernel.actors import Access

MORNING, DAY = requests.MORNING, timedelta(days=1)
RULES = """
[recurrence.one_address]
name = {en = "The same at one address", es = "Lo mismo en una dirección"}
by = "address"
days = 90
count = 3
services = ["pothole"]

[recurrence.one_person]
name = {en = "One person", es = "Una persona"}
by = "customer"
days = 90
count = 4

[recurrence.near_by]
name = {en = "Near by", es = "Cerca"}
by = "code"
days = 60
count = 3
radius_m = 100
services = ["tree_down"]
"""
MAILS = ("problem_asked", "problem_chased", "research_reminder", "update", "acknowledged")


@cache
def _mails() -> dict[str, str]:
    files = [TEMPLATES / f"{code}.{language}.md" for code in MAILS for language in ("en", "es")]
    return {f"templates/{one.name}": one.read_text() for one in files}


def load_city(rules: str = RULES, *, now=MORNING) -> None:
    """The small city of the requests, with rules and the room's mails."""
    requests.load_city({"recurrence.toml": rules, **_mails()}, now=now - 400 * DAY)


def at(line: str = "1218 Oak St", **more):
    """A resolved place at an address of the city."""
    return replace(requests.place(line, **more), address_id=make_address(line))


def reported(days_ago: float, code: str = "pothole", *, line: str = "1218 Oak St", now=MORNING, **more):
    """A request of some days ago."""
    where = at(line, lat=more.pop("lat", 35.05), lon=more.pop("lon", -85.3))
    return requests.make_request(code, now=now - days_ago * DAY, place=where, **more)


def worker(username: str = "prue", **more) -> Access:
    """Somebody who works on problems and sees all requests."""
    return with_rights(username, choices.VIEW, choices.VIEW_ALL, choices.WORK, choices.RESEARCH, **more)


def with_rights(username: str, *rights: str, team: str = "", role: str = "supervisor") -> Access:
    """A person of a role with further rights."""
    user = make_user(username, roles=[role], teams=[make_team(team)] if team else [])
    base = access_of(user)
    return Access(base.actor, base.permissions | set(rights), base.team_ids, base.department_ids)


def lead(username: str = "lena", department: str = "public_works") -> Access:
    """A department's lead who may answer for it."""
    made = make_department(department)
    user = make_user(username, roles=["department_lead"], teams=[make_team("public_works")])
    base = access_of(user)
    return Access(
        base.actor,
        base.permissions | {choices.VIEW, choices.ANSWER, choices.RESEARCH},
        base.team_ids,
        base.department_ids | {made.pk},
    )


def asked_problem(boss: Access, request_number: str, now) -> str:
    """A problem around a request with which a department was asked to do something; returns its number."""
    number = services.open_problem(title="The same again", request_numbers=[request_number], access=boss, now=now)
    row = Problem.objects.get(number=number)
    services.write(problem_id=row.pk, title=row.title, analysis="Why", recommendation="What", access=boss, now=now)
    services.ask_department(
        problem_id=row.pk,
        department_id=make_department("public_works").pk,
        text="Remedy it",
        due_at=now + 9 * DAY,
        access=boss,
        now=now,
    )
    services.set_remedied(problem_id=row.pk, at=now - 40 * DAY, access=boss, now=now)
    return number


def a_recurrence(now) -> int:
    """A recurrence as a rule would find it; returns its id."""
    return Detection.objects.create(
        rule_code="one_address",
        rule_names={"en": "The same at one address", "es": "Lo mismo en una dirección"},
        by="address",
        key="0:pothole",
        days=90,
        need=3,
        place_label="1218 Oak St",
        lat=35.05,
        lon=-85.3,
        event_count=3,
        report_count=4,
        first_at=now - 60 * DAY,
        last_at=now,
        found_at=now,
        updated_at=now,
    ).pk


def lying_with(user_id: int, request: Any, now: datetime) -> tuple[Research, Problem]:
    """A research task about a request and an open problem that lie with somebody."""
    asked = {"question": "Whose lot?", "asked_at": now, "asked_by": "Boss", "due_at": now + 2 * DAY}
    task = Research.objects.create(assignee_id=user_id, request_id=request.pk, request_number=request.number, **asked)
    opened = {"opened_at": now, "opened_by": "Boss", "updated_at": now}
    return task, Problem.objects.create(number="PB-26-000001-X", title="Dumping", owner_id=user_id, **opened)
