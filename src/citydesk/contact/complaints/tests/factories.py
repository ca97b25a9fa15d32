"""A small city with two classes of complaints, its people, and complaints taken as far as a test needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from citydesk.city.staff.tests.factories import access_of, make_role, make_team, make_user
from citydesk.contact.complaints import services
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.service_requests.tests import factories as requests
from citydesk.contact.service_requests.tests.factories import MORNING
from citydesk.kernel.actors import Access

TEAMS = (
    ("complaints_office", "Complaints office"),
    ("complaints_board", "Complaints board"),
    ("appeals_panel", "Appeals panel"),
)
CLASSES = """
[class.conduct]
name = {en = "Conduct of an employee", es = "Conducta de un empleado"}
services = ["complaint"]
team = "complaints_office"
approvers = "complaints_board"
appeals = "appeals_panel"
calendar = "office"
decide_days = 10
appeal_days = 5
appeal_decide_days = 7
offers = ["credit", "waiver", "apology", "work"]
order = 10
approvals = [{kind = "credit", over = 250.00, people = 2}]

[class.service_failure]
name = {en = "Failure of a service", es = "Falla de un servicio"}
is_restricted = false
team = "complaints_office"
approvers = "complaints_board"
calendar = "office"
decide_days = 5
offers = ["apology"]
order = 20
"""
TO = "Ana Ruiz\n1218 Oak St, Apt 4, Smallville, TN 37400"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class People:
    """Who works on complaints: two handlers, two approvers with limits of $250 and $5,000, two of the appeal."""

    opener: Access
    vera: Access
    emil: Access
    small: Access
    big: Access
    judge: Access


def load_city(*, now: datetime = MORNING) -> None:
    """The small city of the service requests with the teams, classes and letters of complaints."""
    requests.load_city(extra(), now=now)


def extra() -> dict[str, str]:
    """The files complaints add to the small city."""
    text = requests._departments()
    for code, name in TEAMS:
        text += f'[team.{code}]\nname = {{en = "{name}", es = "{name}"}}\ndepartment = "customer_service"\n'
        text += 'kind = "office"\ncalendar = "office"\n'
    letters = (Path(settings.PROFILES_DIR) / "riverton/templates").glob("complaint_*.md")
    return {
        "departments.toml": text,
        "complaints.toml": CLASSES,
        **{f"templates/{one.name}": one.read_text() for one in letters},
    }


def people() -> People:
    """Everybody, with their real duties; limits by a duty of their own."""
    approves = ["complaints.view", "complaints.approve", "service_requests.view"]
    small = make_role("small", approves, limits={"complaint_credit": Decimal(250), "complaint_waiver": Decimal(250)})
    big = make_role("big", approves, limits={"complaint_credit": Decimal(5000), "complaint_waiver": Decimal(5000)})
    return People(
        opener=person("opener", ["supervisor"], "desk_311"),
        vera=person("vera", ["investigator"], "complaints_office"),
        emil=person("emil", ["investigator"], "complaints_office"),
        small=person("small", [small], "complaints_board"),
        big=person("big", [big], "complaints_board"),
        judge=person("judge", ["records_officer"], "appeals_panel"),
    )


def person(username: str, roles: list[Any], team: str) -> Access:
    """The access of a new person of a team."""
    return access_of(make_user(username, roles=roles, teams=[team] if team else []))


def opened(
    who: People, *, code: str = "complaint", class_code: str = "conduct", now: datetime = MORNING, **more: Any
) -> Complaint:
    """A complaint about an employee, as a supervisor opens it from a confidential request."""
    values = {"description": "The driver shouted at me", **more}
    request = requests.make_request(code, now=now, **values)
    complaint_id, _number = services.open_complaint(
        request_number=request.number, class_code=class_code, access=who.opener, now=now
    )
    return Complaint.objects.get(pk=complaint_id)


def credit(amount: str = "100.00") -> list[services.NewOffer]:
    """One credit and an apology."""
    return [
        services.NewOffer("credit", "Two months of the water bill", Decimal(amount)),
        services.NewOffer("apology", "A letter of the director"),
    ]


def submitted(who: People, *, amount: str = "100.00", now: datetime = MORNING, **more: Any) -> Complaint:
    """A complaint whose plan waits for approval."""
    row = opened(who, now=now, **more)
    act(row, services.take_up, who.vera, now)
    act(row, services.propose_plan, who.vera, now, summary="Credit and apology", offers=credit(amount))
    act(row, services.submit_plan, who.vera, now)
    return fresh(row)


def accepted(who: People, *, now: datetime = MORNING, **more: Any) -> Complaint:
    """A complaint whose offer was accepted."""
    row = submitted(who, now=now, **more)
    act(row, services.approve_plan, who.big, now)
    act(row, services.make_offer, who.vera, now, words="Offered by phone", happened_at=now)
    act(row, services.accept, who.vera, now, words="She agrees", happened_at=now)
    return fresh(row)


def decision(outcome: str = "settled", words: str = "The driver was spoken to.") -> services.Decision:
    """What a handler decides."""
    return services.Decision(outcome=outcome, words=words, letter_to=TO)


def mailed(who: People, *, now: datetime = MORNING, **more: Any) -> Complaint:
    """A complaint whose decision is in the mail."""
    row = accepted(who, now=now, **more)
    act(row, services.decide, who.vera, now, decision=decision())
    act(row, services.approve_letter, who.small, now)
    act(row, services.print_letter, who.vera, now)
    act(row, services.mail_letter, who.vera, now)
    return fresh(row)


def act(row: Complaint, service: Callable[..., Any], access: Access, now: datetime = MORNING, **given: Any) -> Any:
    """One service on one complaint."""
    return service(complaint_id=row.pk, access=access, now=now, **given)


def fresh(row: Complaint) -> Complaint:
    """The row as it stands now."""
    return Complaint.objects.get(pk=row.pk)


def handled_by(user_id: int, request: Any, now: datetime) -> Complaint:
    """An open complaint about a request that somebody of the complaints office handles."""
    teams = {
        f"{part}_id": make_team(code).pk
        for part, code in (("team", "complaints_office"), ("approvers", "complaints_board"))
    }
    return Complaint.objects.create(
        number="CP-26-000001-X",
        request_id=request.pk,
        request_number=request.number,
        class_code="x",
        policy_date=now.date(),
        handler_id=user_id,
        told="Rude",
        received_at=now,
        opened_at=now,
        opened_by_id=user_id,
        due_at=now + 9 * DAY,
        **teams,
    )
