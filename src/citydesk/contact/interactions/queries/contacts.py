"""Saved contacts: one by number, those of a person, those about a record, found by number."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import State
from citydesk.contact.interactions.models import Interaction, InteractionOutcome
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.numbering import parse_number


@dataclass(frozen=True)
class OutcomeLine:
    kind: str
    target_type: str
    target_id: int | None
    target_number: str
    target_label: str
    detail: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class ContactLine:
    """A saved contact in a list."""

    id: int
    number: str
    channel: str
    direction: str
    received_at: datetime
    words: str
    taken_by: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactPage:
    """A saved contact in full."""

    id: int
    number: str
    state: str
    channel: str
    direction: str
    received_at: datetime
    received_reason: str
    recorded_at: datetime | None
    taken_by: str
    entered_by: str
    customer_id: int | None
    caller_class: str
    is_name_refused: bool
    words: str
    place_label: str
    place_detail: str
    language: str
    interpreter_vendor: str
    interpreter_number: str
    interpreter_minutes: int | None
    is_relay: bool
    callback_number: str
    ending: str
    ending_note: str
    settled: str
    active_seconds: int | None
    parked_seconds: int | None
    handle_source: str
    outcomes: tuple[OutcomeLine, ...]


_SAME = [
    "number",
    "state",
    "channel",
    "direction",
    "received_at",
    "received_reason",
    "recorded_at",
    "customer_id",
    "caller_class",
    "is_name_refused",
    "words",
    "place_label",
    "place_detail",
    "language",
    "interpreter_vendor",
    "interpreter_number",
    "interpreter_minutes",
    "is_relay",
    "callback_number",
    "ending",
    "ending_note",
    "settled",
    "active_seconds",
    "parked_seconds",
    "handle_source",
]


def get_contact(*, access: Access, number: str, now: datetime) -> ContactPage:
    """A saved contact by its number; the read is logged. Raises `NotFound`."""
    row = (
        Interaction.objects.visible_to(access)
        .select_related("taken_by", "entered_by")
        .filter(number=parse_number(number) or "", state=State.SAVED)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no contact with this number."))
    audit.record_read(
        object_type="interactions.Interaction", object_id=row.pk, purpose="contact", actor=access.actor, now=now
    )
    return _page(row)


def _page(row: Interaction) -> ContactPage:
    return ContactPage(
        id=row.pk,
        taken_by=row.taken_by.name if row.taken_by else "",
        entered_by=row.entered_by.name if row.entered_by else "",
        outcomes=tuple(_outcomes([row.pk]).get(row.pk, [])),
        **{name: getattr(row, name) for name in _SAME},
    )


def list_history(*, interaction_id: int) -> list[audit.HistoryLine]:
    """Who did what with a contact, the first act first. The caller has authorized sight of it."""
    return list(reversed(audit.history_of("interactions.Interaction", interaction_id, limit=50)))


# So long after saving may a clerk read aloud what a confidential contact led to.
READ_ALOUD_WITHIN = timedelta(minutes=30)


def get_receipt(*, access: Access, number: str, now: datetime) -> ContactPage:
    """A contact the reader saved just now in confidence: its outcomes and nothing that was said. Raises `NotFound`."""
    row = (
        Interaction.objects.select_related("taken_by", "entered_by")
        .filter(
            number=parse_number(number) or "",
            state=State.SAVED,
            is_confidential=True,
            entered_by_id=access.actor.staff_id,
            recorded_at__gte=now - READ_ALOUD_WITHIN,
        )
        .first()
    )
    if row is None:
        raise NotFound(_("There is no contact with this number."))
    return replace(_page(row), words="", place_label="", place_detail="", ending_note="")


def list_saved(access: Access) -> "QuerySet[Interaction]":
    """The saved contacts the reader sees; rooms above narrow them to the records behind a figure."""
    return Interaction.objects.visible_to(access).filter(state=State.SAVED)


def list_contacts_of_customer(*, access: Access, customer_ids: list[int], limit: int = 20) -> list[ContactLine]:
    """The newest saved contacts of a person (all their merged ids)."""
    return _lines(access, limit, customer_id__in=customer_ids)


def list_contacts_about(*, access: Access, target_type: str, target_id: int, limit: int = 20) -> list[ContactLine]:
    """The newest saved contacts that led to a record or asked about it."""
    keys = InteractionOutcome.objects.filter(target_type=target_type, target_id=target_id).values("interaction_id")
    return _lines(access, limit, pk__in=keys)


def find_contacts(*, access: Access, text: str, limit: int) -> list[ContactLine]:
    """The saved contact with this number, if the text is one."""
    number = parse_number(text)
    return _lines(access, limit, number=number) if number else []


def _lines(access: Access, limit: int, **which: Any) -> list[ContactLine]:
    rows = list(
        Interaction.objects.visible_to(access)
        .filter(state=State.SAVED, **which)
        .order_by("-received_at")
        .values("id", "number", "channel", "direction", "received_at", "words", "taken_by__name")[:limit]
    )
    outcomes = _outcomes([row["id"] for row in rows])
    return [
        ContactLine(
            id=row["id"],
            number=row["number"],
            channel=row["channel"],
            direction=row["direction"],
            received_at=row["received_at"],
            words=row["words"],
            taken_by=row["taken_by__name"] or "",
            kinds=tuple(one.kind for one in outcomes.get(row["id"], [])),
        )
        for row in rows
    ]


def _outcomes(keys: list[int]) -> dict[int, list[OutcomeLine]]:
    found: dict[int, list[OutcomeLine]] = {}
    for row in (
        InteractionOutcome.objects.filter(interaction_id__in=keys)
        .order_by("id")
        .values("interaction_id", "kind", "target_type", "target_id", "target_number", "target_label", "detail", "at")
    ):
        line: dict[str, Any] = dict(row)
        found.setdefault(line.pop("interaction_id"), []).append(OutcomeLine(**line))
    return found
