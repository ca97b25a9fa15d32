"""What is told in confidence goes to a team that keeps it: no confidential code may end where every clerk reads it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from citydesk.city.profile.rules import Item, Problem
from citydesk.city.staff.rules import teams_of_all_clerks

_REASON = "every clerk reads what the team {team} has; name a team of those who may read it"


def check_codes(items: Mapping[str, Sequence[Item]]) -> list[Problem]:
    """Confidential codes whose own team everybody at the desk belongs to."""
    read_by_all = teams_of_all_clerks(items)
    return [
        Problem(one.file, one.line, f"service.{one.code} is confidential, but {_REASON.format(team=one.body['team'])}")
        for one in _confidential(items)
        if one.body["team"] in read_by_all
    ]


def check_rules(items: Mapping[str, Sequence[Item]]) -> list[Problem]:
    """Routing rules that may take a confidential code to such a team."""
    read_by_all = teams_of_all_clerks(items)
    problems = []
    for rule in items.get("routing", ()):
        team = rule.body["team"]
        caught = sorted({one.code for one in _confidential(items) if _may_match(rule.body, one)})
        if team in read_by_all and caught:
            reason = f"rule.{rule.code} takes {', '.join(caught)}, told in confidence, but {_REASON.format(team=team)}"
            problems.append(Problem(rule.file, rule.line, reason))
    return problems


def _confidential(items: Mapping[str, Sequence[Item]]) -> Iterator[Item]:
    return (one for one in items.get("services", ()) if one.body["is_confidential"])


def _may_match(rule: Mapping[str, Any], service: Item) -> bool:
    """Whether the rule may hold for a request of the code; its other conditions narrow that, and rule nothing out."""
    is_named = not rule["services"] or service.code in rule["services"]
    return is_named and (not rule["groups"] or service.body["group"] in rule["groups"])
