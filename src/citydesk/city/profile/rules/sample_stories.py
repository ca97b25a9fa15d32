"""Stories for looking around: what happens in the last weeks of an invented year, in the city's own codes. Samples.

Every table of the file is a kind of story; an entry's code is its kind and its own code, `bulletin-lines_down`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from citydesk.city.profile.rules.fields import Fields
from citydesk.city.profile.rules.problems import Item
from citydesk.city.profile.rules.reading import Reading
from citydesk.city.profile.rules.sample_year import as_sample

# Whose desks work of the last days lies on.
DESKS = ("clerk", "office", "crew", "nobody", "late")
# How far a complaint has come; and what the desk made of what recurs at one place.
STEPS = ("take_up", "submit_plan", "write_log", "receive_appeal", "close")
OUTCOMES = ("found", "remedied", "asked")
ANSWERS = ("accept", "done", "message", "return")


def parse_sample_stories(reading: Reading) -> list[Item]:
    """Every story of every kind, in the order of the kinds."""
    items = []
    for kind, read in _KINDS.items():
        for entry in reading.tables(kind):
            body = {"kind": kind, "order": entry.optional.whole("order", 100), **read(entry)}
            items.append(replace(as_sample(entry, body), code=f"{kind}-{entry.key}"))
    return items


def _service(entry: Fields) -> str:
    return entry.code("service", of="services")


def _bulletin(entry: Fields) -> dict[str, Any]:
    free = entry.optional
    return {
        "text": entry.text("text"),
        "read_aloud": free.translated("read_aloud"),
        "service": free.code("service", of="services"),
        "area": free.text("area"),
        "hours": entry.whole("hours", at_least=1, at_most=240),
    }


def _promise(entry: Fields) -> dict[str, Any]:
    return {"text": entry.text("text"), "hours": entry.whole("hours", at_least=1, at_most=240)}


def _parked(entry: Fields) -> dict[str, Any]:
    return {"words": entry.text("words")}


def _desk(entry: Fields) -> dict[str, Any]:
    if entry.key not in DESKS:
        entry.problem(f"is not one of {', '.join(DESKS)}")
    rows = entry.tables("reported")
    return {"reported": [{"service": _service(one), "hours": one.whole("hours", at_least=1)} for one in rows]}


def _letter(entry: Fields) -> dict[str, Any]:
    return {
        "days": entry.whole("days", at_least=1, at_most=300),
        "service": _service(entry),
        "name": entry.text("name"),
        "address": entry.text("address"),
        "language": entry.choice("language", entry.notes.languages),
    }


def _complaint(entry: Fields) -> dict[str, Any]:
    free = entry.optional
    offers = [
        {"kind": one.text("kind"), "text": one.text("text"), "amount": one.optional.decimal("amount", at_least=0)}
        for one in free.tables("offers")
    ]
    return {
        "service": _service(entry),
        "class": entry.code("class", of="complaint_classes"),
        "days": entry.whole("days", at_least=1, at_most=300),
        "words": entry.text("words"),
        "language": entry.choice("language", entry.notes.languages),
        "name": entry.text("name"),
        "address": entry.text("address"),
        "until": free.choice("until", STEPS),
        "answers": free.answers("answers"),
        "offers": offers,
    }


def _spot(entry: Fields) -> dict[str, Any]:
    free = entry.optional
    days = entry.raw.get("days")
    entry.taken.add("days")
    if not isinstance(days, list) or not days or not all(isinstance(one, int) and 1 <= one <= 364 for one in days):
        entry.problem("must be a list of days before the end, 1 to 364", "days")
    research = [
        {"question": one.text("question"), "finding": one.optional.text("finding"), "seen": one.optional.text("seen")}
        for one in free.tables("research")
    ]
    return {
        "service": _service(entry),
        "days": days,
        "outcome": free.choice("outcome", OUTCOMES, "found"),
        "title": free.text("title"),
        "analysis": free.text("analysis"),
        "recommendation": free.text("recommendation"),
        "ask": free.text("ask"),
        "research": research,
    }


def _hold(entry: Fields) -> dict[str, Any]:
    return {"name": entry.text("name"), "reason": entry.text("reason"), "kinds": entry.words("kinds")}


def _public_request(entry: Fields) -> dict[str, Any]:
    free = entry.optional
    return {"words": entry.text("words"), "name": free.text("name"), "find": entry.text("find")}


def _referral(entry: Fields) -> dict[str, Any]:
    free = entry.optional
    return {
        "service": _service(entry),
        "agency": entry.code("agency", of="agencies"),
        "days": entry.whole("days", at_least=0, at_most=300),
        "words": entry.text("words"),
        "answer": free.choice("answer", ANSWERS),
        "reply": free.text("reply"),
        "by": free.text("by"),
    }


def _violation(entry: Fields) -> dict[str, Any]:
    return {
        "agency": entry.code("agency", of="agencies"),
        "title": entry.text("title"),
        "text": entry.text("text"),
        "citation": entry.optional.text("citation"),
    }


def _week(entry: Fields) -> dict[str, Any]:
    return {"meeting": entry.text("meeting"), "busy": entry.text("busy")}


def _people(entry: Fields) -> dict[str, Any]:
    return {"area_codes": entry.words("area_codes")}


_KINDS: dict[str, Callable[[Fields], dict[str, Any]]] = {
    "bulletin": _bulletin,
    "desk": _desk,
    "promise": _promise,
    "parked": _parked,
    "letter": _letter,
    "complaint": _complaint,
    "spot": _spot,
    "referral": _referral,
    "violation": _violation,
    "hold": _hold,
    "public_request": _public_request,
    "week": _week,
    "residents": _people,
}
