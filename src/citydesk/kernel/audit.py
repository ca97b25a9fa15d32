"""The one history of the house: services record acts here; the history tab, the timeline and the auditor read it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from citydesk.kernel.actors import Actor
from citydesk.kernel.models import AuditEntry, ReadEntry
from citydesk.kernel.outbox import plain
from citydesk.kernel.registries import registries
from citydesk.kernel.rows import fresh, insert
from citydesk.kernel.statements import run
from citydesk.kernel.texts import in_language
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


@dataclass(frozen=True)
class OpenedRecord:
    """What a record's page tells of the record itself: who read it before, newest first, and what was done."""

    readers: list[dict[str, Any]]
    history: list[HistoryLine]


def open_record(*, object_type: str, object_id: int, purpose: str, actor: Actor, now: datetime) -> OpenedRecord:
    """Note that a record is read, and tell its readers (`readers_of`) and history (`history_of`): one statement."""
    about = (object_type, object_id)
    noted = (now, actor.kind, actor.id, actor.label[:120], *about, purpose)
    readers, lines = run(_OPENED, (*noted, *about, *about))[0]
    return OpenedRecord(_with_times(readers or []), [_line(SimpleNamespace(**one)) for one in _with_times(lines or [])])


def _with_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row["at"] = datetime.fromisoformat(row["at"])
    return rows


# The reading itself is not among the readers: a statement does not see what it writes.
_OPENED = """
WITH noted AS (
  INSERT INTO kernel_readentry (at, actor_kind, actor_id, actor_label, object_type, object_id, purpose)
  VALUES (%s, %s, %s, %s, %s, %s, %s))
SELECT
  (SELECT json_agg(one) FROM (
    SELECT at, actor_label, purpose FROM kernel_readentry WHERE object_type = %s AND object_id = %s
    ORDER BY at DESC LIMIT 50) one),
  (SELECT json_agg(one) FROM (
    SELECT at, code, actor_label, object_label, before, after, reason, is_public FROM kernel_auditentry
    WHERE object_type = %s AND object_id = %s ORDER BY id DESC LIMIT 200) one)
"""


def history_of(object_type: str, object_id: int, *, limit: int = 200) -> list[HistoryLine]:
    """The newest entries about one object, as sentences. The caller has authorised sight of the object."""
    return [_line(row) for row in _newest_entries(limit).rows(object_type, object_id)]


def acts_among(code: str, object_type: str, object_ids: Iterable[int]) -> dict[int, list[HistoryLine]]:
    """Entries of one code about several objects, the first act first, in one statement. The caller has authorized."""
    rows = AuditEntry.objects.filter(code=code, object_type=object_type, object_id__in=list(object_ids)).order_by("id")
    found: dict[int, list[HistoryLine]] = {}
    for row in rows:
        found.setdefault(row.object_id, []).append(_line(row))
    return found


def newest_fact(code: str, object_type: str, object_id: int) -> dict[str, Any]:
    """What the newest entry of a code about an object tells as `after`; empty without one."""
    rows = AuditEntry.objects.filter(object_type=object_type, object_id=object_id, code=code).order_by("-id")
    return rows.values_list("after", flat=True).first() or {}


def acts_since(
    codes: Iterable[str], object_type: str, object_ids: Iterable[int], *, since: datetime, limit: int = 50
) -> list[tuple[int, HistoryLine]]:
    """(object, entry) of some codes about several objects after a moment, newest first. The caller has authorized."""
    rows = AuditEntry.objects.filter(
        object_type=object_type, object_id__in=list(object_ids), code__in=list(codes), at__gt=since
    ).order_by("-id")[:limit]
    return [(row.object_id, _line(row)) for row in rows]


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


def _facts(kept: Any) -> dict[str, Any]:
    """What an entry tells, by name; a text kept in several languages ({"en": ..., "es": ...}) in the reader's."""
    if not isinstance(kept, dict):
        return {}
    return {name: in_language(one) if _is_in_languages(one) else one for name, one in kept.items()}


def _is_in_languages(fact: Any) -> bool:
    return isinstance(fact, dict) and bool(fact) and fact.keys() <= {code for code, _name in settings.LANGUAGES}


def _line(row: Any) -> HistoryLine:
    code = registries.audit_codes.get(row.code)
    facts = {
        **_facts(row.before),
        **_facts(row.after),
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
