"""The side of the contact screen: answers and bulletins, script, open nearby with its sketch, the directory."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.places import queries as places
from citydesk.city.places.rules import ResolvedPlace, distance_text
from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests.rules.questions import Question
from citydesk.desk.queries import neighbors, records
from citydesk.desk.queries.contact_people import told_of
from citydesk.desk.rules import contact as rules
from citydesk.kernel import texts
from citydesk.management.records.choices import TAKE as TAKE_RECORDS

FIRST_ANSWER_KEY = 6


def answers_part(screen: Any) -> dict[str, Any]:
    """Articles and bulletins for the words and the code, numbered from Alt 6, with those told already marked."""
    service, language = screen.service, screen.language
    script_language = str(screen.fields.get("script_language") or language).split("-")[0]
    told = {
        (one.get("target_type"), one.get("target_id")): datetime.fromisoformat(one["at"])
        for one in screen.fields.get("outcomes", [])
        if one["kind"] == "answered"
    }
    code = service.code if service else ""
    rows = [
        _answer("knowledge.Article", one.id, one.title, _("Policy") if one.kind == "policy" else "", one.code)
        for one in neighbors.articles(str(screen.fields.get("words", "")), code, screen.reads)
    ]
    found = neighbors.bulletins(code, screen.now)
    rows += [
        _answer("knowledge.Bulletin", one.id, one.text, _("Bulletin"), "", neighbors.text_in(one.read_aloud, language))
        for one in found
    ]
    for number, row in enumerate(rows[:4], start=FIRST_ANSWER_KEY):
        row["alt"] = str(number)
        row["told_at"] = told.get((row["target_type"], row["target_id"]), "")
    script = service.script if service else {}
    return {
        "answers": rows[:4],
        "procedures": _procedures(screen),
        "may_take_records": screen.access.may(TAKE_RECORDS),
        "script": [
            (_("Say"), _filled(script.get("say"), script_language, screen)),
            (_("Ask"), _filled(script.get("ask"), script_language, screen)),
            (_("Promise"), _filled(script.get("promise"), script_language, screen)),
        ],
        "script_language": script_language,
        "script_languages": _script_languages(language),
    }


def _procedures(screen: Any) -> list[Any]:
    """Procedures of the code in the words of the department that will have the request."""
    service = screen.service
    if service is None:
        return []
    department = service.department
    if not department and service.team:
        teams = profile.entries("teams", profile.city_today(screen.now))
        department = teams.get(service.team, {}).get("department", "")
    return neighbors.procedures(service.code, department, screen.reads)


def _answer(target_type: str, target_id: int, title: str, chip: str, code: str, aloud: str = "") -> dict[str, Any]:
    return {
        "target_type": target_type,
        "target_id": target_id,
        "title": title,
        "chip": chip,
        "code": code,
        "read_aloud": aloud,
        "alt": "",
        "told_at": "",
    }


def _script_languages(language: str) -> list[tuple[str, str]]:
    from babel import Locale

    codes = list(dict.fromkeys([language.split("-")[0], *profile.city().languages]))
    own = [code for code in codes if code in profile.city().languages]
    return [(code, (Locale.parse(code).get_display_name(code) or code).capitalize()) for code in own]


def _filled(sentences: Any, language: str, screen: Any) -> str:
    """The sentence with {due_time} and {due_day} filled in, when the time is known."""
    sentence = neighbors.text_in(sentences, language)
    if "{" not in sentence or screen.service is None:
        return sentence
    due = neighbors.timing(screen.service, screen.fields, screen.received_at, language, screen.now).due_at
    if due is None:
        return sentence
    from django.utils import translation

    with translation.override(language):
        day = texts.date_words(texts.local(due), "l j F")
    return sentence.replace("{due_time}", texts.clock(due)).replace("{due_day}", day)


def nearby_part(screen: Any) -> dict[str, Any]:
    """What bulletins pin for code and place, then requests like this one near it, open ones first; the sketch map."""
    service, place = screen.service, screen.place
    context: dict[str, Any] = {"near": [], "near_fact": "", "near_sketch": None, "place_is_known": False}
    if service is None:
        return context
    is_placed = place is not None and place.has_point
    context["place_is_known"] = is_placed
    found = _pinned(screen)
    pinned = {one.id for one in found}
    if service.nearby.is_on:
        reach = distance_text(service.nearby.radius_m, profile.city().units)
        context["near_fact"] = _("%(distance)s, %(days)s days") % {"distance": reach, "days": service.nearby.days}
        if is_placed:
            near = records.find_nearby(screen.access, service.code, place.lat, place.lon, screen.now)
            found += [one for one in near if one.id not in pinned]
    context["near"] = _near_rows(screen, found, pinned)
    if is_placed and service.nearby.is_on:
        context["near_sketch"] = _sketch(place, service.nearby.radius_m, context["near"])
    return context


def _pinned(screen: Any) -> list[records.RequestLine]:
    place = screen.place
    names: tuple[str, ...] = ()
    if place is not None:
        on = profile.city_today(screen.now)
        labels = [places.district_label(kind, code, on) for kind, code in place.districts.items()]
        names = (place.label, *labels, *place.districts.values())
    numbers = [one.request_number for one in neighbors.pinned(screen.service.code, names, screen.now)]
    return records.find_pinned(screen.access, list(dict.fromkeys(numbers)))


def _near_rows(screen: Any, found: list[records.RequestLine], pinned: set[int]) -> list[dict[str, Any]]:
    followed = {
        one.get("target_id"): datetime.fromisoformat(one["at"])
        for one in screen.fields.get("outcomes", [])
        if one["kind"] == "follow"
    }
    told = told_of(screen.fields)
    units = profile.city().units
    return [
        {
            "row": one,
            "number": number,
            "is_pinned": one.id in pinned,
            "distance": "" if one.id in pinned else distance_text(one.distance_m, units),
            "follow_at": followed.get(one.id, ""),
            "told": told.get(one.id),
        }
        for number, one in enumerate(found, start=1)
    ]


def _sketch(place: ResolvedPlace, radius_m: float, near: list[dict[str, Any]]) -> dict[str, Any]:
    """The small map; what is pinned may lie anywhere in the city and is on it when it is near."""
    shown = [one for one in near if not one["is_pinned"]]
    radius, marks = rules.sketch(
        place.lat or 0.0, place.lon or 0.0, radius_m, [(one["number"], one["row"].lat, one["row"].lon) for one in shown]
    )
    return {"radius": radius, "marks": marks, "open": {one["number"] for one in shown if one["row"].is_open}}


def offices_part(screen: Any) -> dict[str, Any]:
    """Offices of the directory for what the caller needs, with who answers there now."""
    text = str(screen.fields.get("office_text", "") or screen.fields.get("words", ""))
    return {"offices": staff.find_offices(text, screen.now, limit=5) or staff.find_offices("", screen.now, limit=5)}


def caller_notice(code: str, reads: str, on: date) -> dict[str, Any] | None:
    """What the profile asks for by the class of the caller: its name, what to do, who is told, who takes the requests.

    None for a class that asks for nothing.
    """
    body = profile.entries("caller_classes", on).get(code, {})
    if not (body.get("instruction") or body.get("alert") or body.get("team")):
        return None
    roles = profile.entries("roles", on)
    teams = profile.entries("teams", on)
    return {
        "name": neighbors.text_in(body["name"], reads),
        "instruction": neighbors.text_in(body.get("instruction"), reads),
        "alerts": [neighbors.text_in(roles[one]["name"], reads) for one in body.get("alert") or () if one in roles],
        "team": neighbors.text_in(teams[body["team"]]["name"], reads) if body.get("team") in teams else "",
    }


def district_words(place: ResolvedPlace | None, reads: str, on: date) -> list[str]:
    """The districts of a place that the profile shows beside it, by name: "Collection day: Monday"."""
    words = []
    for kind, code in (place.districts if place else {}).items():
        try:
            body = profile.entry("districts", kind, on)
        except UnknownEntry:
            body = {}
        if body.get("is_shown", True):
            name = neighbors.text_in(body.get("name"), reads) or kind
            label = places.district_label(kind, code, on)
            words.append(_("%(kind)s: %(name)s") % {"kind": name, "name": label})
    return words


def answer_options(one: Question, reads: str) -> list[tuple[str, str]]:
    """The answers that can be chosen, in the clerk's language."""
    words = {"yes": _("Yes"), "no": _("No"), "unsure": _("Not sure")}
    return [(code, neighbors.text_in(one.options.get(code), reads) or words.get(code, code)) for code in one.choices]


def contact_scripts(language: str, name: str, on: date) -> dict[str, str]:
    """What is read at the ends of a conversation, in the resident's language, with the clerk's name filled in."""
    return {
        code: neighbors.text_in(body["text"], language).replace("{name}", name.split(" ")[0])
        for code, body in profile.entries("contact_scripts", on).items()
    }
