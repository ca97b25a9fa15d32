"""Worked examples of a profile: when is it due, where does it go. Computed by the rules from a snapshot, no tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from citydesk.city.profile.rules import Snapshot
from citydesk.contact.service_requests.rules import catalog, questions, routing, sla


def run_due_date_example(*, given: Mapping[str, Any], profile: Snapshot) -> dict[str, Any]:
    """`given = {service, received, answers?, pauses?}` in local time -> due per target, the class and the urgency.

    `pauses` is a list of `{from, to, reason}`.
    """
    received = given["received"]
    on: date = received.date()
    zone = profile.zone(on)
    service = catalog.service_of(given["service"], profile.entry("services", given["service"], on))
    urgency, sla_code, _rule = questions.urgency_of(
        service.urgency_rules, given.get("answers", {}), base=service.urgency, sla=service.sla
    )
    pauses = [
        sla.Pause(_aware(row["from"], zone), _aware(row["to"], zone), row.get("reason", ""))
        for row in given.get("pauses", ())
    ]
    found = sla.sla_class(sla_code, profile.entry("sla", sla_code, on))
    answer: dict[str, Any] = {"urgency": urgency, "sla": sla_code}
    start = _aware(received, zone)
    for target in found.targets:
        calendar = profile.calendar(target.calendar, on)
        allowed = sla.allowed_time(calendar, start, hours=target.hours, days=target.days)
        counted = sla.pauses_that_stop(pauses, target.hold_reasons)
        answer[target.code] = sla.due_at(calendar, start, allowed, counted).astimezone(zone)
    return answer


def run_routing_example(*, given: Mapping[str, Any], profile: Snapshot) -> dict[str, Any]:
    """`given = {service, at, districts?, answers?, channel?}` in local time -> `{team, rule}`."""
    at = given["at"]
    on: date = at.date()
    moment = _aware(at, profile.zone(on))
    service = catalog.service_of(given["service"], profile.entry("services", given["service"], on))
    answers = given.get("answers", {})
    urgency, _sla, _rule = questions.urgency_of(service.urgency_rules, answers, base=service.urgency, sla=service.sla)
    facts = routing.Facts(
        service.code,
        service.group,
        given.get("districts", {}),
        answers,
        urgency,
        given.get("channel", "phone"),
        lambda code: profile.calendar(code, on).is_open(moment),
    )
    rules = routing.in_order(profile.entries("routing", on))
    decision = routing.decide(rules, facts, default_team=service.team, default_department=service.department)
    return {"team": decision.team, "rule": decision.rule.code if decision.rule else ""}


def _aware(moment: datetime, zone: Any) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
