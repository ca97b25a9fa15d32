"""What the contact screen asks of other rooms, in the shapes it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.knowledge import queries as knowledge
from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import questions as question_rules
from citydesk.contact.service_requests.rules import sla as sla_rules
from citydesk.contact.service_requests.rules.catalog import Service
from citydesk.contact.service_requests.rules.codes import Suggestion, find_codes
from citydesk.desk.rules.contact import answers_of, place_choice
from citydesk.kernel.errors import CitydeskError, NotFound


@dataclass(frozen=True)
class Timing:
    """What the answers given so far make of a request: how urgent, which class, when its promised target is due."""

    urgency: str
    target: str
    due_at: datetime | None
    is_raised: bool


def text_in(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in a language, else in the first there is."""
    if not texts:
        return ""
    return texts.get(language.split("-")[0]) or next(iter(texts.values()))


def service(code: str, now: datetime) -> Service | None:
    """A code in force today, or None."""
    try:
        return policy.service(code, profile.city_today(now)) if code else None
    except NotFound:
        return None


def suggest_codes(text: str, language: str, now: datetime) -> list[Suggestion]:
    """The two codes that fit the words best; the coding queue is no suggestion, it is always offered."""
    return find_codes(policy.code_index(profile.city_today(now)), text, language, limit=2)


def coding_queue(now: datetime) -> str:
    """The code of "no code fits", as the profile names it; "" if the city has none."""
    return policy.coding_queue_code(profile.city_today(now))


def department_name(one: Service, language: str, now: datetime) -> str:
    """The department a code belongs to, in words."""
    try:
        return text_in(profile.entry("departments", one.department, profile.city_today(now))["name"], language)
    except (UnknownEntry, CitydeskError):
        return ""


def target_words(sla_code: str, language: str, now: datetime) -> str:
    """What a class promises, in words: "make safe in 4 h", "repair in 5 working days"."""
    told = _promised(policy.sla_class(sla_code, profile.city_today(now)))
    if told is None:
        return ""
    if told.days is not None:
        time = ngettext("%(n)s working day", "%(n)s working days", told.days) % {"n": told.days}
    else:
        time = _("%(n)s h") % {"n": format(told.hours or 0, "g")}
    return _("%(target)s in %(time)s") % {"target": text_in(told.names, language).lower(), "time": time}


def timing(one: Service, fields: Mapping[str, Any], received_at: datetime, language: str, now: datetime) -> Timing:
    """How urgent the answers make it and by when it would be due, if it were saved now."""
    on = profile.city_today(now)
    urgency, sla_code, rule = question_rules.urgency_of(
        one.urgency_rules, answers_of(fields), base=one.urgency, sla=one.sla
    )
    told = _promised(policy.sla_class(sla_code, on))
    due = None
    if told is not None:
        calendar = policy.calendar(told.calendar, on)
        allowed = sla_rules.allowed_time(calendar, received_at, hours=told.hours, days=told.days)
        due = sla_rules.due_at(calendar, received_at, allowed)
    return Timing(urgency, target_words(sla_code, language, now), due, rule is not None)


def resolve_place(fields: Mapping[str, Any]) -> ResolvedPlace | None:
    """The place under Where, chosen or typed; None when nothing is there. Raises `Invalid` outside the city."""
    typed = str(fields.get("where", "")).strip()
    chosen = place_choice(fields)
    if chosen and chosen.address_id:
        return places.resolve(address_id=chosen.address_id)
    if not typed:
        return None
    return places.resolve(chosen.text if chosen else typed)


def articles(text: str, code: str, language: str) -> list[Any]:
    """Up to three articles that answer the words or belong to the code."""
    return knowledge.suggest(text, code or None, language, 3)


def bulletins(code: str, now: datetime) -> list[Any]:
    """Bulletins in force for the code or for everything."""
    return knowledge.active_bulletins(now, code or None)


def procedures(code: str, department: str, language: str) -> list[Any]:
    """Shared procedures of a code, with the text of the department the request goes to. No statement without a code."""
    return knowledge.procedures_for(code, department, language)


def pinned(code: str, places: tuple[str, ...], now: datetime) -> list[Any]:
    """Bulletins in force that pin a request for reports of this code and place."""
    return knowledge.pinned_bulletins(now, code, places)


def _promised(sla_class: sla_rules.SlaClass | None) -> sla_rules.Target | None:
    return next((one for one in sla_class.targets if one.is_promised), None) if sla_class else None
