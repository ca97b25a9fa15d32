"""Who is on the line: people found while typing, the panel about the one chosen, how to tell them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.customers import queries as customers
from citydesk.city.customers.choices import LANGUAGES_OFFERED, CustomerKind, PointKind
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import queries as interactions
from citydesk.desk.queries import records
from citydesk.desk.rules import contact as rules
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError


@dataclass(frozen=True)
class Home:
    """Where the person lives or is billed, offered as the place."""

    label: str
    address_id: int | None


@dataclass(frozen=True)
class PersonCard:
    """The person chosen under Who, with what a clerk should know before speaking on."""

    id: int
    number: str
    name: str
    language: str
    needs_interpreter: bool
    points: tuple[Any, ...]
    home: Home | None
    promises: list[Any] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    request_count: int = 0
    cautions: list[Any] = field(default_factory=list)

    def point(self, kind: str) -> Any | None:
        """The first contact point of a kind."""
        return next((one for one in self.points if one.kind == kind), None)


def person_card(access: Access, fields: Mapping[str, Any], now: datetime) -> PersonCard | None:
    """The chosen person; None without one or when the reader may not know of customers. The read is logged."""
    chosen = str(fields.get("customer", ""))
    if not chosen.isdecimal():
        return None
    try:
        view = customers.get_customer(access, int(chosen), now, purpose="contact")
    except CitydeskError:
        return None
    postal = next((one for one in view.points if one.kind == PointKind.POSTAL), None)
    requests = records.requests_of_customer(access, list(view.ids))
    addresses = [one.address_id for one in view.points if one.address_id]
    return PersonCard(
        id=view.id,
        number=view.number,
        name=view.display_name,
        language=view.language,
        needs_interpreter=view.needs_interpreter,
        points=view.points,
        home=Home(postal.value.split(",")[0], postal.address_id) if postal else None,
        promises=interactions.list_promises_of_customer(customer_ids=list(view.ids), now=now),
        requests=requests.lines,
        request_count=requests.count,
        cautions=customers.active_cautions(today=profile.city_today(now), customer_id=view.id, address_ids=addresses),
    )


def people_part(screen: Any) -> dict[str, Any]:
    """People for what stands under Who, the chosen one first; fields of a new person when nobody fits."""
    typed = str(screen.fields.get("who", "")).strip()
    found = _find(screen.access, typed)
    chosen = screen.person
    rows = []
    if chosen and all(one.id != chosen.id for one in found):
        rows.append(_row(chosen.id, chosen.name, chosen.home.label if chosen.home else "", chosen.language, screen))
    rows += [_row(one.id, one.display_name, one.address, one.language, screen) for one in found]
    for number, row in enumerate(rows[:2], start=4):
        row["alt"] = str(number)
    is_phone = rules.looks_like_phone(typed)
    return {
        "people": rows[:5],
        "people_fact": _people_fact(typed, is_phone, len(found)),
        "is_new_person": bool(typed) and not chosen and screen.fields.get("name_refused") != "1",
        "new_name": screen.fields.get("new_name") or ("" if is_phone else typed),
        "new_phone": screen.fields.get("new_phone") or (typed if is_phone else ""),
        "who_error": screen.errors.get("who", ""),
    }


def _find(access: Access, typed: str) -> list[Any]:
    if not typed:
        return []
    try:
        return customers.find(access, typed, 5)
    except CitydeskError:
        return []


def _row(person_id: int, name: str, address: str, language: str, screen: Any) -> dict[str, Any]:
    facts = [one for one in (address.split(",")[0] if address else "", language_name(language, screen.reads)) if one]
    return {"value": str(person_id), "title": name, "facts": facts, "alt": ""}


def _people_fact(typed: str, is_phone: bool, count: int) -> str:
    if not typed:
        return _("the last four digits of the phone, or a name")
    if count == 0:
        return _("nobody is known by this")
    if is_phone:
        return _("%(count)s people have this number") % {"count": count} if count > 1 else _("one person")
    return _("%(count)s people") % {"count": count} if count > 1 else _("one person")


def told_of(fields: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Requests whose status this contact has heard, by their id: when, and whether their owner is to be reminded."""
    return {
        one["target_id"]: {"at": datetime.fromisoformat(one["at"]), "is_nudged": bool(one.get("is_nudged"))}
        for one in fields.get("outcomes", [])
        if one["kind"] == "status_told" and one.get("target_id")
    }


def person_part(screen: Any) -> dict[str, Any]:
    card = screen.person
    return {
        "person": card,
        "person_language": language_name(card.language, screen.reads) if card else "",
        "person_told": told_of(screen.fields),
    }


NOT_WRITTEN_TO: dict[str, Any] = {
    "options": [("", lazy("In confidence: nothing is sent"))],
    "chosen": "",
    "to": "",
    "of": "",
    "has_consent": False,
}


def ways_to_tell(person: PersonCard | None, fields: Mapping[str, Any], language: str, reads: str) -> dict[str, Any]:
    """Channels the resident can be written to by, where to, and whether consent to texts is on file.

    `of` is whom the way was chosen for: another person is offered what that person prefers.
    """
    phone = _reach(person, PointKind.PHONE) or str(fields.get("new_phone") or "")
    typed = str(fields.get("who", ""))
    if not phone and not person and rules.looks_like_phone(typed) and len(rules.digits_of(typed)) >= 7:
        phone = typed
    mail = _reach(person, PointKind.EMAIL) or str(fields.get("new_email") or "")
    postal = _reach(person, PointKind.POSTAL)
    name = language_name(language, reads)
    options = [("", _("Do not write"))]
    if phone:
        options.append(("sms", _("By text, %(language)s") % {"language": name}))
    if mail:
        options.append(("email", _("By e-mail, %(language)s") % {"language": name}))
    if postal:
        options.append(("letter", _("By letter, %(language)s") % {"language": name}))
    known = {code for code, _text in options}
    chosen = _chosen(person, fields, known)
    to = {"sms": phone, "email": mail, "letter": postal}.get(chosen, "")
    return {
        "options": options,
        "chosen": chosen if chosen in known else "",
        "to": to,
        "of": str(person.id) if person else "",
        "has_consent": chosen == "sms" and bool(to) and has_consent(to),
    }


def _chosen(person: PersonCard | None, fields: Mapping[str, Any], known: set[str]) -> str:
    """What stands in the form, unless it was chosen for somebody else; a way chosen before anybody was known stays."""
    typed = str(fields.get("tell_by", ""))
    is_for = str(fields.get("tell_of", ""))
    is_new = person is not None and "tell_of" in fields and is_for != str(person.id)
    if "tell_by" not in fields or (is_new and (is_for or typed not in known - {""})):
        return _usual(person, known)
    return typed


def _reach(person: PersonCard | None, kind: str) -> str:
    point = person.point(kind) if person else None
    return "" if point is None else point.value


def _usual(person: PersonCard | None, known: set[str]) -> str:
    """What the person prefers, as far as it is allowed: a text only with consent on file."""
    if person is None or not person.points:
        return ""
    preferred = next((one for one in person.points if one.is_preferred), person.points[0])
    order = {PointKind.PHONE: "sms", PointKind.EMAIL: "email", PointKind.POSTAL: "letter"}
    usual = order.get(preferred.kind, "")
    if usual == "sms" and not has_consent(preferred.value):
        return ""
    return usual if usual in known else ""


def has_consent(phone: str) -> bool:
    """Whether the owner of the number agreed to texts."""
    return correspondence.has_consent(e164(phone)) if e164(phone) else False


def e164(phone: str) -> str:
    """The number as telephones write it; "" when it is none."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def language_name(code: str, reads: str) -> str:
    """The name of a language in the clerk's language."""
    if code == "ase":
        return _("Sign language")
    try:
        return (Locale.parse(code.replace("-", "_")).get_display_name(reads) or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


def language_options(reads: str) -> list[tuple[str, str]]:
    """Languages a resident may speak, the city's own first."""
    own = list(profile.city().languages)
    return [(code, language_name(code, reads)) for code in [*own, *(c for c in LANGUAGES_OFFERED if c not in own)]]


PERSON = CustomerKind.PERSON.value
