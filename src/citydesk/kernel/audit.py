"""The one history of the house: services record acts here; the history tab, the timeline and the auditor read it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from citydesk.kernel.actors import Actor
from citydesk.kernel.models import AuditEntry, ReadEntry
from citydesk.kernel.outbox import plain
from citydesk.kernel.registries import registries
from citydesk.kernel.rows import fresh, insert
from citydesk.kernel.trace import current_request_id
from citydesk.kernel.written import Written


@dataclass(frozen=True)
class Act:
    """One entry to write; see `AuditEntry` for the fields. `code` must be in the vocabulary (`AuditCode`)."""

    code: str
    object_type: str
    object_id: int
    object_label: str = ""
    before: Any = None
    after: Any = None
    reason: str = ""
    approver_id: int | None = None


def record(*acts: Act, actor: Actor, now: datetime) -> None:
    """Write audit entries in the running transaction. `KeyError` for a code nobody declared."""
    insert(
        *(
            fresh(
                AuditEntry,
                at=now,
                code=act.code,
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_label=actor.label[:120],
                object_type=act.object_type,
                object_id=act.object_id,
                object_label=act.object_label,
                before=plain(act.before),
                after=plain(act.after),
                reason=act.reason,
                approver_id=act.approver_id,
                is_public=registries.audit_codes[act.code].is_public,
                request_id=current_request_id.get(),
            )
            for act in acts
        )
    )


def record_read(*, object_type: str, object_id: int, purpose: str, actor: Actor, now: datetime) -> None:
    """Note that a personal or confidential record was read."""
    insert(
        ReadEntry(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label[:120],
            object_type=object_type,
            object_id=object_id,
            purpose=purpose,
        )
    )


@dataclass(frozen=True)
class HistoryLine:
    """An entry as a person reads it."""

    at: datetime
    actor: str
    sentence: str
    icon: str
    reason: str
    code: str
    before: Any
    after: Any
    is_public: bool


def history_of(object_type: str, object_id: int, *, limit: int = 200) -> list[HistoryLine]:
    """The newest entries about one object, as sentences. The caller has authorised sight of the object."""
    return [_line(row) for row in _newest_entries(limit).rows(object_type, object_id)]


def readers_of(object_type: str, object_id: int, *, limit: int = 50) -> list[dict[str, Any]]:
    """Who read an object lately: newest first, `{at, actor_label, purpose}`."""
    return _newest_readers(limit).rows(object_type, object_id)


@lru_cache(maxsize=20)
def _newest_entries(limit: int) -> Written:
    return Written(
        lambda kind, pk: AuditEntry.objects.filter(object_type=kind, object_id=pk).order_by("-id")[:limit],
    )


@lru_cache(maxsize=20)
def _newest_readers(limit: int) -> Written:
    return Written(
        lambda kind, pk: (
            ReadEntry.objects.filter(object_type=kind, object_id=pk)
            .order_by("-at")
            .values("at", "actor_label", "purpose")[:limit]
        ),
    )


def _line(row: AuditEntry) -> HistoryLine:
    code = registries.audit_codes.get(row.code)
    facts = {
        **(row.before if isinstance(row.before, dict) else {}),
        **(row.after if isinstance(row.after, dict) else {}),
        "before": row.before,
        "after": row.after,
        "object": row.object_label,
    }
    sentence = str(code.sentence) if code else row.code
    # An old entry may lack a fact that today's sentence names; the sentence as written still says what was done.
    with suppress(KeyError, IndexError, AttributeError, ValueError):
        sentence = sentence.format(**facts)
    return HistoryLine(
        at=row.at,
        actor=row.actor_label,
        sentence=sentence,
        icon=code.icon if code else "edit",
        reason=row.reason,
        code=row.code,
        before=row.before,
        after=row.after,
        is_public=row.is_public,
    )
