"""What the profile decides about a request: checked answers, urgency and class, team with its trace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import LocationNeed
from citydesk.contact.service_requests.models import RoutingTrace
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog, questions, routing
from citydesk.kernel.errors import CitydeskError, Invalid, ManyInvalid
from citydesk.kernel.rows import fresh


@dataclass(frozen=True)
class Destination:
    """Where a request goes and why."""

    team_id: int | None
    department_id: int | None
    decision: routing.Decision
    facts: dict[str, Any]


def check_intake(
    service: catalog.Service, *, answers: Mapping[str, Any], has_place: bool, is_anonymous: bool
) -> dict[str, Any]:
    """The answers in stored form. Raises `ManyInvalid` with everything that is missing or wrong."""
    checked = questions.check(service.questions, answers)
    errors: list[CitydeskError] = list(checked.errors)
    if checked.ends:
        errors.append(Invalid(_("The answers say that this is not a request of this code."), field="answers"))
    if service.location == LocationNeed.REQUIRED and not has_place:
        errors.append(Invalid(_("This needs a place."), field="place"))
    if is_anonymous and not service.allow_anonymous:
        errors.append(Invalid(_("This needs a name."), field="customer"))
    if errors:
        raise ManyInvalid(errors)
    return checked.answers


def decide_urgency(service: catalog.Service, answers: Mapping[str, Any]) -> tuple[str, str]:
    """(urgency, SLA class) from the answers."""
    urgency, sla_code, _rule = questions.urgency_of(
        service.urgency_rules, answers, base=service.urgency, sla=service.sla
    )
    return urgency, sla_code


def decide_route(
    service: catalog.Service,
    *,
    districts: Mapping[str, str],
    answers: Mapping[str, Any],
    urgency: str,
    channel: str,
    at: datetime,
    on: date,
    to_team: str = "",
    because: Mapping[str, str] | None = None,
) -> Destination:
    """Ask the routing rules of a day; hours are those at the moment `at`.

    `to_team` goes before every rule (who called decides, as the profile says); `because` are the words for the trace.
    A confidential code keeps to its own rules and team, whoever called: that team is chosen for who reads there.
    """
    facts = routing.Facts(
        service=service.code,
        group=service.group,
        districts=districts,
        answers=answers,
        urgency=urgency,
        channel=channel,
        is_open=lambda code: policy.calendar(code, on).is_open(at),
    )
    first = None if service.is_confidential else _first_of_all(to_team, because)
    decision = first or routing.decide(
        policy.routing_rules(on), facts, default_team=service.team, default_department=service.department
    )
    team = policy.teams_by_code().get(decision.team) if decision.team else None
    department_id = team.department_id if team else None
    if department_id is None and decision.department:
        department = policy.departments_by_code().get(decision.department)
        department_id = department.id if department else None
    return Destination(
        team.id if team else None,
        department_id,
        decision,
        {
            "service": service.code,
            "group": service.group,
            "districts": dict(districts),
            "answers": dict(answers),
            "urgency": urgency,
            "channel": str(channel),
            "at": at.isoformat(),
        },
    )


def _first_of_all(to_team: str, because: Mapping[str, str] | None) -> routing.Decision | None:
    """The decision of a team that goes before every rule; None where none is named or the city has no such team."""
    if not to_team or to_team not in policy.teams_by_code():
        return None
    return routing.Decision(to_team, "", routing.Rule("caller_class", 0, dict(because or {}), team=to_team), ())


def trace_of(where: Destination, *, on: date, cause: str, now: datetime) -> RoutingTrace:
    """The unsaved trace of a decision."""
    rule = where.decision.rule
    return fresh(
        RoutingTrace,
        decided_at=now,
        policy_date=on,
        rule_code=rule.code if rule else "",
        rule_order=rule.order if rule else None,
        rule_names=dict(rule.names) if rule else {},
        facts=where.facts,
        passed_over=[
            {
                "code": one.code,
                "order": one.order,
                "condition": one.condition,
                "wanted": list(one.wanted),
                "had": one.had,
            }
            for one in where.decision.passed
        ],
        team_id=where.team_id,
        cause=cause,
    )


def route_facts(where: Destination) -> dict[str, Any]:
    """What the history says about a routing: the rule's code, order and names, and the team."""
    rule = where.decision.rule
    return {
        "rule": rule.code if rule else "",
        "order": rule.order if rule else None,
        "names": dict(rule.names) if rule else {},
        "team": where.team_id,
    }
