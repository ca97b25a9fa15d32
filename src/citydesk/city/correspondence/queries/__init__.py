"""Reads of this room."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import rules
from citydesk.city.correspondence.choices import MAIL_LETTERS, NEEDS_REPAIR, UNSENT, VIEW, ConsentState, MessageState
from citydesk.city.correspondence.models import Consent, LetterBatch, Message, MessageAttempt
from citydesk.city.correspondence.rules import Template
from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.telephone import phone_words
from citydesk.kernel.texts import date_words
from citydesk.kernel.written import Written

_LINE = (
    "id",
    "channel",
    "state",
    "address",
    "language",
    "template_code",
    "subject",
    "body",
    "about_type",
    "about_id",
    "about_number",
    "why",
    "written_at",
    "settled_at",
    "customer_id",
)


def templates_of(code: str, *, on: date) -> dict[str, Template]:
    """A template's versions by language, as in force on a date; empty if the city has none."""
    body = profile.entries("templates", on).get(code)
    return {} if body is None else _versions(code, body)


def _versions(code: str, body: dict[str, Any]) -> dict[str, Template]:
    return {
        language: Template(code, language, text["subject"], text["body"], text.get("sms", ""))
        for language, text in body["texts"].items()
    }


def list_templates(*, on: date) -> list[Template]:
    """All templates in force on a date, by code and language."""
    rows = [one for code, body in profile.entries("templates", on).items() for one in _versions(code, body).values()]
    return sorted(rows, key=lambda one: (one.code, one.language))


def has_consent(phone: str) -> bool:
    """Whether the newest word from this number (E.164) agrees to texts."""
    newest = Consent.objects.filter(phone=phone).order_by("-id").values_list("state", flat=True).first()
    return newest == ConsentState.GRANTED


def consent_of(phone: str) -> dict[str, Any] | None:
    """The newest consent row of a number: `{state, at, how, actor_label}`, or None if it never said anything."""
    row = Consent.objects.filter(phone=phone).order_by("-id").values("state", "at", "how", "actor_label").first()
    return dict(row) if row else None


def list_messages(about_type: str, about_id: int, *, limit: int = 100) -> list[dict[str, Any]]:
    """Messages about one thing, newest first. The caller has authorized sight of the thing."""
    return _about.rows(about_type, about_id)[:limit] if limit <= _MOST else list(_newest(about_type, about_id)[:limit])


def ask_messages(about_type: str, about_id: int) -> Callable[[], list[dict[str, Any]]]:
    """As `list_messages`, by the journey to the database that somebody else makes next."""
    return _about.later(about_type, about_id)


def _newest(about_type: str, about_id: int) -> Any:
    return Message.objects.about(about_type, about_id).order_by("-id").values(*_LINE)


_MOST = 100
_about = Written(lambda about_type, about_id: _newest(about_type, about_id)[:_MOST])


def list_messages_to(customer_ids: Iterable[int], *, limit: int = 50) -> list[dict[str, Any]]:
    """Messages to a customer (all merged ids), newest first."""
    rows = Message.objects.filter(customer_id__in=list(customer_ids), is_sealed=False)
    return list(rows.order_by("-id").values(*_LINE)[:limit])


def list_to_repair(access: Access, *, state: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """Messages that failed or whose outcome is unknown, oldest first. Raises `NotAllowed`."""
    access.require(VIEW)
    rows = Message.objects.to_repair().order_by("id")
    return list((rows.filter(state=state) if state in NEEDS_REPAIR else rows).values(*_LINE)[:limit])


def count_to_repair() -> dict[str, int]:
    """How many messages failed and how many have an unknown outcome."""
    states = list(Message.objects.to_repair().values_list("state", flat=True)[:10_000])
    return {state.value: states.count(state.value) for state in sorted(NEEDS_REPAIR)}


def get_message(access: Access, message_id: int) -> dict[str, Any]:
    """One message with its attempts. Raises `NotAllowed`, `NotFound`."""
    access.require(VIEW)
    message = Message.objects.filter(pk=message_id, is_sealed=False).values(*_LINE).first()
    if message is None:
        raise NotFound(marked("There is no such message."))
    attempts = MessageAttempt.objects.filter(message_id=message_id).order_by("id")
    return {**message, "attempts": list(attempts.values("started_at", "finished_at", "outcome", "detail"))}


def oldest_waiting(now: datetime) -> float:
    """Seconds the longest waiting message has waited for a job; 0 when none waits. Letters wait for a person."""
    first = (
        Message.objects.filter(state="queued")
        .exclude(channel="letter")
        .order_by("id")
        .values_list("written_at", flat=True)
        .first()
    )
    return max(0.0, (now - first).total_seconds()) if first else 0.0


@dataclass(frozen=True)
class Batch:
    """A printed batch of letters; `mailed_at` None until somebody says it was mailed."""

    id: int
    made_at: datetime
    made_by: str
    letters: int
    stopped: int
    mailed_at: datetime | None


@dataclass(frozen=True)
class LetterQueue:
    """The print queue: letters that wait (the oldest first, at most 100 of `total`), and the latest batches."""

    waiting: list[dict[str, Any]]
    total: int
    batches: list[Batch]


def letter_queue(access: Access) -> LetterQueue:
    """What is to print, what was printed. Raises `NotAllowed`."""
    access.require(MAIL_LETTERS)
    rows = Message.objects.letters_to_print().order_by("id")
    batches = LetterBatch.objects.filter(is_sealed=False)
    batches = batches.annotate(letters=_letters_of(Q()), stopped=_letters_of(Q(state="stopped")))
    batches = batches.select_related("made_by")
    listed = batches.order_by(F("mailed_at").desc(nulls_first=True), "-id")[:20]
    return LetterQueue(list(rows.values(*_LINE)[:100]), rows.count(), [_batch(one) for one in listed])


def get_batch(access: Access, batch_id: int) -> tuple[Batch, list[dict[str, Any]]]:
    """A batch and its letters in the order of the paper. Raises `NotAllowed`, `NotFound`."""
    access.require(MAIL_LETTERS)
    rows = LetterBatch.objects.annotate(letters=_letters_of(Q()), stopped=_letters_of(Q(state="stopped")))
    found = rows.select_related("made_by").filter(pk=batch_id, is_sealed=False).first()
    if found is None:
        raise NotFound(marked("There is no such batch."))
    return _batch(found), list(Message.objects.filter(batch=found).order_by("id").values(*_LINE))


def count_letters() -> dict[str, int]:
    """Letters that wait to be printed, and printed ones that nobody marked as mailed; for opening pages."""
    printed = Message.objects.filter(channel="letter", state="queued", batch__mailed_at=None, batch__isnull=False)
    printed = printed.filter(is_sealed=False)
    return {"to_print": Message.objects.letters_to_print().count(), "to_mail": printed.count()}


def _letters_of(more: Q) -> Coalesce:
    rows = Message.objects.filter(more, batch_id=OuterRef("pk")).order_by().values("batch_id")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _batch(row: Any) -> Batch:
    return Batch(row.pk, row.made_at, row.made_by.name, row.letters, row.stopped, row.mailed_at)


def paper_of_batch(access: Access, batch_id: int, now: datetime) -> dict[str, Any]:
    """The data of a batch's printed form, each letter in its own language. Stopped letters are left out."""
    batch, rows = get_batch(access, batch_id)
    city = profile.city()
    letters = [_letter(row, city, now) for row in rows if row["state"] != "stopped"]
    return {"title": _("Letters, batch %(id)s") % {"id": batch.id}, "letters": letters}


def get_sealed(message_id: int) -> dict[str, Any]:
    """A sealed message, for the room that wrote it: the caller has authorized sight. Raises `NotFound`."""
    row = Message.objects.filter(pk=message_id, is_sealed=True).values(*_LINE).first()
    if row is None:
        raise NotFound(marked("There is no such message."))
    return row


def _letter(row: dict[str, Any], city: Any, now: datetime) -> dict[str, Any]:
    with translation.override(row["language"]):
        written = row["written_at"].astimezone(profile.local_zone()).date()
        return {
            "language": row["language"],
            "number": row["about_number"],
            "city": city.name,
            "sender": [one for one in (city.office_address, phone_words(city.phone)) if one],
            "address": rules.address_lines(row["address"], city=f"{city.name}, {city.state}"),
            "date": date_words(written, "j F Y"),
            "subject": row["subject"],
            "paragraphs": [one.splitlines() for one in re.split(r"\n\s*\n", row["body"].strip())],
            "foot": str(_("Questions? Call %(phone)s.") % {"phone": phone_words(city.phone)}) if city.phone else "",
        }


def messages_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Messages that nobody waits for any more, by when they were written. Sealed ones go with what they are about."""
    settled = Message.objects.exclude(state__in=[*UNSENT, *NEEDS_REPAIR, MessageState.SENDING]).filter(is_sealed=False)
    rows = due_rows(settled, "written_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, f"{number} {pk}".strip(), at, (customer,) if customer else (), (), (number,) if number else ())
        for pk, number, at, customer in rows.values_list("pk", "about_number", "written_at", "customer_id")
    ]


def find_message_records(access: Access, wanted: Wanted) -> list[Found]:
    """Messages with the words in subject or body, newest first; needs the right to see messages."""
    rows = Message.objects.filter(is_sealed=False) if access.may(VIEW) else Message.objects.none()
    if wanted.since:
        rows = rows.filter(written_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(written_at__lt=wanted.until)
    if wanted.text:
        said = Q(subject__icontains=wanted.text) | Q(body__icontains=wanted.text)
        rows = rows.filter(said | Q(address__icontains=wanted.text))
    found = rows.order_by("-written_at", "-pk")[: wanted.limit]
    return [
        Found(pk, f"{number} {pk}".strip(), at, subject)
        for pk, number, at, subject in found.values_list("pk", "about_number", "written_at", "subject")
    ]


def messages_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """Messages to people, newest first."""
    if not access.may(VIEW):
        return []
    rows = Message.objects.filter(customer_id__in=list(customer_ids), is_sealed=False)
    return list(rows.order_by("-pk").values_list("pk", flat=True))


def read_message_record(access: Access, object_id: int) -> Record:
    """A message in plain fields. Raises `NotFound`."""
    row = Message.objects.filter(pk=object_id, is_sealed=False).first() if access.may(VIEW) else None
    if row is None:
        raise NotFound(_("There is no such message."))
    fields = (
        Field("channel", _("Channel"), row.channel, "internal"),
        Field("state", _("State"), row.state, "internal"),
        Field("to", _("To"), row.address, "personal"),
        Field("subject", _("Subject"), row.subject, "personal"),
        Field("body", _("Text"), row.body, "personal"),
    )
    return Record(
        row.pk,
        f"{row.about_number} {row.pk}".strip(),
        row.subject or row.template_code,
        row.written_at,
        tuple(one for one in fields if one.text),
    )
