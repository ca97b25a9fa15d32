"""Where a request goes: rules in order, the first that holds wins, and every one passed over says why.

A rule names conditions; all that are named must hold. Worked examples: docs/rules/routing.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Facts:
    """What the rules are asked about. `open_calendars` answers "is this calendar open at the time of receipt"."""

    service: str
    group: str
    districts: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    urgency: str = "normal"
    channel: str = ""
    is_open: Callable[[str], bool] = lambda calendar: True


@dataclass(frozen=True)
class Rule:
    """A routing rule. An empty condition is no condition. The team, or the department's desk, is where it leads."""

    code: str
    order: int
    names: Mapping[str, str]
    team: str = ""
    department: str = ""
    services: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    districts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    urgencies: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    hours_calendar: str = ""
    hours_open: bool = True


@dataclass(frozen=True)
class Passed:
    """A rule that did not hold: the first condition that failed, what it wanted and what was there."""

    code: str
    order: int
    condition: str
    wanted: tuple[str, ...]
    had: str


@dataclass(frozen=True)
class Decision:
    """Where it goes and why. `rule` is None when the code's own team took it."""

    team: str
    department: str
    rule: Rule | None
    passed: tuple[Passed, ...]


def rule_of(code: str, body: Mapping[str, Any]) -> Rule:
    """A rule from its profile entry."""
    hours = body.get("hours") or {}
    return Rule(
        code=code,
        order=int(body["order"]),
        names=body["name"],
        team=body.get("team") or "",
        department=body.get("department") or "",
        services=frozenset(body.get("services") or ()),
        groups=frozenset(body.get("groups") or ()),
        districts={kind: frozenset(codes) for kind, codes in (body.get("districts") or {}).items()},
        answers={name: frozenset(map(str, values)) for name, values in (body.get("answers") or {}).items()},
        urgencies=frozenset(body.get("urgencies") or ()),
        channels=frozenset(body.get("channels") or ()),
        hours_calendar=hours.get("calendar", ""),
        hours_open=bool(hours.get("is_open", True)),
    )


def in_order(rules: Mapping[str, Mapping[str, Any]]) -> list[Rule]:
    """The profile's rules in the order they are asked: by `order`, then code."""
    return sorted((rule_of(code, body) for code, body in rules.items()), key=lambda rule: (rule.order, rule.code))


def decide(rules: Sequence[Rule], facts: Facts, *, default_team: str, default_department: str = "") -> Decision:
    """The first rule that holds; else the service code's own team."""
    passed: list[Passed] = []
    for rule in rules:
        failed = first_failed(rule, facts)
        if failed is None:
            return Decision(rule.team, rule.department, rule, tuple(passed))
        passed.append(failed)
    return Decision(default_team, default_department, None, tuple(passed))


def first_failed(rule: Rule, facts: Facts) -> Passed | None:
    """The first condition of a rule that does not hold, or None when all do."""
    for condition, wanted, had in _conditions(rule, facts):
        if not wanted & had:
            shown = ", ".join(sorted(had)) if had else ""
            return Passed(rule.code, rule.order, condition, tuple(sorted(wanted)), shown)
    return None


def _conditions(rule: Rule, facts: Facts) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """Every condition the rule names as (name, accepted values, values at hand)."""
    simple = [
        ("services", rule.services, frozenset({facts.service})),
        ("groups", rule.groups, frozenset({facts.group})),
        ("urgencies", rule.urgencies, frozenset({facts.urgency})),
        ("channels", rule.channels, frozenset({facts.channel})),
    ]
    conditions = [one for one in simple if one[1]]
    for kind, codes in rule.districts.items():
        conditions.append((f"district:{kind}", codes, _values(facts.districts.get(kind))))
    for name, accepted in rule.answers.items():
        conditions.append((f"answer:{name}", accepted, _values(facts.answers.get(name))))
    if rule.hours_calendar:
        had = "open" if facts.is_open(rule.hours_calendar) else "closed"
        wanted = "open" if rule.hours_open else "closed"
        conditions.append((f"hours:{rule.hours_calendar}", frozenset({wanted}), frozenset({had})))
    return conditions


def _values(value: Any) -> frozenset[str]:
    if value is None or value == "":
        return frozenset()
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset(map(str, value))
    return frozenset({str(value)})
