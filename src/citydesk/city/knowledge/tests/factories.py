"""A shared procedure with two versions, one that waits, a department that is behind and does a step otherwise."""

from datetime import datetime

from citydesk.city.knowledge import services
from citydesk.city.knowledge.choices import APPROVE_PROCEDURES, WRITE_PROCEDURES
from citydesk.city.staff.tests.factories import access_of, make_department, make_role, make_team, make_user
from citydesk.kernel.actors import SYSTEM


def make_procedure(now: datetime, *, owner: str = "customer_service", other: str = "public_works") -> str:
    """Made through the services; returns its code."""
    for one in (owner, other):
        make_department(one)
    entry = {
        "title": {"en": "Damage by city work", "es": "Daños por obras"},
        "owner": owner,
        "departments": [other],
        "services": ["tree_down"],
        "remind_days": 5,
        "steps": [
            {"key": "s1", "title": {"en": "Look", "es": "Ver"}, "text": {"en": "Within two days", "es": "En dos días"}},
            {"key": "s2", "title": {"en": "Write", "es": "Anotar"}, "text": {"en": "Note it", "es": "Anótelo"}},
        ],
        "differences": [
            {"department": other, "step": "s1", "kind": "own", "text": {"en": "Within a day"}, "reason": "Streets"}
        ],
    }
    services.project_procedures(entries={"damage": entry}, actor=SYSTEM, now=now)
    entry["steps"][0]["text"] = {"en": "Within three days", "es": "En tres días"}
    services.project_procedures(entries={"damage": entry}, actor=SYSTEM, now=now)
    role = make_role("procedure_writer", [WRITE_PROCEDURES, APPROVE_PROCEDURES])
    writer = access_of(make_user("writer", roles=[role], teams=[make_team("writers", department=owner)]))
    services.write_version(
        code="damage",
        titles=entry["title"],
        steps=entry["steps"][:1],
        note="Shorter",
        based_on=2,
        access=writer,
        now=now,
    )
    return "damage"
