"""What is read after saving: the number in groups, what happens next and by when, in the resident's language."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.customers import queries as customers
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.choices import OutcomeKind
from citydesk.desk.rules import contact as rules
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, NotFound


@dataclass(frozen=True)
class SavedRequest:
    """A request the contact led to, and the sentence to read about it in the resident's language."""

    id: int
    number: str
    label: str
    place: str
    due_at: datetime | None
    spoken: rules.SpokenNumber
    sentence: str


@dataclass(frozen=True)
class Result:
    """The page after saving."""

    interaction_id: int
    customer_id: int | None
    number: str
    spoken: rules.SpokenNumber
    fact: str
    language: str
    customer_name: str
    requests: list[SavedRequest] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    is_confidential: bool = False  # sealed: its requests are no longer this reader's to open


def result_of(*, access: Access, number: str, now: datetime) -> Result:
    """The result of a saved contact. Raises `NotFound`."""
    is_confidential = False
    try:
        contact = interactions.get_contact(access=access, number=number, now=now)
    except NotFound:
        contact = interactions.get_receipt(access=access, number=number, now=now)
        is_confidential = True
    language = contact.language.split("-")[0]
    made = [one for one in contact.outcomes if one.kind in (OutcomeKind.REQUEST, OutcomeKind.UNCODED)]
    others = [one for one in contact.outcomes if one not in made]
    requests = [_request(one, language, now) for one in made]
    with translation.override(language):
        sentences = [one.sentence for one in requests] + [words for one in others if (words := _sentence(one))]
        if is_confidential and requests:
            sentences.append(
                _("Call us with this number and your code word to hear how it stands. We do not write to you.")
            )
    return Result(
        interaction_id=contact.id,
        customer_id=contact.customer_id,
        number=contact.number,
        spoken=rules.spoken(contact.number, language),
        fact=_fact(contact, len(made), len(others)),
        language=language,
        customer_name=_name(access, contact.customer_id, now),
        requests=requests,
        others=others,
        sentences=sentences,
        is_confidential=is_confidential,
    )


def people_for(*, access: Access, text: str) -> list[Any]:
    """People for what is typed when the wrong one was picked."""
    try:
        return customers.find(access, text, 5)
    except CitydeskError:
        return []


def _request(one: Any, language: str, now: datetime) -> SavedRequest:
    due_text = one.detail.get("due_at", "")
    due_at = datetime.fromisoformat(due_text) if due_text else None
    spoken = rules.spoken(one.target_number, language)
    with translation.override(language):
        number = _("Your number is %(read)s, %(letter)s as in %(word)s.") % {
            "read": spoken.read,
            "letter": spoken.letter,
            "word": spoken.as_in,
        }
        when = ""
        if due_at is not None:
            when = _("We will take care of it before %(day)s.") % {"day": texts.day_and_clock(due_at, now)}
    return SavedRequest(
        id=one.target_id or 0,
        number=one.target_number,
        label=one.target_label,
        place=one.detail.get("place", ""),
        due_at=due_at,
        spoken=spoken,
        sentence=" ".join(filter(None, (number, when))),
    )


def _sentence(one: Any) -> str:
    """What the resident is told about an outcome other than a request, in the language in force."""
    if one.kind == OutcomeKind.FOLLOW:
        return _("You follow %(number)s and hear when something changes.") % {"number": one.target_number}
    if one.kind == OutcomeKind.PROMISE:
        return _("We call you back as agreed.")
    return ""


def _fact(contact: Any, requests: int, others: int) -> str:
    words = [_("Saved %(time)s") % {"time": f"{texts.local(contact.recorded_at):%H:%M:%S}"}]
    if requests:
        words.append(ngettext("%(n)s request", "%(n)s requests", requests) % {"n": requests})
    if others:
        words.append(ngettext("%(n)s other outcome", "%(n)s other outcomes", others) % {"n": others})
    return ", ".join(words)


def _name(access: Access, customer_id: int | None, now: datetime) -> str:
    if customer_id is None:
        return ""
    try:
        return customers.get_customer(access, customer_id, now, purpose="contact", is_logged=False).display_name
    except CitydeskError:
        return ""
