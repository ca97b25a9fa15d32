"""What residents' forms post, read into a draft. Each reader changes the draft and returns (field, sentence) errors."""

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext as _

from citydesk.city.customers import rules as customer_rules
from citydesk.kernel.errors import CitydeskError
from citydesk.portal import rules
from citydesk.portal.rules import Draft, Tell

Errors = list[tuple[str, str]]


def read_where(post: QueryDict, draft: Draft) -> Errors:
    """Place and words. A suggestion taken among "did you mean" replaces the text."""
    taken = post.get("did_you_mean", "")
    draft.place = rules.line(post.get("place", ""), rules.LONGEST_PLACE)
    draft.choice = rules.line(post.get("place_choice", ""), 60)
    draft.is_place_kept = taken == "keep"
    if taken and taken != "keep":
        draft.place, draft.choice = "", rules.line(taken, rules.LONGEST_PLACE)
    draft.lat, draft.lon = rules.line(post.get("lat", ""), 24), rules.line(post.get("lon", ""), 24)
    draft.detail = rules.line(post.get("detail", ""), 300)
    draft.words = rules.clean(post.get("words", ""), rules.LONGEST_WORDS)
    draft.honeypot = post.get("website", "")[:100]
    return [] if draft.words else [("words", _("Say in a few words what is wrong."))]


def read_contact(post: QueryDict, draft: Draft, *, must_be_known: bool, is_told: bool = False) -> Errors:
    """Name and ways to reach. `is_told`: a way to be told is what the form is for."""
    draft.name = rules.line(post.get("name", ""), 120)
    draft.email = rules.line(post.get("email", ""), 254)
    draft.phone = rules.line(post.get("phone", ""), 40)
    draft.has_consent = post.get("consent") == "1"
    draft.is_confidential = post.get("confidential") == "1"
    draft.code_word = rules.line(post.get("code_word", ""), 60)
    tell = post.get("tell", "")
    draft.tell = tell if tell in set(Tell) else _likely(draft)
    errors = _reach_errors(draft)
    if must_be_known and not draft.name:
        errors.append(("name", _("For this kind we need your name.")))
    if must_be_known and not (draft.email or draft.phone) and not errors:
        errors.append(("email", _("For this kind we need an e-mail address or a phone number.")))
    if is_told and draft.tell == Tell.NONE and not errors:
        errors.append(("email", _("Write the e-mail address or the phone number we should write to.")))
    return errors


def _likely(draft: Draft) -> str:
    if draft.email:
        return Tell.EMAIL
    return Tell.SMS if draft.phone and draft.has_consent else Tell.NONE


def _reach_errors(draft: Draft) -> Errors:
    errors: Errors = []
    if draft.email and not _is_readable(customer_rules.read_email, draft.email):
        errors.append(("email", _("This is not an e-mail address. It looks like name@example.org.")))
    if draft.phone and not _is_readable(customer_rules.read_phone, draft.phone):
        errors.append(("phone", _("This is not a phone number. Write ten digits with the area code.")))
    if draft.tell == Tell.EMAIL and not draft.email:
        errors.append(("email", _("Write your e-mail address, or choose another way.")))
    if draft.tell == Tell.SMS and not draft.phone:
        errors.append(("phone", _("Write your phone number, or choose another way.")))
    if draft.tell == Tell.SMS and draft.phone and not draft.has_consent:
        errors.append(("consent", _("Tick that we may send texts to this number, or choose another way.")))
    return errors


def _is_readable(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except CitydeskError:
        return False
    return True


def read_answers(post: QueryDict, codes: list[str]) -> dict[str, list[str]]:
    """Raw answers by question code, of those questions only."""
    return {
        code: [rules.clean(one, rules.LONGEST_WORDS) for one in post.getlist(f"q_{code}")][:40]
        for code in codes
        if f"q_{code}" in post
    }
