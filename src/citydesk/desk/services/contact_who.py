"""Who a saved contact is with: the customer it is put with, whom to tell, and what is kept apart in confidence."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.customers import queries as customer_queries
from citydesk.city.customers import services as customers
from citydesk.contact.interactions.choices import CallerClass
from citydesk.contact.service_requests import services as requests
from citydesk.desk.queries import contact_people
from citydesk.desk.rules import contact as rules
from citydesk.desk.services.contact_work import Work, beside
from citydesk.kernel.errors import CitydeskError, Invalid


def customer_of(work: Work) -> int | None:
    """The chosen person, a new one when a name or a way to reach was given, nobody when the name is refused."""
    chosen = str(work.fields.get("customer", ""))
    if chosen.isdecimal():
        return customer_queries.canonical(int(chosen))
    is_refused = work.fields.get("name_refused") == "1"
    name, phone, mail = _typed_person(work.fields)
    points = [
        customers.NewPoint(kind=kind, value=value)
        for kind, value in (("phone", phone), ("email", mail))
        if value and not (kind == "phone" and len(rules.digits_of(value)) < 7)
    ]
    if not name and not points:
        return None
    given, _space, family = name.rpartition(" ")
    try:
        made = customers.create_customer(
            given_name=given,
            family_name=family,
            language=work.language,
            needs_interpreter=bool(work.fields.get("interpreter_vendor")),
            caller_class=str(work.fields.get("caller_class") or CallerClass.RESIDENT),
            is_anonymous=is_refused or not name,
            points=points,
            actor=work.access.actor,
            now=work.now,
        )
    except CitydeskError as error:
        work.errors += beside(error, {"phone": "new_phone", "email": "new_email"}, "who")
        return None
    return made.id


def _typed_person(fields: Mapping[str, Any]) -> tuple[str, str, str]:
    """(name, phone, e-mail) of somebody new as they stand under Who."""
    typed = str(fields.get("who", "")).strip()
    is_phone = rules.looks_like_phone(typed)
    is_refused = fields.get("name_refused") == "1"
    name = "" if is_refused else str(fields.get("new_name") or ("" if is_phone else typed)).strip()
    phone = str(fields.get("new_phone") or (typed if is_phone else "")).strip()
    return name, phone, str(fields.get("new_email", "")).strip()


def confidant_of(work: Work) -> requests.Person | None:
    """Who speaks in confidence: no customer is made, nothing is sent; the request keeps a handle. None for nobody."""
    chosen = str(work.fields.get("customer", ""))
    word = str(work.fields.get("code_word", "")).strip()
    if chosen.isdecimal():
        known = customer_queries.canonical(int(chosen))
        return requests.Person(language=work.language, customer_id=known, code_word=word)
    name, phone, mail = _typed_person(work.fields)
    phone = phone if len(rules.digits_of(phone)) >= 7 else ""
    if not any((name, phone, mail, word)):
        return None
    return requests.Person(name, language=work.language, phone=phone, email=mail, code_word=word)


def person_of(work: Work) -> requests.Person | None:
    """Whom to tell, and by which way. Nobody to tell is a person too when a customer is known."""
    channel, to = str(work.fields.get("tell_by", "")), str(work.fields.get("tell_to", ""))
    if channel == "sms":
        to = contact_people.e164(to)
        if not to:
            work.errors.append(Invalid(_("This is no number that takes texts."), field="tell_to"))
        elif work.fields.get("consent") != "1" and not contact_people.has_consent(to):
            work.errors.append(Invalid(_("Ask whether they agree to texts, or choose another way."), field="tell_to"))
    if work.customer_id is None and not channel:
        return None
    name = ""
    if work.customer_id is not None:
        name = customer_queries.reach_of(work.customer_id)["name"]
    return requests.Person(
        name=name, channel=channel or "none", to=to, language=work.language, customer_id=work.customer_id
    )


def keep_consent(work: Work) -> None:
    if work.person and work.person.channel == "sms" and work.fields.get("consent") == "1":
        correspondence.record_consent(
            phone=work.person.to, how=_("told us in a contact"), actor=work.access.actor, now=work.now
        )
