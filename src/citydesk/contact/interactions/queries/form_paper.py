"""The paper of printed intake forms: its words in both languages, as the profile has them on the day of printing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.contact.interactions.choices import FORM_SERIES
from citydesk.kernel import texts
from citydesk.kernel.errors import Invalid

# Codes listed when nobody says which. The questions of one code alone still fit on the sheet.
MOST_CODES, ASKED_CODES = 18, 1

LABELS = {
    "title": gettext_noop("Intake form"),
    "sub": gettext_noop("For when the system is down"),
    "key_later": gettext_noop("Key this form under its number as soon as the system is back. One form, one contact."),
    "emergency": gettext_noop("Emergency"),
    "received": gettext_noop("Received: date and time"),
    "taken_by": gettext_noop("Taken by"),
    "came_by": gettext_noop("Came by"),
    "phone_call": gettext_noop("Phone"),
    "counter": gettext_noop("Counter"),
    "letter": gettext_noop("Letter"),
    "words": gettext_noop("What do they say? In their own words"),
    "code": gettext_noop("What is it about?"),
    "other": gettext_noop("Something else"),
    "place": gettext_noop("Where? Address, corner or landmark"),
    "detail": gettext_noop("Where exactly, apartment, gate"),
    "urgency": gettext_noop("Is it urgent?"),
    "yes": gettext_noop("Yes"),
    "no": gettext_noop("No"),
    "questions": gettext_noop("Questions"),
    "who": gettext_noop("Name"),
    "anonymous": gettext_noop("Does not want to give a name"),
    "confidential": gettext_noop("Reports in confidence"),
    "number": gettext_noop("Phone"),
    "email": gettext_noop("E-mail"),
    "tell_by": gettext_noop("How to tell them"),
    "language": gettext_noop("Language they speak"),
    "interpreter": gettext_noop("Needs an interpreter"),
    "confidentiality": gettext_noop("What we promise"),
    "told": gettext_noop("What was told or promised, by when"),
    "office": gettext_noop("For the office"),
    "keyed": gettext_noop("Keyed on"),
    "keyed_by": gettext_noop("by"),
    "contact": gettext_noop("Contact number"),
}


def words_of_form(service_codes: Sequence[str], now: datetime) -> dict[str, Any]:
    """Everything a form says, each text in the city's first two languages: kept with the batch.

    Raises `Invalid` for a code the city does not offer.
    """
    city, on = profile.city(), profile.city_today(now)
    languages = list(city.languages[:2]) or ["en"]
    own = _own(on)
    services = profile.entries("services", on)
    codes = list(dict.fromkeys(service_codes)) or [one for one in own.get("services", []) if one in services]
    unknown = [one for one in codes if one not in services]
    if unknown:
        raise Invalid(_("The city offers no code %(codes)s.") % {"codes": ", ".join(unknown)}, field="services")
    codes = codes or _usual(services)
    return {
        "languages": languages,
        "city": city.name,
        "labels": {name: [_in(one, text) for one in languages] for name, text in LABELS.items()},
        "emergency": [city.text("emergency", one) for one in languages],
        "confidentiality": [city.text("confidentiality", one) for one in languages],
        "urgency": _pairs(own.get("urgency", {}), languages),
        "codes": [{"code": one, "name": _each(services[one]["name"], languages)} for one in codes[:MOST_CODES]],
        "asked": [_questions(services[one], languages) for one in codes if len(service_codes) == ASKED_CODES],
    }


def _own(on: Any) -> dict[str, Any]:
    try:
        return dict(profile.entry("paper_form", "intake", on))
    except UnknownEntry:
        return {}


def _usual(services: dict[str, Any]) -> list[str]:
    """The codes residents ask for most, where the profile does not say which: those of the catalog's own order."""
    offered = [
        (body.get("order") or 100, code)
        for code, body in services.items()
        if not body.get("is_internal") and not body.get("is_coding_queue")
    ]
    return [code for _order, code in sorted(offered)][:MOST_CODES]


def _questions(body: dict[str, Any], languages: list[str]) -> dict[str, Any]:
    return {
        "name": _each(body["name"], languages),
        "questions": [
            {
                "ask": _each(one["ask"], languages),
                "options": [_each(option["name"], languages) for option in one.get("options") or []],
                "is_yes_no": one.get("type") in ("yes_no", "yes_no_unsure"),
            }
            for one in body.get("questions", [])
            if one.get("type") != "note"
        ],
    }


def _pairs(by_language: dict[str, list[str]], languages: list[str]) -> list[list[str]]:
    return [list(one) for one in zip(*(by_language.get(language, []) for language in languages), strict=False)]


def _each(names: dict[str, str], languages: list[str]) -> list[str]:
    first = next(iter(names.values()), "")
    return [names.get(one) or first for one in languages]


def _in(language: str, text: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


def paper_of(batch: Any, numbers: Sequence[str], copy: str = "") -> dict[str, Any]:
    """What the document `interactions/intake_forms.typ` takes: a batch's words and the numbers to print."""
    first, title = batch.texts["languages"][0], batch.texts["labels"]["title"][0]
    return {
        "title": f"{title} {numbers[0]}" + (f" - {numbers[-1]}" if len(numbers) > 1 else ""),
        **batch.texts,
        "numbers": list(numbers),
        "desk": batch.desk,
        "copy": copy,
        "printed": _printed(first, batch.printed_at),
        "series": FORM_SERIES,
    }


def _printed(language: str, at: datetime) -> str:
    with translation.override(language):
        return texts.short_date(at)
