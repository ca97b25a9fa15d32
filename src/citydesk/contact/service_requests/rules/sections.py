"""Read the room's files of a city profile: services.toml, sla.toml, routing.toml. Format: profiles/README.md."""

from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.contact.service_requests.choices import (
    Channel,
    CloseReason,
    EscalateTo,
    LocationNeed,
    PhotoRule,
    PublicPlace,
    PublicText,
    QuestionType,
    StartEvent,
    StopEvent,
    Urgency,
)

_YES_NO = {"yes", "no"}
_CHOSEN = (QuestionType.ONE_OF, QuestionType.SEVERAL_OF)


def parse_groups(reading: Reading) -> list[Item]:
    """`[group.<code>]` of services.toml."""
    return [
        entry.item({"name": entry.translated("name"), "order": entry.optional.whole("order", 100)})
        for entry in reading.tables("group")
    ]


def parse_services(reading: Reading) -> list[Item]:
    """`[service.<code>]` of services.toml: the catalog."""
    items, names = [], dict[tuple[str, str], str]()
    for entry in reading.tables("service"):
        body = {**_about(entry), **_handling(entry)}
        for language, name in body["name"].items():
            first = names.setdefault((language, name.strip().lower()), entry.key)
            if first != entry.key:
                entry.problem(f"has the same name in {language} as {first}; API clients tell codes by name", "name")
        questions = [_question(row) for row in entry.optional.tables("questions")]
        _check_questions(entry, questions)
        body["questions"] = questions
        body["urgency_rules"] = [_urgency_rule(row, questions) for row in entry.optional.tables("urgency_rules")]
        items.append(entry.item(body))
    return items


def parse_sla(reading: Reading) -> list[Item]:
    """`[sla.<code>]` of sla.toml: targets and escalations of a class."""
    items = []
    for entry in reading.tables("sla"):
        targets = [_target(row) for row in entry.tables("targets")]
        codes = [target["code"] for target in targets]
        if not targets:
            entry.problem("needs at least one target", "targets")
        if len(set(codes)) < len(codes):
            entry.problem("names a target twice", "targets")
        steps = [_step(row, codes) for row in entry.optional.tables("escalations")]
        items.append(entry.item({"name": entry.translated("name"), "targets": targets, "escalations": steps}))
    return items


def parse_hold_reasons(reading: Reading) -> list[Item]:
    """`[hold_reason.<code>]` of sla.toml: why a request may stand still."""
    items = []
    for entry in reading.tables("hold_reason"):
        review = entry.optional.whole("review_days", 1, at_least=1) or 1
        limit = entry.optional.whole("limit_days", 30, at_least=1) or 30
        if review > limit:
            entry.problem("is reviewed after its limit", "review_days")
        items.append(
            entry.item(
                {
                    "name": entry.translated("name"),
                    "pauses": entry.optional.boolean("pauses", True),
                    "review_days": review,
                    "limit_days": limit,
                }
            )
        )
    return items


def parse_routing(reading: Reading) -> list[Item]:
    """`[rule.<code>]` of routing.toml: where a request goes."""
    items, orders = [], dict[int, str]()
    for entry in reading.tables("rule"):
        order = entry.whole("order", at_least=0) or 0
        first = orders.setdefault(order, entry.key)
        if first != entry.key:
            entry.problem(f"has the same order as {first}; first match wins needs one order", "order")
        hours = entry.optional.table("hours")
        body = {
            "order": order,
            "name": entry.translated("name"),
            "services": entry.optional.codes("services", of="services"),
            "groups": entry.optional.codes("groups", of="service_groups"),
            "districts": entry.optional.answers("districts"),
            "answers": entry.optional.answers("answers"),
            "urgencies": entry.optional.choices("urgencies", tuple(Urgency)),
            "channels": entry.optional.choices("channels", tuple(Channel)),
            "hours": _hours(hours) if entry.has("hours") else {},
            "team": entry.optional.code("team", of="teams"),
            "department": entry.optional.code("department", of="departments"),
        }
        if not body["team"] and not body["department"]:
            entry.problem("leads nowhere: name a team or a department", "team")
        items.append(entry.item(body))
    return items


def _about(entry: Fields) -> dict[str, Any]:
    script = entry.optional.table("script")
    return {
        "group": entry.code("group", of="service_groups"),
        "name": entry.translated("name"),
        "description": entry.optional.translated("description"),
        "synonyms": entry.optional.translated_list("synonyms"),
        "articles": entry.optional.words("articles"),
        "order": entry.optional.whole("order", 100),
        "script": {name: script.optional.translated(name) for name in ("say", "ask", "promise") if script.has(name)},
    }


def _handling(entry: Fields) -> dict[str, Any]:
    return {
        "department": entry.code("department", of="departments"),
        "team": entry.code("team", of="teams"),
        "sla": entry.code("sla", of="sla"),
        "urgency": entry.optional.choice("urgency", tuple(Urgency), default=Urgency.NORMAL.value),
        "location": entry.optional.choice("location", tuple(LocationNeed), default=LocationNeed.REQUIRED.value),
        "public_text": entry.optional.choice("public_text", tuple(PublicText), default=PublicText.SERVICE_NAME.value),
        "public_place": entry.optional.choice("public_place", tuple(PublicPlace), default=PublicPlace.BLOCK.value),
        "photos": entry.optional.choice("photos", tuple(PhotoRule), default=PhotoRule.NONE.value),
        "nearby": _nearby(entry),
        "is_confidential": entry.optional.boolean("is_confidential"),
        "allow_anonymous": entry.optional.boolean("allow_anonymous", True),
        "is_internal": entry.optional.boolean("is_internal"),
        "is_coding_queue": entry.optional.boolean("is_coding_queue"),
        "needs_work_order": entry.optional.boolean("needs_work_order"),
        "checklist": entry.optional.translated_list("checklist"),
        "close_reasons": entry.optional.choices("close_reasons", tuple(CloseReason), default=tuple(CloseReason)),
    }


def _nearby(entry: Fields) -> dict[str, Any]:
    if not entry.has("nearby"):
        return {}
    table = entry.optional.table("nearby")
    return {
        "radius_m": table.whole("radius_m", at_least=1, at_most=5000),
        "days": table.whole("days", at_least=1, at_most=366),
        "codes": table.optional.codes("codes", of="services") or [entry.key],
    }


def _question(row: Fields) -> dict[str, Any]:
    kind = row.choice("type", tuple(QuestionType))
    options = [
        {"code": option.text("code"), "name": option.translated("name")} for option in row.optional.tables("options")
    ]
    if kind in _CHOSEN and not options:
        row.problem("needs options to choose from", "options")
    if options and kind not in _CHOSEN:
        row.problem("has options, but its type does not let choose", "options")
    return {
        "code": row.text("code"),
        "ask": row.translated("ask"),
        "short": row.optional.translated("short"),
        "type": kind,
        "required": row.optional.boolean("required"),
        "options": options,
        "show_if": row.optional.answers("show_if"),
        "help": row.optional.translated("help"),
        "is_public": row.optional.boolean("is_public"),
        **_range(row, kind),
        "stops": [_stop(stop) for stop in row.optional.tables("stops")],
    }


def _range(row: Fields, kind: str) -> dict[str, Any]:
    if kind != QuestionType.NUMBER:
        return {}
    return {
        "at_least": row.optional.decimal("at_least") if row.has("at_least") else None,
        "at_most": row.optional.decimal("at_most") if row.has("at_most") else None,
    }


def _stop(row: Fields) -> dict[str, Any]:
    return {
        "when": row.words("when"),
        "say": row.translated("say"),
        "clerk": row.optional.translated("clerk"),
        "phone": row.optional.text("phone"),
        "office": row.optional.code("office", of="directory"),
        "ends": row.optional.boolean("ends"),
    }


def _answers_of(question: dict[str, Any]) -> set[str] | None:
    """Codes that a question can be answered with; None for free answers."""
    if question["type"] == QuestionType.YES_NO:
        return set(_YES_NO)
    if question["type"] == QuestionType.YES_NO_UNSURE:
        return _YES_NO | {"unsure"}
    if question["type"] in _CHOSEN:
        return {option["code"] for option in question["options"]}
    return None


def _check_questions(entry: Fields, questions: list[dict[str, Any]]) -> None:
    """Codes once; conditions and stops name earlier questions and answers that exist."""
    earlier: dict[str, dict[str, Any]] = {}
    for one in questions:
        if one["code"] in earlier:
            entry.problem(f"asks {one['code']} twice", "questions")
        _check_answers(entry, one["show_if"], earlier, f"{one['code']}: show_if")
        known = _answers_of(one)
        for stop in one["stops"]:
            unknown = set(stop["when"]) - known if known is not None else set()
            for answer in sorted(unknown):
                entry.problem(f"{one['code']}: a stop waits for {answer}, which is no answer of it", "questions")
        earlier[one["code"]] = one


def _check_answers(
    entry: Fields, wanted: dict[str, list[str]], questions: dict[str, dict[str, Any]], where: str
) -> None:
    for name, answers in wanted.items():
        if name not in questions:
            entry.problem(f"{where} names {name}, which is not asked before", "questions")
            continue
        known = _answers_of(questions[name])
        for answer in answers:
            if known is not None and answer not in known:
                entry.problem(f"{where} waits for {answer}, which is no answer of {name}", "questions")


def _urgency_rule(row: Fields, questions: list[dict[str, Any]]) -> dict[str, Any]:
    when = row.answers("when")
    _check_answers(row, when, {one["code"]: one for one in questions}, "when")
    return {
        "when": when,
        "urgency": row.choice("urgency", tuple(Urgency)),
        "sla": row.optional.code("sla", of="sla"),
        "reason": row.optional.translated("reason"),
    }


def _target(row: Fields) -> dict[str, Any]:
    hours = row.optional.decimal("hours", at_least=0) if row.has("hours") else None
    days = row.optional.whole("days", at_least=0, at_most=3660) if row.has("days") else None
    if (hours is None) == (days is None):
        row.problem("needs either hours or days", "hours")
    elif hours is not None and hours <= 0:
        row.problem("needs hours above zero", "hours")
    return {
        "code": row.text("code"),
        "name": row.translated("name"),
        "hours": hours,
        "days": days,
        "calendar": row.code("calendar", of="calendars"),
        "starts": row.optional.choice("starts", tuple(StartEvent), default=StartEvent.RECEIVED.value),
        "ends": row.optional.choice("ends", tuple(StopEvent), default=StopEvent.CLOSED.value),
        "is_promised": row.optional.boolean("is_promised"),
        "hold_reasons": row.optional.codes("hold_reasons", of="hold_reasons") if row.has("hold_reasons") else None,
    }


def _step(row: Fields, targets: list[str]) -> dict[str, Any]:
    return {
        "target": row.choice("target", targets),
        "percent": row.whole("percent", at_least=1, at_most=1000),
        "to": row.choice("to", tuple(EscalateTo)),
        "calendar": row.code("calendar", of="calendars"),
    }


def _hours(table: Fields) -> dict[str, Any]:
    return {
        "calendar": table.code("calendar", of="calendars"),
        "is_open": table.optional.boolean("is_open", True),
    }
