"""Between clerk and supervisor: a contact as it is typed for one, who looks in and what they wrote for the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import labels, rules
from citydesk.contact.interactions.choices import OPEN_STATES, Channel, HelpKind, OutcomeKind, Settled
from citydesk.contact.interactions.models import Advice, HelpCall, Interaction
from citydesk.contact.interactions.queries.desk import Draft, watch_draft
from citydesk.kernel.actors import Access

# So long after somebody came does the clerk's page still say who.
ANSWER_SHOWN = timedelta(minutes=5)


@dataclass(frozen=True)
class AdviceLine:
    id: int
    author: str
    text: str
    written_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Watched:
    """An open contact as its supervisor reads it: label and words of each field, what was noted, notes on it."""

    draft: Draft
    holder: str
    rows: tuple[tuple[str, str], ...]
    noted: tuple[tuple[str, str], ...]
    advice: tuple[AdviceLine, ...]
    question: str
    help_call_id: int | None
    is_own: bool


@dataclass(frozen=True)
class Beside:
    """What a clerk's page says above an open contact. Names are empty where nothing is to be said.

    `taken_by` has it now and may hand it back; `taken_from` is whom the reader took it from; `asked_at` is set while
    nobody has come; `came` came lately, with an answer or without.
    """

    is_mine: bool
    is_open: bool
    taken_by: str = ""
    taken_from: str = ""
    looks_in: str = ""
    help_call_id: int | None = None
    asked_at: datetime | None = None
    question: str = ""
    came: str = ""
    answer: str = ""


def get_watched(*, access: Access, interaction_id: int, now: datetime) -> Watched:
    """An open contact for a supervisor's page. Raises `NotAllowed`, `NotFound` (finished, or said in confidence)."""
    draft = watch_draft(access=access, interaction_id=interaction_id, now=now)
    call = (
        HelpCall.objects.filter(interaction_id=draft.id, answered_at__isnull=True, kind=HelpKind.ASK)
        .values("id", "question")
        .first()
    )
    row = Interaction.objects.select_related("holder").only("holder__name").get(pk=draft.id)
    return Watched(
        draft=draft,
        holder=row.holder.name if row.holder else "",
        rows=tuple(_rows(draft.fields, now)),
        noted=tuple(
            (str(labels.OUTCOMES[OutcomeKind(one["kind"])]), str(one.get("target_number") or one.get("label", "")))
            for one in draft.fields.get("outcomes", [])
        ),
        advice=tuple(_advice(Advice.objects.filter(interaction_id=draft.id).order_by("-id")[:20])),
        question=call["question"] if call else "",
        help_call_id=call["id"] if call else None,
        is_own=draft.holder_id == access.actor.staff_id,
    )


def list_advice(*, interaction_id: int) -> list[AdviceLine]:
    """Notes of supervisors on a contact, newest first. The caller has authorized sight of the contact."""
    return _advice(Advice.objects.filter(interaction_id=interaction_id).order_by("-id")[:50])


def _advice(rows: Any) -> list[AdviceLine]:
    columns = ("id", "author_label", "text", "written_at", "seen_at")
    return [AdviceLine(*one) for one in rows.values_list(*columns)]


def get_beside(*, access: Access, interaction_id: int, now: datetime) -> Beside:
    """What stands above the reader's contact; two statements. A contact they have nothing to do with says nothing."""
    own = access.actor.staff_id or 0
    row = (
        Interaction.objects.select_related("holder", "taken_from", "watched_by")
        .filter(Q(holder_id=own) | Q(taken_from_id=own), pk=interaction_id)
        .first()
    )
    if row is None:
        return Beside(is_mine=False, is_open=False)
    is_mine, is_open = row.holder_id == own, row.state in OPEN_STATES
    if not is_mine:
        return Beside(is_mine=False, is_open=is_open, taken_by=row.holder.name if row.holder else "")
    call = (
        HelpCall.objects.filter(Q(answered_at=None) | Q(answered_at__gt=now - ANSWER_SHOWN), user_id=own)
        .filter(kind=HelpKind.ASK, interaction_id=interaction_id)
        .order_by("-id")
        .values("id", "asked_at", "answered_at", "question", "answer", "answered_by__name")
        .first()
    )
    watcher = row.watched_by.name if row.watched_by and row.watched_until and row.watched_until > now else ""
    waits = call is not None and call["answered_at"] is None
    return Beside(
        is_mine=True,
        is_open=is_open,
        taken_from=row.taken_from.name if row.taken_from else "",
        looks_in=watcher,
        help_call_id=call["id"] if call and waits else None,
        asked_at=call["asked_at"] if call and waits else None,
        question=call["question"] if call else "",
        came=(call["answered_by__name"] or "") if call and not waits else "",
        answer=call["answer"] if call and not waits else "",
    )


def _rows(fields: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Label and words of what was typed, in the form's order; answers under their question."""
    reads = (get_language() or "en").split("-")[0]
    services = profile.entries("services", profile.city_today(now))
    found = []
    for name, label in labels.DRAFT_FIELDS.items():
        words = _words(name, fields.get(name), services, reads)
        if words:
            found.append((str(label), words))
        if name == "code":
            found += _answers(fields, services, reads)
    for kept in fields.get("requests", []):
        found.append((_("Another request"), str(kept.get("label", ""))))
    return found


def _words(name: str, value: Any, services: Mapping[str, Any], reads: str) -> str:
    if not value or not isinstance(value, str):
        return ""
    if name == "code":
        return _text(services.get(value, {}).get("name"), reads) or value
    if name == "channel":
        return str(labels.CHANNELS.get(Channel(value), value)) if value in tuple(Channel) else value
    if name == "settled":  # nothing said yet is nothing to show
        return str(labels.SETTLED[Settled(value)]) if value in (Settled.YES, Settled.NO) else ""
    if name in labels.DRAFT_TICKS:
        return _("Yes") if value == "1" else ""
    return value


def _answers(fields: Mapping[str, Any], services: Mapping[str, Any], reads: str) -> list[tuple[str, str]]:
    questions = {
        one["code"]: one for one in services.get(str(fields.get("code", "")), {}).get("questions", []) if "code" in one
    }
    answered = []
    for name, value in fields.items():
        is_answer = name.startswith(rules.ANSWER_PREFIX)
        question = questions.get(name.removeprefix(rules.ANSWER_PREFIX)) if is_answer else None
        if question is None or value in ("", []):
            continue
        options = {one["code"]: one.get("name") for one in question.get("options") or []}
        chosen = [_text(options.get(one), reads) or labels.YES_NO.get(one, one) for one in _list(value)]
        answered.append((_text(question.get("ask"), reads) or question["code"], ", ".join(map(str, chosen))))
    return answered


def _list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _text(texts: Mapping[str, str] | None, reads: str) -> str:
    if not texts:
        return ""
    return texts.get(reads) or next(iter(texts.values()), "")
