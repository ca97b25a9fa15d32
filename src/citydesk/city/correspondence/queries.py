"""Reads of this room."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from citydesk.city.correspondence.choices import NEEDS_REPAIR, VIEW, ConsentState
from citydesk.city.correspondence.models import Consent, Message, MessageAttempt
from citydesk.city.correspondence.rules import Template
from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

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
    return list(Message.objects.about(about_type, about_id).order_by("-id").values(*_LINE)[:limit])


def list_messages_to(customer_ids: Iterable[int], *, limit: int = 50) -> list[dict[str, Any]]:
    """Messages to a customer (all merged ids), newest first."""
    return list(Message.objects.filter(customer_id__in=list(customer_ids)).order_by("-id").values(*_LINE)[:limit])


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
    message = Message.objects.filter(pk=message_id).values(*_LINE).first()
    if message is None:
        raise NotFound("There is no such message.")
    attempts = MessageAttempt.objects.filter(message_id=message_id).order_by("id")
    return {**message, "attempts": list(attempts.values("started_at", "finished_at", "outcome", "detail"))}


def oldest_waiting(now: datetime) -> float:
    """Seconds the longest waiting message has waited; 0 when none waits."""
    first = Message.objects.filter(state="queued").order_by("id").values_list("written_at", flat=True).first()
    return max(0.0, (now - first).total_seconds()) if first else 0.0
