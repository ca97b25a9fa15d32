"""The parts of the contact screen: each is worked out alone, so that one key press asks for no more than it changes.

A part takes the form's fields as they stand and returns the context of its template `desk/contact/_<part>.jinja`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.contact.service_requests.choices import QuestionType
from citydesk.contact.service_requests.rules import questions as question_rules
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.contact.service_requests.rules.questions import Question
from citydesk.desk.queries import contact_people, contact_side, neighbors
from citydesk.desk.rules import contact as rules
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.telephone import phone_words

# Which parts a change of a field redraws.
REDRAWS: dict[str, tuple[str, ...]] = {
    "words": ("codes", "answers"),
    "code": ("codes", "questions", "nearby", "answers", "tell", "outcomes"),
    "where": ("place", "nearby", "outcomes"),
    "place": ("place", "nearby", "outcomes"),
    "answer": ("questions", "tell"),
    "who": ("people", "person", "tell"),
    "customer": ("people", "person", "tell", "place", "nearby", "outcomes"),
    "about": ("facts", "codes", "questions", "answers", "tell"),
    "tell": ("tell",),
    "offices": ("offices",),
    "bulletin": ("answers",),
}


@dataclass
class Screen:
    """One contact as it stands on the screen: the stored draft with the form's own fields laid over it."""

    access: Access
    draft: interactions.Draft
    fields: dict[str, Any]
    now: datetime
    errors: dict[str, str] = field(default_factory=dict)

    @cached_property
    def language(self) -> str:
        """The resident's language."""
        return str(self.fields.get("language") or (profile.city().language if profile.city().languages else "en"))

    @cached_property
    def reads(self) -> str:
        """The clerk's own language."""
        return (get_language() or "en").split("-")[0]

    @cached_property
    def service(self) -> Service | None:
        return neighbors.service(str(self.fields.get("code", "")), self.now)

    @property
    def is_confidential(self) -> bool:
        """Ticked, or by the code: nobody is written to."""
        is_by_code = self.service is not None and self.service.is_confidential
        return self.fields.get("is_confidential") == "1" or is_by_code

    @cached_property
    def place_and_error(self) -> tuple[ResolvedPlace | None, str]:
        try:
            return neighbors.resolve_place(self.fields), ""
        except CitydeskError as error:
            return None, str(error.message)

    @property
    def place(self) -> ResolvedPlace | None:
        return self.place_and_error[0]

    @cached_property
    def person(self) -> contact_people.PersonCard | None:
        return contact_people.person_card(self.access, self.fields, self.now)

    @cached_property
    def received_at(self) -> datetime:
        typed = rules.parse_past_time(str(self.fields.get("received_at", "")), now=self.now, zone=profile.local_zone())
        return typed if typed and typed <= self.now else self.draft.received_at


def screen_of(
    *,
    access: Access,
    interaction_id: int,
    typed: Mapping[str, Any],
    now: datetime,
    errors: dict[str, str] | None = None,
) -> Screen:
    """The clerk's open contact with what the form holds beyond it. Raises `NotFound`."""
    draft = interactions.get_draft(access=access, interaction_id=interaction_id, now=now)
    return Screen(access, draft, {**draft.fields, **typed}, now, errors or {})


def facts_part(screen: Screen) -> dict[str, Any]:
    on = profile.city_today(screen.now)
    return {
        "received": screen.received_at,
        "interpreters": [body["name"] for body in profile.entries("interpreters", on).values()],
        "classes": [
            (code, neighbors.text_in(body["name"], screen.reads))
            for code, body in profile.entries("caller_classes", on).items()
        ],
        "languages": contact_people.language_options(screen.reads),
        "class_notice": contact_side.caller_notice(str(screen.fields.get("caller_class") or ""), screen.reads, on),
        "language_name": contact_people.language_name(screen.language, screen.reads),
        "scripts": contact_side.contact_scripts(screen.language, screen.access.actor.label, on),
    }


def codes_part(screen: Screen) -> dict[str, Any]:
    """The chosen code first and never displaced, the best of the rest, and "no code fits"."""
    words, chosen = str(screen.fields.get("words", "")), screen.service
    found = neighbors.suggest_codes(words, screen.reads, screen.now)
    coding = neighbors.coding_queue(screen.now)
    rows = []
    if chosen and not chosen.is_coding_queue:
        own = next((one for one in found if one.code == chosen.code), None)
        rows.append(_code_row(screen, chosen, own))
    for one in found:
        service = neighbors.service(one.code, screen.now)
        if service and one.code != screen.fields.get("code"):
            rows.append(_code_row(screen, service, one, is_new=bool(rows) and bool(chosen)))
    rows = rows[:2]
    if coding:
        service = neighbors.service(coding, screen.now)
        rows.append(
            {
                "value": coding,
                "title": _("No code fits"),
                "detail": _("the coding team reads it, clock starts now"),
                "side": neighbors.department_name(service, screen.reads, screen.now) if service else "",
                "side_detail": neighbors.target_words(service.sla, screen.reads, screen.now) if service else "",
                "marked": (),
                "because": "",
                "is_new": False,
            }
        )
    for number, row in enumerate(rows, start=1):
        row["alt"] = str(number)
    return {"codes": rows, "has_words": bool(words.strip())}


def _code_row(screen: Screen, service: Service, found: Any, *, is_new: bool = False) -> dict[str, Any]:
    return {
        "value": service.code,
        "title": service.name_in(screen.reads),
        "marked": found.marked if found else (),
        "because": found.because if found else "",
        "detail": "",
        "side": neighbors.department_name(service, screen.reads, screen.now),
        "side_detail": neighbors.target_words(service.sla, screen.reads, screen.now),
        "is_new": is_new,
    }


def place_part(screen: Screen) -> dict[str, Any]:
    place, error = screen.place_and_error
    typed = str(screen.fields.get("where", "")).strip()
    hits: list[dict[str, str]] = []
    value = ""
    if place is not None:
        if place.has_point or not place.did_you_mean:
            chosen = rules.place_choice(screen.fields)
            value = screen.fields["place"] if chosen else rules.place_value(place.address_id, place.label, typed)
        hits = [
            {"value": rules.place_value(one.address_id, one.value, typed), "title": one.label, "detail": one.detail}
            for one in place.did_you_mean[:4]
        ]
    return {
        "place": place,
        "place_error": screen.errors.get("where") or error,
        "place_value": value,
        "place_hits": hits if not value else [],
        "districts": contact_side.district_words(place, screen.reads, profile.city_today(screen.now)),
        "home": screen.person.home if screen.person and not typed else None,
    }


def questions_part(screen: Screen) -> dict[str, Any]:
    service = screen.service
    if service is None:
        return {"questions": [], "stops": [], "why_urgent": ""}
    given = rules.answers_of(screen.fields)
    shown = question_rules.shown(service.questions, given)
    checked = question_rules.check(service.questions, given, must_be_complete=False)
    first_open = next((one.code for one in shown if one.code not in checked.answers), "")
    rows = [
        {
            "code": one.code,
            "name": f"q.{one.code}",
            "ask": neighbors.text_in(one.short or one.ask, screen.reads),
            "full": neighbors.text_in(one.ask, screen.reads),
            "type": one.type.value,
            "options": contact_side.answer_options(one, screen.reads),
            "value": _value(one, screen.fields.get(f"q.{one.code}", "")),
            "error": screen.errors.get(one.code, ""),
            "is_first_open": one.code == first_open,
        }
        for one in shown
    ]
    stops = [
        {
            "say": neighbors.text_in(stop.say, screen.language),
            "clerk": neighbors.text_in(stop.clerk, screen.reads),
            "phone": stop.phone,
            "office": stop.office,
            "ends": stop.ends,
            "label": _("%(who)s told") % {"who": phone_words(stop.phone)} if stop.phone else _("Told"),
        }
        for _question, stop in checked.stops
    ]
    _urgency, _sla, rule = question_rules.urgency_of(
        service.urgency_rules, given, base=service.urgency, sla=service.sla
    )
    return {
        "questions": rows,
        "stops": stops,
        "why_urgent": neighbors.text_in(rule.reason, screen.reads) if rule else "",
        "first_open": first_open,
    }


def _value(one: Question, value: Any) -> Any:
    """What stands in the form: a list where several answers may be ticked."""
    if one.type == QuestionType.SEVERAL_OF:
        return value if isinstance(value, list) else [value]
    return value


def tell_part(screen: Screen) -> dict[str, Any]:
    timing = None
    if screen.service and rules.is_request_wanted(screen.fields):
        timing = neighbors.timing(screen.service, screen.fields, screen.received_at, screen.reads, screen.now)
    return {
        "timing": timing,
        "ways": contact_people.ways_to_tell(screen.person, screen.fields, screen.language, screen.reads)
        if not screen.is_confidential
        else contact_people.NOT_WRITTEN_TO,
        "tell_error": screen.errors.get("tell_to", ""),
    }


def outcomes_part(screen: Screen) -> dict[str, Any]:
    place = screen.place
    label = screen.service.name_in(screen.reads) if screen.service else ""
    return {
        "request_label": label if rules.is_request_wanted(screen.fields) else "",
        "request_place": place.label if place else "",
        "is_request_off": bool(label) and not rules.is_request_wanted(screen.fields),
        "stashed": screen.fields.get("requests", []),
        "noted": screen.fields.get("outcomes", []),
        "outcome_names": contact_words.OUTCOMES,
    }


PARTS: dict[str, Callable[[Screen], dict[str, Any]]] = {
    "facts": facts_part,
    "codes": codes_part,
    "place": place_part,
    "questions": questions_part,
    "people": contact_people.people_part,
    "tell": tell_part,
    "answers": contact_side.answers_part,
    "nearby": contact_side.nearby_part,
    "person": contact_people.person_part,
    "outcomes": outcomes_part,
    "offices": contact_side.offices_part,
}


def build(screen: Screen, names: tuple[str, ...]) -> dict[str, Any]:
    """The context of several parts; `fields`, `draft` and the rest of the screen are in it once."""
    context: dict[str, Any] = {
        "parts": names,
        "draft": screen.draft,
        "fields": screen.fields,
        "language_to_read": screen.language,
        "errors": screen.errors,
        "at": screen.now,
    }
    for name in names:
        context |= PARTS[name](screen)
    return context
