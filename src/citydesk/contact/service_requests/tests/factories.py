"""A small city with services, classes and rules, and requests made through the services."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import F
from django.urls import reverse

from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile.tests.factories import have_small
from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.contact.service_requests import choices, services
from citydesk.contact.service_requests.models import RecomputeProposal, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel.actors import SYSTEM, Access

# Tuesday 24 November 2026, 09:10 in New York.
MORNING = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)

CITY = Path(__file__).parent / "city"
TEAMS = (
    ("desk_311", "customer_service", "Desk 311", "office"),
    ("public_works", "public_works", "Public works", "office"),
    ("forestry", "forestry", "Forestry", "office"),
    ("forestry_crew_2", "forestry", "Forestry crew 2", "crew"),
    ("night_crew", "public_works", "Night crew", "crew"),
)


def _departments() -> str:
    text = (CITY / "departments.toml").read_text()
    for code, department, name, kind in TEAMS:
        text += f'[team.{code}]\nname = {{en = "{name}", es = "{name}"}}\ndepartment = "{department}"\n'
        text += f'kind = "{kind}"\ncalendar = "office"\n'
    return text


def load_city(changes: dict[str, str] | None = None, *, now: datetime = MORNING) -> None:
    """The small profile with three departments, five teams, four codes, three classes and two rules."""
    policy.forget()
    have_small(
        {
            "departments.toml": _departments(),
            **{name: (CITY / name).read_text() for name in ("services.toml", "sla.toml", "routing.toml")},
            **(changes or {}),
        },
        now=now,
    )
    policy.forget()


def place(line: str = "1218 Oak St", *, council: str = "4", lat: float = 35.05, lon: float = -85.3) -> ResolvedPlace:
    """A place that nobody had to resolve."""
    return ResolvedPlace(
        kind="address",  # type: ignore[arg-type]  # a literal of its type
        label=line,
        zip="37400",
        lat=lat,
        lon=lon,
        districts={"council": council},
        in_city=True,
        block_label="1200 block of Oak St",
    )


def make_request(code: str = "pothole", *, now: datetime = MORNING, **more: Any) -> ServiceRequest:
    """A request as the desk records it."""
    values: dict[str, Any] = {
        "service_code": code,
        "channel": "phone",
        "received_at": now,
        "description": "It is broken",
        "place": place(),
        "answers": {"wires": "no"} if code == "tree_down" else {},
    }
    done = services.record_request(
        intake=services.RequestIntake(**{**values, **more}), actor=SYSTEM, now=max(now, values["received_at"])
    )
    return ServiceRequest.objects.get(pk=done.id)


def staff(username: str = "dana", role: str = "supervisor", team: str = "") -> Access:
    """The access of a person with a standard role."""
    user = make_user(username, roles=[role], teams=[make_team(team)] if team else [])
    return access_of(user)


def everything(team: str = "public_works") -> Access:
    """A person who may do all that this room knows."""
    user = make_user("boss", roles=["supervisor"], teams=[make_team(team)])
    rights = [value for name, value in vars(choices).items() if name.isupper() and str(value).startswith("service_req")]
    base = access_of(user)
    return Access(
        base.actor,
        frozenset({*rights, choices.SUPERVISE, "work_orders.edit", "work_orders.view"}),
        base.team_ids,
        base.department_ids,
    )


HOUR = timedelta(hours=1)


def due_time_pages(now: datetime) -> list[str]:
    """New due times of one request once they are counted, when they wait for somebody, applied, given up since the
    classes changed, and while they are counted."""
    pam, lou = staff("pamela"), staff("louis")
    row = make_request(now=now)
    RequestClock.objects.filter(request=row).update(due_at=F("due_at") + HOUR)
    ServiceRequest.objects.filter(pk=row.pk).update(due_at=F("due_at") + HOUR)
    found = []
    for state in ("counted", "proposed", "applied", "stopped", "counting"):
        one = services.ask_recompute(scope={"services": [row.service.code]}, access=pam, now=now)
        if state == "stopped":
            RecomputeProposal.objects.filter(pk=one).update(digest="of other classes")
        if state != "counting":
            services.work_recompute(proposal_id=one, clock=lambda: now)
        if state in ("proposed", "applied"):
            services.propose_counted(proposal_id=one, reason="Council", access=pam, now=now)
        if state == "applied":
            services.decide_recompute(proposal_id=one, is_approved=True, access=lou, now=now)
            services.work_recompute(proposal_id=one, clock=lambda: now)
        assert RecomputeProposal.objects.get(pk=one).state == state
        found.append(reverse("service_requests:recompute", args=[one]))
    return found
