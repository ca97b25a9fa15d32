"""Read complaints.toml of a city profile: `[class.<code>]`. Format: profiles/README.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from citydesk.city.profile.rules import Fields, Item, Problem, Reading
from citydesk.city.staff.rules import teams_of_all_clerks
from citydesk.contact.complaints.choices import MONEY_KINDS, SECTION, OfferKind


def parse_classes(reading: Reading) -> list[Item]:
    """The city's classes of complaints."""
    return [entry.item(_class(entry)) for entry in reading.tables("class")]


def check_classes(items: Mapping[str, Sequence[Item]]) -> list[Problem]:
    """Restricted classes of which a team knows that everybody at the desk belongs to."""
    read_by_all = teams_of_all_clerks(items)
    return [
        Problem(
            one.file,
            one.line,
            f"class.{one.code} is restricted, but every clerk reads what the team {one.body[duty]} has; name another"
            f" team for {duty}",
        )
        for one in items.get(SECTION, ())
        if one.body["is_restricted"]
        for duty in ("team", "approvers", "appeals")
        if one.body[duty] in read_by_all
    ]


def _class(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    body = {
        "name": entry.translated("name"),
        "services": some.codes("services", of="services"),
        "is_restricted": some.boolean("is_restricted", True),
        "team": entry.code("team", of="teams"),
        "approvers": entry.code("approvers", of="teams"),
        "appeals": some.code("appeals", of="teams"),
        "calendar": entry.code("calendar", of="calendars"),
        "decide_days": entry.whole("decide_days", at_least=1, at_most=400) or 1,
        "appeal_days": some.whole("appeal_days", 0, at_least=0, at_most=400) or 0,
        "appeal_decide_days": some.whole("appeal_decide_days", 0, at_least=0, at_most=400) or 0,
        "offers": some.choices("offers", OfferKind),
        "approvals": [_level(row) for row in some.tables("approvals")],
        "order": some.whole("order", 100),
    }
    _check(entry, body)
    return body


def _level(row: Fields) -> dict[str, Any]:
    return {
        "kind": row.choice("kind", MONEY_KINDS),
        "over": row.decimal("over", at_least=0) or 0,
        "people": row.whole("people", at_least=1, at_most=2) or 1,
    }


def _check(entry: Fields, body: dict[str, Any]) -> None:
    """What one key alone does not tell."""
    if body["appeal_days"] and not (body["appeals"] and body["appeal_decide_days"]):
        entry.problem("needs appeals and appeal_decide_days where there is an appeal", "appeal_days")
    if body["appeals"] and body["appeals"] == body["team"]:
        entry.problem("is the team that handles it; an appeal goes to others", "appeals")
    seen = set()
    for level in body["approvals"]:
        if level["kind"] and level["kind"] not in body["offers"]:
            entry.problem(f"names {level['kind']}, which is not among the offers", "approvals")
        if (level["kind"], level["over"]) in seen:
            entry.problem(f"names {level['kind']} over {level['over']} twice", "approvals")
        seen.add((level["kind"], level["over"]))
