"""The rules of recurrence that the city's profile has on a day."""

import hashlib
import json
from datetime import date
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.problems.rules.recurrence import Rule
from citydesk.contact.problems.rules.sections import rule_from

SECTION = "recurrence"


def recurrence_rules(on: date) -> list[Rule]:
    """Rules in force on a day, by code."""
    return [rule_from(code, body) for code, body in sorted(profile.entries(SECTION, on).items())]


def rule_names(on: date) -> dict[str, dict[str, str]]:
    """Names of the rules by code."""
    return {code: dict(body["name"]) for code, body in profile.entries(SECTION, on).items()}


def digest_of(rules: list[Rule]) -> str:
    """Stands for what the rules say: another digest means that everything in their windows is looked at anew."""
    plain: list[Any] = [
        [one.code, one.by, one.days, one.count, one.codes, one.is_same_code, one.question, one.radius_m, one.gap_hours]
        for one in rules
    ]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
