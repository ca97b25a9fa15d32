"""Lawful destruction: the one way in which rows that are otherwise only ever added leave the database.

An `Eraser` works inside a transaction, for one record, under a proof (the number of a signed disposal). It counts and
hashes every row before it goes, empties what the history says about the record without breaking the chain of seals,
and leaves a `Destruction` behind. What triggers protect leaves by functions of the database's owner (migration 0009),
which suspend them and leave an entry in the history: the role that the program works with may not delete there itself.
Nothing else in the house gets around the triggers; see ADR 0009 and 0014.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pgtrigger
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models
from django.db.models import Exists, OuterRef, Q

from citydesk.kernel.errors import Conflict
from citydesk.kernel.files.store import path_of, thumbnail_path_of
from citydesk.kernel.models import AuditEntry, AuditErasure, AuditSeal, Destruction, StoredFile
from citydesk.kernel.sealer import FIELDS, LOCK, remains_of


@dataclass(frozen=True)
class Due:
    """A record whose trigger lies far enough back: its id and number, when the trigger was, whom it concerns."""

    id: int
    label: str
    at: datetime
    customer_ids: tuple[int, ...] = ()
    address_ids: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Destroyed:
    """What left: rows by table, the digest over all of them, digests of files nobody else uses, of emptied history."""

    rows: dict[str, int]
    digest: str
    erased: str
    files: tuple[str, ...]


class StillNeeded(Conflict):
    """Something that stays points to the record, so the record stays too."""

    code = "still_needed"


class Eraser:
    """Destroys one record and whatever belongs to it. Used as `destroy(ids=..., eraser=eraser, now=now)` by rooms."""

    def __init__(self, *, proof: str, kind: str, object_id: int, label: str) -> None:
        self.proof, self.kind, self.object_id, self.label = proof, kind, object_id, label
        self._rows: Counter[str] = Counter()
        self._digest = hashlib.sha256()
        self._file_ids: set[int] = set()
        self._erased: list[str] = []

    def record(self, model: Any, ids: Collection[int], *, unlink: Collection[str] = ()) -> None:
        """Delete rows and, before them, all rows of the same room that point to them.

        `unlink` names columns ("model.field") that are emptied instead. What another room points with must have gone
        before: else `finish` refuses.
        """
        if not ids:
            return
        for link in pointing_to(model):
            child, name = link.related_model, link.field.name
            rows = child._base_manager.filter(**{f"{name}__in": list(ids)})
            if f"{child._meta.model_name}.{name}" in unlink:
                self.blank(rows, **{name: None})
            elif child is not model and child._meta.app_label == model._meta.app_label:
                self.record(child, list(rows.values_list("pk", flat=True)), unlink=unlink)
        self.delete(model._base_manager.filter(pk__in=list(ids)))

    def delete(self, rows: "models.QuerySet[Any]") -> None:
        """Delete rows, counted and hashed, with the files they alone point to."""
        model = rows.model
        table = model._meta.db_table
        keys = []
        for row in rows.order_by("pk").values():
            keys.append(str(row[model._meta.pk.attname]))
            self._digest.update(f"{table}:{_canonical(row)}\n".encode())
            self._rows[table] += 1
            self._file_ids.update(row[name] for name in _file_columns(model) if row[name])
        if not _is_kept(model):
            rows.order_by()._raw_delete(rows.db)  # type: ignore[attr-defined]  # Django's own, not in the stubs
        elif keys:
            _run("SELECT citydesk_erase(%s, %s, %s)", [table, keys, self._proof_of_record()])

    def blank(self, rows: "models.QuerySet[Any]", **values: Any) -> None:
        """Overwrite columns of rows that stay."""
        model = rows.model
        if _is_kept(model):
            # By the column's name and as JSON: PostgreSQL gives each its own type again.
            content = {model._meta.get_field(name).column: value for name, value in values.items()}
            keys = [str(key) for key in rows.order_by().values_list("pk", flat=True)]
            told = [model._meta.db_table, keys, self._proof_of_record(), json.dumps(content, default=_plain)]
            count = _run("SELECT citydesk_blank(%s, %s, %s, %s)", told)
        else:
            count = rows.update(**values)
        if count:
            self._rows[f"{model._meta.db_table} ({', '.join(sorted(values))})"] += count

    def history(self, object_type: str, ids: Collection[int]) -> None:
        """Empty what the history says about objects; that something was done, when and by whom, stays and is sealed."""
        if not ids:
            return
        _run("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        told = AuditEntry.objects.filter(object_type=object_type, object_id__in=list(ids)).exclude(
            Q(before__isnull=True) & Q(after__isnull=True) & Q(reason="")
        )
        keys = list(told.order_by("id").values_list("id", flat=True))
        self.blank(AuditEntry.objects.filter(id__in=keys), before=None, after={"erased": self.proof}, reason="")
        sealed = set(AuditSeal.objects.filter(entry_id__in=keys).values_list("entry_id", flat=True))
        known = set(AuditErasure.objects.filter(entry_id__in=keys).values_list("entry_id", flat=True))
        for row in AuditEntry.objects.filter(id__in=sealed - known).order_by("id").values(*FIELDS):
            remains = remains_of(row)
            AuditErasure.objects.create(entry_id=row["id"], remains=remains, proof=self._proof_of_record())
            self._erased.append(f"{row['id']}:{remains.hex()}")

    def _proof_of_record(self) -> str:
        return f"{self.proof}/{self.kind}/{self.object_id}"

    def finish(self, *, now: datetime) -> Destroyed:
        """Check that nothing points to what went, let go of files, leave the `Destruction`. Raises `StillNeeded`."""
        try:
            _run("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise StillNeeded(_who_needs(error)) from error
        _run("SET CONSTRAINTS ALL DEFERRED")
        unused = unreferenced(StoredFile.objects.filter(pk__in=self._file_ids))
        files = tuple(sorted(set(unused.values_list("sha256", flat=True))))
        self.delete(StoredFile.objects.filter(pk__in=list(unused.values_list("pk", flat=True))))
        done = Destroyed(dict(sorted(self._rows.items())), self._digest.hexdigest(), erased_digest(self._erased), files)
        Destruction.objects.create(
            at=now,
            proof=self._proof_of_record(),
            object_type=self.kind,
            object_id=self.object_id,
            object_label=self.label,
            rows=done.rows,
            digest=done.digest,
            files=len(files),
        )
        return done


def erased_digest(lines: Iterable[str]) -> str:
    """The digest over "entry:remains" of the history entries one destruction emptied, in order of entry."""
    ordered = sorted(lines, key=lambda line: int(line.partition(":")[0]))
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest()


def remove_content(digests: Iterable[str]) -> int:
    """Remove stored bytes that no row points to any more. Returns how many are gone; after the commit only."""
    gone = 0
    for digest in digests:
        if StoredFile.objects.filter(sha256=digest).exists():
            continue
        for path in (path_of(digest), thumbnail_path_of(digest)):
            if default_storage.exists(path):
                default_storage.delete(path)
        gone += 1
    return gone


def due_rows(
    rows: "models.QuerySet[Any]",
    at: str,
    *,
    before: datetime,
    after: tuple[datetime, int] | None,
    limit: int,
    ids: Collection[int] | None,
) -> "models.QuerySet[Any]":
    """Rows whose column `at` lies before a moment, in its order, from a place on; or those among `ids`."""
    found = rows.filter(**{f"{at}__lt": before})
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    if after is not None:
        found = found.filter(Q(**{f"{at}__gt": after[0]}) | Q(**{at: after[0], "pk__gt": after[1]}))
    return found.order_by(at, "pk")[:limit]


def unreferenced(rows: "models.QuerySet[Any]", *, apart_from: Collection[Any] = ()) -> "models.QuerySet[Any]":
    """Rows that no other row points to, whatever room it is in; `apart_from` are models that do not count."""
    for link in pointing_to(rows.model):
        if link.related_model not in apart_from:
            others = link.related_model._base_manager.filter(**{link.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(others))
    return rows


def pointing_to(model: Any) -> list[Any]:
    """The foreign keys of all rooms that point to a model."""
    return [
        one
        for one in model._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)
    ]


def _file_columns(model: Any) -> list[str]:
    return [one.attname for one in model._meta.concrete_fields if one.related_model is StoredFile]


def _canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _is_kept(model: Any) -> bool:
    """Whether triggers protect the rows of a model: those leave by a function of the database's owner alone."""
    return any(one is model for one, _trigger in pgtrigger.registered())


def _run(sql: str, values: list[Any] | None = None) -> int:
    """Run a statement; the number it answers, if any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0]) if cursor.description and sql.startswith("SELECT citydesk") else 0


def _who_needs(error: IntegrityError) -> str:
    """The table that still points to the record, from the database's own words."""
    table = getattr(getattr(error.__cause__, "diag", None), "table_name", None) or "another table"
    return f"{table} still points to this record."
