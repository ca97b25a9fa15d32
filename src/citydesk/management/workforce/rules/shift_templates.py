"""The profile's section `shift_templates`: `[template.<code>]` of shift_templates.toml. Format: profiles/README.md."""

import re
from collections.abc import Mapping
from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.kernel.holidays import WEEKDAYS
from citydesk.management.workforce.choices import SECTION

from .roster.people import WEEK
from .roster.shifts import MealRule, ShiftTemplate
from .roster.verifier import LEAST_MEAL, LONG_BREAK, SHORT_BREAK

_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
STEP = 15  # minutes: shifts begin, and meals lie, on this grid


def parse_templates(reading: Reading) -> list[Item]:
    """`[template.<code>]`: how long, when it may begin, its meal and breaks, on which days, for whom."""
    return [entry.item(_template(entry)) for entry in reading.tables("template")]


def _template(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    length = entry.whole("length", at_least=60, at_most=960) or 0
    body: dict[str, Any] = {
        "name": entry.translated("name"),
        "length": length,
        "starts": _starts(entry),
        "breaks": [_break(entry, one) for one in some.numbers("breaks", len(entry.raw.get("breaks", [])))]
        if entry.has("breaks")
        else [],
        "meal": _meal(entry.table("meal"), length) if entry.has("meal") else None,
        "weekdays": [WEEKDAYS.index(one) for one in some.choices("weekdays", WEEKDAYS) if one in WEEKDAYS],
        "skill": some.code("skill", of="skills"),
        "groups": some.codes("groups", of=SECTION),
        "not_followed_by": some.words("not_followed_by"),
        "order": some.whole("order", 100),
    }
    if length % STEP:
        entry.problem(f"must be a multiple of {STEP} minutes", "length")
    return body


def _starts(entry: Fields) -> list[int]:
    """Minutes after midnight of each begin: from `first` to `last`, every `every` minutes."""
    first = _minute(entry, "first")
    last = _minute(entry, "last") if entry.has("last") else first
    every = entry.optional.whole("every", 30, at_least=STEP, at_most=240) or STEP
    if first is None or last is None:
        return []
    if last < first:
        entry.problem("is before first", "last")
    if first % STEP or every % STEP:
        entry.problem(f"and every must lie on the quarter hours ({STEP} minutes)", "first")
    return list(range(first, last + 1, every))


def _minute(entry: Fields, key: str) -> int | None:
    text = entry.text(key)
    found = _CLOCK.match(text)
    if not found:
        if text:
            entry.problem('must be a time such as "07:30"', key)
        return None
    return int(found[1]) * 60 + int(found[2])


def _break(entry: Fields, minutes: Any) -> int:
    if not SHORT_BREAK <= minutes <= LONG_BREAK:
        entry.problem(f"are paid breaks of {SHORT_BREAK} to {LONG_BREAK} minutes; longer ones are meals", "breaks")
    return int(minutes)


def _meal(table: Fields, length: int) -> dict[str, int]:
    some = table.optional
    body = {
        "minutes": some.whole("minutes", 30, at_least=LEAST_MEAL, at_most=120) or LEAST_MEAL,
        "first": some.whole("first", 180, at_least=0, at_most=720) or 0,
        "last": some.whole("last", 300, at_least=0, at_most=720) or 0,
    }
    if body["last"] < body["first"]:
        table.problem("is before first", "last")
    if length and body["first"] + body["minutes"] > length:
        table.problem("does not leave room for the meal inside the shift", "first")
    return body


def template_of(code: str, body: Mapping[str, Any]) -> ShiftTemplate:
    """A template as the profile serves it, as rosters use it."""
    meal = body["meal"]
    return ShiftTemplate(
        code,
        body["length"],
        tuple(body["starts"]),
        MealRule(meal["minutes"], meal["first"], meal["last"]) if meal else None,
        tuple(body["breaks"]),
        frozenset(body["weekdays"] or range(WEEK)),
        body["skill"],
        frozenset(body["not_followed_by"]),
    )


def is_for(body: Mapping[str, Any], group: str) -> bool:
    """Whether a group may use a template."""
    return not body["groups"] or group in body["groups"]


def retired(code: str, length: int) -> ShiftTemplate:
    """A template that stands in past shifts and is given to nobody any more."""
    return ShiftTemplate(code, length, (), None, (), frozenset())
