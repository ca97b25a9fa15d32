"""Outcomes as the contact screen notes them: what a button and its panel say, made into facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as interaction_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import OutcomeKind, TransferKind, TransferOutcome
from citydesk.desk.queries import contact_people
from citydesk.desk.rules import contact as rules
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.calendars import BusinessCalendar
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.telephone import phone_words

_PLAIN = ("label", "target_type", "target_number")


def read_note(
    *, access: Access, interaction_id: int, fields: Mapping[str, Any], given: Mapping[str, str], now: datetime
) -> tuple[str, dict[str, Any]]:
    """The kind and the facts of an outcome from what a button says (`note.kind`, `note.label`, ...).

    Without JavaScript the button's own value names the kind. Raises `Invalid` beside the field, `NotFound`.
    """
    kind = given.get("note.kind") or given.get("note", "")
    if kind not in (one.value for one in OutcomeKind):
        raise Invalid(_("This cannot be noted."))
    if kind == OutcomeKind.PROMISE:
        return kind, _promise(fields, given, now)
    if kind == OutcomeKind.TRANSFER:
        return kind, _transfer(fields, given, now)
    facts: dict[str, Any] = {name: given[f"note.{name}"] for name in _PLAIN if given.get(f"note.{name}")}
    if given.get("note.target_id", "").isdecimal():
        facts["target_id"] = int(given["note.target_id"])
    if given.get("note.replaces_request") in ("true", "True", "1"):
        facts["replaces_request"] = True
    if given.get("note.is_nudged") in ("true", "True", "1"):
        facts["is_nudged"] = True
    if not facts.get("label"):
        facts["label"] = " ".join(str(fields.get("words", "")).split())[:80] or _("Answered")
    return kind, facts


def _promise(fields: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> dict[str, Any]:
    zone = profile.local_zone()
    due_at = rules.parse_time(str(fields.get("callback_at", "")), now=now, zone=zone)
    if due_at is None or due_at <= now:
        raise Invalid(_("Write a time to come, such as 15:00."), field="callback_at")
    hours = desk_hours(now)
    if hours is not None and not hours.is_open(due_at):
        opens = hours.next_open(due_at)
        message = _("The desk is closed at %(time)s. It opens %(opens)s.") % {
            "time": texts.day_and_clock(due_at, now),
            "opens": texts.day_and_clock(opens, now),
        }
        raise Invalid(message, field="callback_at")
    phone = str(fields.get("callback_number", "")).strip() or reach(fields)
    if not phone:
        raise Invalid(_("There is no number to call back."), field="callback_number")
    text = str(fields.get("promise_text", "")).strip() or _("Call back: %(words)s") % {
        "words": " ".join(str(fields.get("words", "")).split())[:120]
    }
    label = _("%(time)s, %(phone)s") % {"time": texts.day_and_clock(due_at, now), "phone": phone_words(phone)}
    return {"text": text, "due_at": due_at, "phone": phone, "label": label}


def _transfer(fields: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> dict[str, Any]:
    office = staff.get_office(given.get("office", ""), now)
    if office is None:
        raise Invalid(_("Choose the office you transferred to."), field="office_text")
    kind = given.get("transfer_kind", TransferKind.WARM.value)
    outcome = given.get("transfer_outcome", TransferOutcome.REACHED.value)
    number = office.emergency if kind == TransferKind.EMERGENCY and office.emergency else office.number
    return {
        "label": office.name,
        "office_code": office.code,
        "number": number or office.phone,
        "transfer_kind": TransferKind(kind).value,
        "outcome": TransferOutcome(outcome).value,
        "text": given.get("transfer_note", "").strip(),
    }


def drop_call(*, interaction_id: int, access: Access, now: datetime) -> None:
    """The line broke off: keep the number, promise to call back within half an hour of desk time, park the draft.

    Raises `Invalid` without a number, `NotFound`, `Conflict`.
    """
    draft = interaction_queries.get_draft(access=access, interaction_id=interaction_id, now=now)
    hours = desk_hours(now)
    due_at = hours.add_business(now, rules.DROPPED_CALL_BACK) if hours else now + rules.DROPPED_CALL_BACK
    words = " ".join(str(draft.fields.get("words", "")).split())[:120]
    interactions.drop_call(
        interaction_id=interaction_id,
        number=reach(draft.fields, access, now),
        text=_("Call back, the line broke off: %(words)s") % {"words": words},
        due_at=due_at,
        access=access,
        now=now,
    )


def reach(fields: Mapping[str, Any], access: Access | None = None, now: datetime | None = None) -> str:
    """The number to call back: the one written down, the new person's, what stands under Who, the person's own."""
    typed = str(fields.get("who", ""))
    # What was typed to find a person who is known stays in the draft as a new person's number; it is no number to call.
    new_phone = "" if fields.get("customer") else fields.get("new_phone")
    given = str(fields.get("callback_number") or new_phone or "")
    if given:
        return given
    if len(rules.digits_of(typed)) >= 7:
        return typed
    if str(fields.get("tell_by", "")) == "sms":
        return str(fields.get("tell_to", ""))
    card = contact_people.person_card(access, fields, now) if access and now else None
    point = card.point("phone") if card else None
    return point.value if point else ""


def desk_hours(now: datetime) -> BusinessCalendar | None:
    """The calendar of the desk itself; None when the city names none."""
    code = profile.city().default_calendar
    try:
        return profile.calendar(code, profile.city_today(now)) if code else None
    except (UnknownEntry, NotFound):
        return None
