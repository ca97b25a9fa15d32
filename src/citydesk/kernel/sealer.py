"""The chain over the audit entries: each seal is SHA-256 over the seal before and the entry, in order of entry id.

Never inside a business transaction (one chain head would make all clerks queue): a task seals what is committed. Ids
are drawn before a transaction commits, so a lower id may still be on its way. Whoever draws one holds a lock on the
table from before that until the end; the sealer waits for those who held it when it looked, and for nobody else.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from citydesk.kernel.models import AuditEntry, AuditErasure, AuditSeal

FIRST = bytes(32)
FIELDS = (
    "id",
    "at",
    "code",
    "actor_kind",
    "actor_id",
    "actor_label",
    "object_type",
    "object_id",
    "object_label",
    "before",
    "after",
    "reason",
    "approver_id",
    "is_public",
    "request_id",
)
LOCK = 73_112_001
# The code of the entry that says what one destruction emptied: `after` has `proof` and `erased`.
VOUCHER = "records.destroyed"
_WRITERS = """
SELECT array_agg(virtualtransaction) FROM pg_locks
WHERE locktype = 'relation' AND relation = 'kernel_auditentry'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Verification:
    """`sealed` entries hold; `bad_id` is the first that does not, and why; the head is for the outside record."""

    sealed: int
    head_id: int
    head: str
    bad_id: int | None = None
    reason: str = ""


def seal_entries(*, now: datetime, wait_seconds: float = 3.0, at_most: int = 50_000) -> int:
    """Seal what has settled since the last seal. Returns how many entries were sealed; 0 when another seals now."""
    bound = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
    if bound is None:
        return 0
    waiting = set(_one(_WRITERS, []) or ())
    patience = time.monotonic() + wait_seconds
    while waiting:
        if time.monotonic() > patience:
            return 0
        time.sleep(0.05)
        waiting &= set(_one(_WRITERS, []) or ())
    return _seal_up_to(bound, now, at_most)


def _seal_up_to(bound: int, now: datetime, at_most: int) -> int:
    with transaction.atomic():
        if not _one("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]):
            return 0
        last = AuditSeal.objects.order_by("-entry_id").values_list("entry_id", "digest").first()
        last_id, digest = (last[0], bytes(last[1])) if last else (0, FIRST)
        rows = AuditEntry.objects.filter(id__gt=last_id, id__lte=bound).order_by("id").values(*FIELDS)[:at_most]
        seals = []
        for row in rows:
            digest = link(digest, row)
            seals.append(AuditSeal(entry_id=row["id"], digest=digest, sealed_at=now))
        AuditSeal.objects.bulk_create(seals, batch_size=2000)
        return len(seals)


def link(before: bytes, row: dict[str, Any]) -> bytes:
    """The digest of an entry after the digest before it."""
    plain = {**row, "at": row["at"].astimezone(UTC).isoformat()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(before + text.encode()).digest()


def remains_of(row: dict[str, Any]) -> bytes:
    """The digest of what a lawful destruction left of an entry."""
    return link(FIRST, row)


def verify_audit(*, head_id: int | None = None, head: str = "") -> Verification:
    """Read the whole chain again and name the first entry that was changed, removed, added or reordered.

    `head_id` and `head` are a head written down earlier, outside the database: without them a chain that somebody cut
    off or computed anew cannot be told from a whole one. An entry that a lawful destruction emptied holds when what is
    left of it is what the erasure says, and when a sealed entry of the destruction vouches for that erasure.
    """
    digest, sealed, last_id, seen = FIRST, 0, 0, ""
    erasures = _Erasures()
    for entry_id, row, kept in _sealed_rows():
        if row is None:
            return Verification(sealed, last_id, digest.hex(), entry_id, "this entry was taken out")
        if kept is None:
            return Verification(sealed, last_id, digest.hex(), entry_id, "this entry was put in later")
        digest = kept if erasures.covers(row) else link(digest, row)
        if digest != kept:
            return Verification(sealed, last_id, kept.hex(), row["id"], "this entry or one just before it was changed")
        sealed, last_id = sealed + 1, row["id"]
        if last_id == head_id:
            seen = digest.hex()
    if (unproven := erasures.without_proof(last_id)) is not None:
        return Verification(sealed, last_id, digest.hex(), unproven, "no destruction vouches for this erasure")
    if head_id is not None and seen != head:
        return Verification(sealed, last_id, digest.hex(), head_id, "the chain does not hold the head written down")
    return Verification(sealed, last_id, digest.hex())


class _Erasures:
    """What lawful destructions emptied, and what sealed entries say about it."""

    def __init__(self) -> None:
        self._remains = {
            entry: (bytes(remains), proof)
            for entry, remains, proof in AuditErasure.objects.values_list("entry_id", "remains", "proof").iterator()
        }
        self._vouched: set[tuple[str, str]] = set()

    def covers(self, row: dict[str, Any]) -> bool:
        """Whether an entry is what an erasure left of it; takes notice of entries that vouch for erasures."""
        self._take_notice(row)
        known = self._remains.get(row["id"])
        return known is not None and known[0] == remains_of(row)

    def _take_notice(self, row: Any) -> None:
        after = row["after"]
        if row["code"] == VOUCHER and isinstance(after, dict) and "proof" in after:
            self._vouched.add((str(after["proof"]), str(after.get("erased"))))

    def without_proof(self, last_id: int) -> int | None:
        """The first emptied entry whose erasure nothing vouches for, neither sealed nor about to be sealed."""
        for row in AuditEntry.objects.filter(id__gt=last_id, code=VOUCHER).values(*FIELDS):
            self._take_notice(row)
        by_proof: dict[str, list[tuple[int, str]]] = {}
        for entry, (remains, proof) in sorted(self._remains.items()):
            by_proof.setdefault(proof, []).append((entry, f"{entry}:{remains.hex()}"))
        for proof, lines in by_proof.items():
            text = "\n".join(line for _entry, line in lines)
            if (proof, hashlib.sha256(text.encode()).hexdigest()) not in self._vouched:
                return lines[0][0]
        return None


def _sealed_rows() -> Iterator[tuple[int, dict[str, Any] | None, bytes | None]]:
    """Id, entry and kept digest up to the last seal in id order: None for an entry or a seal that is not there."""
    top = AuditSeal.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    seals = AuditSeal.objects.order_by("entry_id").values_list("entry_id", "digest").iterator(chunk_size=5000)
    entries = AuditEntry.objects.filter(id__lte=top).order_by("id").values(*FIELDS).iterator(chunk_size=5000)
    pending = next(seals, None)
    for row in entries:
        while pending is not None and pending[0] < row["id"]:
            yield pending[0], None, bytes(pending[1])
            pending = next(seals, None)
        if pending is not None and pending[0] == row["id"]:
            yield row["id"], row, bytes(pending[1])
            pending = next(seals, None)
        else:
            yield row["id"], row, None
    while pending is not None:
        yield pending[0], None, bytes(pending[1])
        pending = next(seals, None)


def seal_lag(*, now: datetime) -> float:
    """Seconds since the oldest entry without a seal was written; 0 when all are sealed."""
    last = AuditSeal.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    oldest = AuditEntry.objects.filter(id__gt=last).order_by("id").values_list("at", flat=True).first()
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _one(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
