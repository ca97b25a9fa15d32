"""What residents of the demo city say: the profile's words, in their language; the rest is the code's own words."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from config.demo import told

NOTES = (
    "Called the resident, will be home after four.",
    "Called back, nobody answered; trying again tomorrow.",
    "Same caller as last month, see the earlier request.",
    "Asked the resident for a photo.",
    "Checked the record, ours.",
)
# What callers answer in a few words, by the code of the question; by the place where there is nothing here.
ANSWERS = {
    "direction": ("northbound, right lane", "eastbound, left lane", "southbound, along the curb"),
    "make": ("gray Chevrolet pickup", "white Ford sedan", "green Toyota, hood is gone"),
    "color": ("gray", "white", "dark green"),
    "plate": ("none", "none that I can see"),
    "vehicle": ("truck 12", "truck 47", "van 203"),
    "what": ("water comes through", "it is broken and nobody mends it", "it has been so for weeks"),
    "items": ("a sofa and a mattress", "an old refrigerator, doors are off", "a bed frame and two chairs"),
    "cannot": ("cross with a wheelchair", "get up the curb"),
    "work": ("a room is added at the back", "they take walls out"),
    "records": ("inspection reports of the last two years", "the permit and its drawings"),
    "when": ("weekday mornings", "Tuesday or Thursday afternoon"),
    "home": ("after five", "mornings"),
    "month": ("the last one", "the one before the last"),
    "unit": ("second floor, unit B", "ground floor, unit 3", "unit 12"),
    "where": ("second floor, unit B", "the bathroom of unit 3"),
    "room": ("204", "the meeting room on the first floor"),
    "to": ("the same street, four houses down", "across town, from the first of the month"),
    "forward": ("to my daughter's address, which is on file", "to the new house"),
    "owner": ("the neighbors across the street",),
}
# Words of a question about a day that has passed.
PAST = ("was it", "read on", "repair")
# What is said at the end, where the profile has no words for the code; and when nothing was done.
DONE = "Done as asked."
NOT_DONE = {
    "no_action": "Looked into it: nothing is wrong there.",
    "not_ours": "This belongs to somebody else; told whom to call.",
    "cannot_locate": "Nothing found at this place, called the number twice.",
}
COULD_NOT = {
    "no_access": ("Gate locked, dog in the yard.", "Car parked over it."),
    "not_found": ("Nothing found at this place, called the number twice.",),
}


def result(service: str, chance: random.Random) -> str:
    """What is said of a code when it is done."""
    return chance.choice(told.results(service) or [DONE])


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
        # Some day soon: when they move, when they are at home; a day that has passed lies as far back.
        has_passed = any(words in question["ask"]["en"].lower() for words in PAST)
        days = chance.randint(4, 20) * (-1 if has_passed else 1)
        return (on + timedelta(days=days)).isoformat() if question["required"] else None
    if question["code"] in ANSWERS:
        return chance.choice(ANSWERS[question["code"]])
    if any(one in question["code"] for one in ("number", "pole", "account", "meter", "reading")):
        return str(chance.randint(100_000, 999_999))
    return chance.choice(("by the mailbox", "left of the driveway", "across from the church"))
