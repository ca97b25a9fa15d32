"""A decision's letter on paper: the sealed message's words in the house's letter, with the facts of the case."""

import re
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import queries as correspondence
from citydesk.city.correspondence.rules import address_lines
from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import LetterState, OfferKind, Outcome
from citydesk.contact.complaints.models import Complaint, Letter, Offer
from citydesk.contact.complaints.queries.sight import seen
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.money import format_money
from citydesk.kernel.telephone import phone_words
from citydesk.kernel.texts import date_words


def paper_of_letter(*, access: Access, letter_id: int, now: datetime) -> tuple[str, dict[str, Any]]:
    """Language and data of a letter's printed form, as a draft until it is approved. Raises `NotFound`."""
    rows = Letter.objects.filter(pk=letter_id, complaint__in=seen(access)).select_related("complaint")
    letter = rows.first()
    if letter is None:
        raise NotFound(_("There is no such letter."))
    message = correspondence.get_sealed(letter.message_id)
    language = message["language"]
    with translation.override(language):
        return language, _data(letter, message, language)


def _data(letter: Letter, message: dict[str, Any], language: str) -> dict[str, Any]:
    city = profile.city()
    day = letter.mailed_at or letter.printed_at or letter.written_at
    is_draft = letter.state in (LetterState.HELD, LetterState.SENT_BACK)
    return {
        "title": message["subject"],
        "number": letter.complaint.number,
        "city": city.name,
        "sender": [one for one in (city.office_address, phone_words(city.phone)) if one],
        "address": address_lines(message["address"], city=f"{city.name}, {city.state}"),
        "date": date_words(day.astimezone(profile.local_zone()), "j F Y"),
        "draft": str(_("Draft, not approved")) if is_draft else "",
        "paragraphs": [" ".join(one.split()) for one in re.split(r"\n\s*\n", message["body"].strip())],
        "offers": offer_rows(letter.complaint, language),
        "words": {
            "offer": str(_("What we do")),
            "amount": str(_("Amount")),
            "day": str(_("By day")),
        },
        "foot": str(_("Questions? Call %(phone)s.") % {"phone": phone_words(city.phone)}) if city.phone else "",
    }


def offer_rows(complaint: Complaint, language: str) -> list[list[str]]:
    """What was agreed or granted, a line each: words, amount, day. Nothing where the complaint was not upheld."""
    if complaint.outcome not in (Outcome.SETTLED, Outcome.UPHELD, Outcome.PARTLY):
        return []
    return [
        [
            f"{labels.OFFERS[OfferKind(one.kind)]}: {one.words}",
            format_money(one.amount, language) if one.amount is not None else "",
            date_words(one.by_day, "j F Y") if one.by_day else "",
        ]
        for one in offers_granted(complaint)
    ]


def offers_granted(complaint: Complaint) -> list[Offer]:
    """The offers of the plan that was approved last and not refused, in their order."""
    plan = complaint.plans.filter(state="approved").order_by("-round").first()
    if plan is None or complaint.log.filter(plan=plan, kind="refused").exists():
        return []
    return list(plan.offers.all())
