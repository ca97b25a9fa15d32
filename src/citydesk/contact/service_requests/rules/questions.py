"""What must be known of a request: typed and conditional questions, what an answer stops, how urgent it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from citydesk.contact.service_requests.choices import QuestionType, Urgency
from citydesk.kernel.errors import Invalid, marked

LONGEST_TEXT = 500
LONGEST_LONG_TEXT = 4000
_YES_NO = ("yes", "no")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_WHITE = re.compile(r"[ \t\x00-\x08\x0b\x0c\x0e-\x1f]+")


@dataclass(frozen=True)
class Stop:
    """What is read aloud at an answer; `ends` means that this is no request of the code at all."""

    when: frozenset[str]
    say: Mapping[str, str]
    clerk: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    office: str = ""
    ends: bool = False


@dataclass(frozen=True)
class Question:
    """One question of a service code."""

    code: str
    ask: Mapping[str, str]
    type: QuestionType
    short: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    is_public: bool = False
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    show_if: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """Codes of the answers that can be chosen; empty for free answers."""
        if self.type == QuestionType.YES_NO:
            return _YES_NO
        if self.type == QuestionType.YES_NO_UNSURE:
            return (*_YES_NO, "unsure")
        return tuple(self.options)


@dataclass(frozen=True)
class UrgencyRule:
    """The first rule whose answers all hold sets the urgency and perhaps another SLA class."""

    when: Mapping[str, frozenset[str]]
    urgency: Urgency
    sla: str = ""
    reason: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Answers in their stored form, what is wrong with the rest, and the stops that were met."""

    answers: dict[str, Any]
    errors: tuple[Invalid, ...]
    stops: tuple[tuple[Question, Stop], ...]

    @property
    def ends(self) -> bool:
        """Whether an answer says that this is no request of the code."""
        return any(stop.ends for _, stop in self.stops)


def question(body: Mapping[str, Any]) -> Question:
    """A question from its profile table."""
    return Question(
        code=body["code"],
        ask=body["ask"],
        type=QuestionType(body["type"]),
        short=body.get("short") or {},
        help=body.get("help") or {},
        is_required=bool(body.get("required")),
        is_public=bool(body.get("is_public")),
        options={option["code"]: option["name"] for option in body.get("options") or ()},
        show_if=_answer_sets(body.get("show_if")),
        stops=tuple(_stop(row) for row in body.get("stops") or ()),
        at_least=_decimal(body.get("at_least")),
        at_most=_decimal(body.get("at_most")),
    )


def urgency_rule(body: Mapping[str, Any]) -> UrgencyRule:
    """An urgency rule from its profile table."""
    return UrgencyRule(
        _answer_sets(body.get("when")), Urgency(body["urgency"]), body.get("sla") or "", body.get("reason") or {}
    )


def shown(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """The questions to ask, given what was answered so far. A question hidden hides those that depend on it."""
    visible: dict[str, Question] = {}
    for one in questions:
        known = {name: answers.get(name) for name in one.show_if if name in visible}
        if all(holds(accepted, known.get(name)) for name, accepted in one.show_if.items()):
            visible[one.code] = one
    return list(visible.values())


def holds(accepted: frozenset[str], answer: Any) -> bool:
    """Whether an answer (or one of several) is among the accepted ones."""
    if isinstance(answer, list | tuple):
        return any(str(one) in accepted for one in answer)
    return answer is not None and answer != "" and str(answer) in accepted


def check(questions: Sequence[Question], given: Mapping[str, Any], *, must_be_complete: bool = True) -> Checked:
    """Check answers by question code. Answers to questions that are not shown are left out, not kept.

    With `must_be_complete` False (a draft) missing answers are no error.
    """
    answers: dict[str, Any] = {}
    errors: list[Invalid] = []
    stops: list[tuple[Question, Stop]] = []
    for one in questions:
        if one.type == QuestionType.NOTE or one not in shown(questions, answers):
            continue
        try:
            value = parse_answer(one, given.get(one.code))
        except Invalid as error:
            errors.append(error)
            continue
        if value is None:
            if one.is_required and must_be_complete:
                errors.append(Invalid(marked("Please answer this question."), field=one.code))
            continue
        answers[one.code] = value
        stops += [(one, stop) for stop in one.stops if holds(stop.when, value)]
    return Checked(answers, tuple(errors), tuple(stops))


def parse_answer(one: Question, raw: Any) -> Any:
    """One answer in its stored form (text, list of codes, or None when empty). Raises `Invalid` at the question."""
    if one.type == QuestionType.SEVERAL_OF:
        return _several(one, raw)
    if isinstance(raw, list | tuple):
        raw = raw[0] if raw else None
    text = _WHITE.sub(" ", "" if raw is None else str(raw)).strip()
    return _typed(one, text) if text else None


def _typed(one: Question, text: str) -> str:
    if one.choices:
        return _chosen(one, text)
    if one.type == QuestionType.NUMBER:
        return _number(one, text)
    if one.type == QuestionType.DATE:
        return _date(one, text)
    longest = LONGEST_LONG_TEXT if one.type == QuestionType.LONG_TEXT else LONGEST_TEXT
    if len(text) > longest:
        raise Invalid(
            marked("This is too long: at most %(most)s characters."), field=one.code, values={"most": longest}
        )
    return text


def _chosen(one: Question, text: str) -> str:
    lowered = {choice.lower(): choice for choice in one.choices}
    named = {name.lower(): code for code, names in one.options.items() for name in names.values()}
    found = lowered.get(text.lower()) or named.get(text.lower())
    if found is None:
        raise Invalid(marked("This is not one of the answers."), field=one.code)
    return found


def _several(one: Question, raw: Any) -> list[str] | None:
    parts = raw if isinstance(raw, list | tuple) else [] if raw is None else [raw]
    chosen = {_chosen(one, str(part).strip()) for part in parts if str(part).strip()}
    return [code for code in one.choices if code in chosen] or None


def _number(one: Question, text: str) -> str:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise Invalid(marked("Write a number."), field=one.code) from None
    if not value.is_finite():
        raise Invalid(marked("Write a number."), field=one.code)
    if one.at_least is not None and value < one.at_least:
        raise Invalid(marked("At least %(least)s."), field=one.code, values={"least": one.at_least})
    if one.at_most is not None and value > one.at_most:
        raise Invalid(marked("At most %(most)s."), field=one.code, values={"most": one.at_most})
    return format(value.normalize(), "f")


def _date(one: Question, text: str) -> str:
    """A day as people write it here, month first, or as year-month-day."""
    written = _MONTH_FIRST.fullmatch(text)
    try:
        if written:
            month, day, year = (int(part) for part in written.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Invalid(marked("Write the date as month, day, year: 11/24/2026."), field=one.code) from None


def urgency_of(
    rules: Sequence[UrgencyRule], answers: Mapping[str, Any], *, base: str, sla: str
) -> tuple[str, str, UrgencyRule | None]:
    """(urgency, SLA class, the rule that set them): the first rule that holds, else the code's own."""
    for rule in rules:
        if all(holds(accepted, answers.get(name)) for name, accepted in rule.when.items()):
            return rule.urgency.value, rule.sla or sla, rule
    return base, sla, None


def answer_text(one: Question, value: Any, language: str, words: Mapping[str, str] | None = None) -> str:
    """An answer as a person reads it. `words` translates yes, no and unsure."""
    if isinstance(value, list | tuple):
        return ", ".join(answer_text(one, part, language, words) for part in value)
    names = one.options.get(str(value))
    if names:
        return names.get(language) or next(iter(names.values()))
    return (words or {}).get(str(value), str(value))


def _answer_sets(body: Mapping[str, Any] | None) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(map(str, values if isinstance(values, list | tuple) else [values]))
        for name, values in (body or {}).items()
    }


def _stop(body: Mapping[str, Any]) -> Stop:
    return Stop(
        frozenset(map(str, body["when"])),
        body["say"],
        body.get("clerk") or {},
        body.get("phone") or "",
        body.get("office") or "",
        bool(body.get("ends")),
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
