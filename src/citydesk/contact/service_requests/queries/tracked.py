"""A request as the holder of a tracking link reads it: the person who reported it, or one who follows it.

The link is the right. A reporter sees their own words and place; a follower sees what the public may, of any request
they were let follow. Nobody sees internal notes or who else is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import ContactKind, FollowerKind, NoteKind, RequestState
from citydesk.contact.service_requests.models import Follower, Note, RequestContact, RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries.public_words import PUBLIC_STATUS
from citydesk.contact.service_requests.rules import publicity, workflow
from citydesk.kernel.errors import NotFound

_COLUMNS = (
    "id",
    "number",
    "state",
    "close_reason",
    "is_open",
    "received_at",
    "started_at",
    "closed_at",
    "promised_at",
    "status_text",
    "description",
    "public_text",
    "public_text_state",
    "place_label",
    "place_detail",
    "block_label",
    "lat",
    "lon",
    "service__name",
    "service__names",
    "service__public_text",
    "service__public_place",
    "service__photos",
    "is_held",
)


@dataclass(frozen=True)
class TrackedNote:
    """An update written for the people of a request."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Tracked:
    """What a tracking page shows and may do. `follower_id` is None where the link is that of an unnamed report."""

    request_id: int
    number: str
    is_reporter: bool
    follower_id: int | None
    channel: str
    language: str
    service_name: str
    state: str
    status_code: str
    status_text: str
    is_open: bool
    is_waiting: bool
    received_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    promised_at: datetime | None
    description: str
    place: str
    closing_text: str
    close_reason: str
    notes: tuple[TrackedNote, ...]
    photos: int
    photos_reviewed: int

    def reopen_until(self, days: int) -> datetime | None:
        """Until when the reporter may say that it is not done; None when there is nothing to reopen."""
        if self.closed_at is None or self.close_reason == "duplicate":
            return None
        return workflow.reopen_until(self.closed_at, days)


def get_tracked(token: str, *, language: str) -> Tracked:
    """The request behind a link. `NotFound` alike for a link that never was and for one that was ended."""
    token = token[:60]
    if "\x00" in token or not token:
        raise NotFound(_("There is no such page."))
    person = (
        Follower.objects.filter(token=token, is_active=True)
        .values("id", "kind", "request_id", "channel", "language")
        .first()
    )
    rows = ServiceRequest.objects.filter(pk=person["request_id"]) if person else _by_own_token(token)
    row = rows.values(*_COLUMNS).first()
    if row is None:
        raise NotFound(_("There is no such page."))
    return _tracked(row, person, language)


@dataclass(frozen=True)
class FirstContact:
    """The contact that recorded a request, and the link by which the person who reported it follows it."""

    interaction_id: int
    follower_id: int
    customer_id: int


def get_first_contact(request_id: int) -> FirstContact | None:
    """The first contact about a request; None in confidence, while it is held, where nobody is named or written to, and
    where no contact recorded it. For rooms that decide by it and show it to nobody."""
    person = (
        Follower.objects.filter(request_id=request_id, kind=FollowerKind.REPORTER, is_active=True)
        .filter(customer__isnull=False, request__is_confidential=False, request__is_held=False)
        .exclude(channel="none")
        .values_list("pk", "customer_id")
        .first()
    )
    contacts = RequestContact.objects.filter(request_id=request_id, kind=ContactKind.RECORDED)
    first = contacts.exclude(interaction=None).order_by("at", "pk").values_list("interaction_id", flat=True).first()
    return FirstContact(first, *person) if person and first else None


def token_of_follower(follower_id: int) -> str:
    """The link token of somebody who is told; empty when they are no longer."""
    return Follower.objects.filter(pk=follower_id, is_active=True).values_list("token", flat=True).first() or ""


def find_follower(number: str, to: tuple[str, ...]) -> tuple[int, int] | None:
    """(request, follower) of the active follower of a number who is told at one of these addresses."""
    found = Follower.objects.filter(request__number=number, is_active=True, channel__in=("email", "sms"), to__in=to)
    return found.order_by("pk").values_list("request_id", "pk").first()


def _by_own_token(token: str) -> Any:
    return ServiceRequest.objects.filter(public_token=token)


def _tracked(row: Mapping[str, Any], person: Mapping[str, Any] | None, language: str) -> Tracked:
    is_reporter = person is None or person["kind"] == FollowerKind.REPORTER
    status = publicity.status_code(row["state"], row["close_reason"])
    rule = publicity.Rule(row["service__public_text"], row["service__public_place"], row["service__photos"])
    shown = publicity.public_place(
        rule,
        label=row["place_label"],
        block_label=row["block_label"],
        lat=row["lat"],
        lon=row["lon"],
        language=language,
    )
    public_words = publicity.public_description(
        rule, typed=row["description"], reviewed=row["public_text"], review_state=row["public_text_state"]
    )
    notes = Note.objects.filter(request_id=row["id"], kind=NoteKind.PUBLIC).order_by("written_at", "pk")
    files = list(RequestFile.objects.filter(request_id=row["id"], is_from_resident=True).values_list("review_state"))
    return Tracked(
        request_id=row["id"],
        number=row["number"],
        is_reporter=is_reporter,
        follower_id=person["id"] if person else None,
        channel=person["channel"] if person else "none",
        language=person["language"] if person else language,
        service_name=row["service__names"].get(language) or row["service__name"],
        state=row["state"],
        status_code=status,
        status_text=str(PUBLIC_STATUS[status]),
        is_open=row["is_open"],
        is_waiting=row["state"] == RequestState.WAITING,
        received_at=row["received_at"],
        started_at=row["started_at"],
        closed_at=row["closed_at"],
        promised_at=row["promised_at"],
        description=row["description"] if is_reporter else public_words,
        place=row["place_label"] if is_reporter else shown.label,
        closing_text=row["status_text"],
        close_reason=row["close_reason"],
        notes=tuple(TrackedNote(at, text) for at, text in notes.values_list("written_at", "text")),
        photos=len(files) if is_reporter else 0,
        photos_reviewed=sum(1 for (state,) in files if state == "reviewed") if is_reporter else 0,
    )
