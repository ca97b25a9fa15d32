"""A run of an import on record: counts, refused rows, what every row became. A dry run leaves nothing."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from citydesk.kernel.actors import Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.sheets import digest_of
from citydesk.kernel.models import ImportedItem, ImportRefusal, ImportRun
from citydesk.kernel.outbox import plain

# So many bad rows are told one by one at the terminal; so many are kept for download. All are counted.
MOST_TOLD = 1_000
MOST_KEPT = 50_000
_KEPT_AT_ONCE = 500


@dataclass
class Tally:
    """What became of the rows: added, here before and changed, here before, bad; the first bad ones."""

    read: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    run: int | None = None
    is_dry: bool = False
    is_refused: bool = False


@dataclass(frozen=True)
class Known:
    """What a row of the other system became: the object here, the digest of its content when it came last."""

    object_id: int
    digest: str


@dataclass(frozen=True)
class New:
    """A row that became something in this run."""

    external_id: str
    object_type: str
    object_id: int
    digest: str = ""
    before: Any = None


class Running:
    """The run at work. `id` is None in a dry run, which writes nothing."""

    def __init__(self, kind: str, source: str, run_id: int | None, tally: Tally) -> None:
        self.kind, self.source, self.id, self.tally = kind, source, run_id, tally
        self.cursor: dict[str, Any] = {}
        self._kept = 0
        self._refused: list[BadRow] = []

    @property
    def is_dry(self) -> bool:
        return self.id is None

    def refuse(self, row: BadRow) -> None:
        """Count a row that is not taken, and keep what was wrong with it."""
        self.tally.bad += 1
        if len(self.tally.bad_rows) < MOST_TOLD:
            self.tally.bad_rows.append(row)
        if self._kept + len(self._refused) < MOST_KEPT:
            self._refused.append(row)
        if len(self._refused) >= _KEPT_AT_ONCE:
            self.flush()

    def known(self, external_ids: Collection[str]) -> dict[str, Known]:
        """Those of the identifiers that came before, from this source."""
        return find(self.kind, self.source, external_ids)

    def remember(self, items: Sequence[New]) -> None:
        """Note what rows became; in the transaction that made them."""
        if self.id is None:
            return
        ImportedItem.objects.bulk_create(
            [
                ImportedItem(
                    run_id=self.id,
                    kind=self.kind,
                    source=self.source,
                    external_id=one.external_id[:200],
                    digest=one.digest,
                    object_type=one.object_type,
                    object_id=one.object_id,
                    before=plain(one.before),
                )
                for one in items
            ],
            batch_size=2_000,
        )

    def flush(self) -> None:
        """Write the counts, the cursor and the refused rows gathered so far."""
        if self.id is None:
            return
        ImportRefusal.objects.bulk_create(
            [
                ImportRefusal(
                    run_id=self.id,
                    line=one.line,
                    external_id=one.external_id[:80],
                    field=one.field[:60],
                    reason=mask_numbers(one.reason).text[:400],
                )
                for one in self._refused
            ]
        )
        self._kept += len(self._refused)
        self._refused = []
        ImportRun.objects.filter(pk=self.id).update(**_counts(self.tally), cursor=self.cursor)


def _counts(tally: Tally) -> dict[str, int]:
    return {f"rows_{name}": getattr(tally, name) for name in ("read", "added", "changed", "known", "bad")}


@contextmanager
def running(
    *,
    kind: str,
    source: str,
    file: Path | str,
    options: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
    is_dry: bool = False,
    cursor: Mapping[str, Any] | None = None,
    tally: Tally | None = None,
) -> Iterator[Running]:
    """Put a run on record while it works; what ends it by an exception leaves it as stopped, with its counts.

    Two runs of a kind and source at a time are refused (`Conflict`). A run of the past that never ended, because its
    process was killed, is marked as stopped. `file` may be an address.
    """
    told = tally or Tally()
    told.is_dry = is_dry
    if is_dry:
        yield Running(kind, source, None, told)
        return
    _take_turn(kind, source)
    try:
        ImportRun.objects.filter(kind=kind, source=source, state="running").update(state="stopped", ended_at=now)
        row = ImportRun.objects.create(
            kind=kind,
            source=source,
            file_name=(file.name if isinstance(file, Path) else file)[:200],
            file_digest=digest_of(file) if isinstance(file, Path) else "",
            options=plain(options or {}),
            started_at=now,
            started_by=actor.label[:120],
            cursor=dict(cursor or {}),
        )
        told.run = row.pk
        run = Running(kind, source, row.pk, told)
        run.cursor = dict(cursor or {})
        try:
            yield run
        except BaseException:
            _end(run, "stopped")
            raise
        _end(run, "refused" if told.is_refused else "done")
    finally:
        _end_turn(kind, source)


def _end(run: Running, state: str) -> None:
    if run.id is None or connection.needs_rollback:  # the caller's transaction is lost, and the run with it
        return
    run.flush()
    ImportRun.objects.filter(pk=run.id).update(state=state, ended_at=Now())


def _take_turn(kind: str, source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [f"import|{kind}|{source}"])
        if not cursor.fetchone()[0]:
            raise Conflict("An import of this kind from this source is running. Wait until it has ended.")


def _end_turn(kind: str, source: str) -> None:
    if connection.is_usable() and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [f"import|{kind}|{source}"])


def find(kind: str, source: str, external_ids: Collection[str]) -> dict[str, Known]:
    """What rows of another system became here, by their identifiers there: the newest of each."""
    if not external_ids:
        return {}
    rows = ImportedItem.objects.filter(kind=kind, source=source, external_id__in=list(external_ids)).order_by("id")
    found = rows.values_list("external_id", "object_id", "digest")
    return {external_id: Known(object_id, digest) for external_id, object_id, digest in found}


def digest(*parts: Any) -> str:
    """What a row's content is known by."""
    text = json.dumps(plain(parts), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def last_cursor(kind: str, source: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """How far the last run that was stopped with the same options had come; empty when the last one ended well."""
    row = ImportRun.objects.filter(kind=kind, source=source, options=plain(options)).order_by("-id").first()
    return dict(row.cursor) if row is not None and row.state in ("stopped", "running") else {}


class Dry(Exception):
    """Raised inside `trial` to take a row back."""


@contextmanager
def trial(is_dry: bool) -> Iterator[None]:
    """A transaction for one row; in a dry run it is taken back at its end, after everything was checked."""
    try:
        with transaction.atomic():
            yield
            if is_dry:
                raise Dry
    except Dry:
        pass
