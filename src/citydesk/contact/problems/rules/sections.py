"""Read `recurrence.toml` of a city profile: which repetitions are worth a look. Format: profiles/README.md."""

from collections.abc import Mapping
from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.contact.problems.choices import By
from citydesk.contact.problems.rules.recurrence import Rule

_KINDS = tuple(one.value for one in By if one != By.HAND)


def parse_recurrence(reading: Reading) -> list[Item]:
    """`[recurrence.<code>]`: name, by, days, count, codes, same_code, question, radius_m, gap_hours."""
    return [entry.item(_body(entry)) for entry in reading.tables("recurrence")]


def _body(entry: Fields) -> dict[str, Any]:
    body = {
        "name": entry.translated("name"),
        "by": entry.choice("by", _KINDS),
        "days": entry.whole("days", 0, at_least=1, at_most=1100),
        "count": entry.whole("count", 0, at_least=2, at_most=1000),
        "services": entry.optional.codes("services", of="services"),
        "same_code": entry.optional.boolean("same_code", True),
        "question": entry.optional.text("question"),
        "radius_m": entry.optional.whole("radius_m", 0, at_least=0, at_most=1000),
        "gap_hours": entry.optional.whole("gap_hours", 24, at_least=0, at_most=336),
    }
    if body["by"] == By.CODE and not body["radius_m"]:
        entry.problem("needs radius_m: how near requests of one code must lie", "radius_m")
    if body["by"] == By.ASSET and not (body["question"] and body["services"]):
        entry.problem("needs question and services: which answer names the asset", "question")
    return body


def rule_from(code: str, body: Mapping[str, Any]) -> Rule:
    """The rule of an entry."""
    return Rule(
        code=code,
        names=body["name"],
        by=By(body["by"]),
        days=body["days"],
        count=body["count"],
        codes=tuple(body["services"]),
        is_same_code=body["same_code"],
        question=body["question"],
        radius_m=body["radius_m"],
        gap_hours=body["gap_hours"],
    )
