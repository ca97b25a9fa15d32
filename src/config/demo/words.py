"""What residents of the demo city say: the profile's words, in their language; the rest is the code's own words."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from config.demo import told

NOTES = (
    "Called the resident, will be home after four.",
    "Same block as last week, look at the whole stretch.",
    "Truck goes by there on Thursday.",
    "Photo shows it is on the right-of-way.",
    "Owner letter after clearing.",
    "Needs the small crane.",
    "Checked from the street, ours.",
)
RESULTS = (
    "Cleared, street swept.",
    "Patched with hot mix.",
    "Picked up on the round.",
    "Replaced the part.",
    "Done, area left clean.",
)
COULD_NOT = (
    "Nothing found at this place, called the number twice.",
    "Gate locked, dog in the yard.",
    "Car parked over it.",
)


def said(service: str, name: Mapping[str, str], language: str, chance: random.Random) -> str:
    """What the resident says, in their words where there are some, else about the code by its name."""
    lines = told.lines(service, language)
    if lines:
        return chance.choice(lines)
    if language == "es":
        return chance.choice(("Quiero reportar: {0}.", "Llamo por lo siguiente: {0}. Lleva varios días.")).format(
            name["es"].lower()
        )
    return chance.choice(
        (
            "I want to report this: {0}.",
            "It is about {0}, it has been like this for days.",
            "{0}, please send somebody.",
        )
    ).format(name["en"].lower())


def answers_to(questions: list[Mapping[str, Any]], chance: random.Random, on: date) -> dict[str, Any]:
    """Answers that hold on a day: every required question that shows, some others, none that ends the request."""
    given: dict[str, Any] = {}
    for question in questions:
        shown = all(set(wanted) & set(_as_list(given.get(code))) for code, wanted in question["show_if"].items())
        if question["type"] == "note" or not shown or not (question["required"] or chance.random() < 0.5):
            continue
        answer = _answer(question, chance, on)
        if answer is not None:
            given[question["code"]] = answer
    return given


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def _answer(question: Mapping[str, Any], chance: random.Random, on: date) -> Any:
    ended = {code for stop in question["stops"] if stop["ends"] for code in stop["when"]}
    warned = {code for stop in question["stops"] if not stop["ends"] for code in stop["when"]}
    kind = question["type"]
    if kind in ("yes_no", "yes_no_unsure", "one_of", "several_of"):
        codes = [one["code"] for one in question["options"]] or [
            "yes",
            "no",
            *(["unsure"] if kind == "yes_no_unsure" else []),
        ]
        # Most callers are in no danger: a warned answer comes rarely.
        weights = [0 if code in ended else 1 if code in warned else 12 for code in codes]
        if not any(weights):
            return None
        chosen = chance.choices(codes, weights)[0]
        return [chosen] if kind == "several_of" else chosen
    if kind == "number":
        return str(chance.randint(int(question.get("at_least") or 1), min(int(question.get("at_most") or 6), 6)))
    if kind == "date":
        # Some day soon: when they move, when they are at home.
        return (on + timedelta(days=chance.randint(4, 20))).isoformat() if question["required"] else None
    if any(one in question["code"] for one in ("number", "pole", "plate", "account", "meter")):
        return str(chance.randint(10_000, 99_999))
    return chance.choice(("by the mailbox", "left of the driveway", "across from the church"))
