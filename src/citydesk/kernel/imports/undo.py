"""Taking a run of an import back: whole, and only what nothing happened to since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.destruction import Eraser, remove_content
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.models import AuditEntry, ImportedItem, ImportRun
from citydesk.kernel.registries import AuditCode, ImportKind, load_dotted, registries

OBJECT_TYPE = "kernel.import_run"

registries.add(
    AuditCode("imports.undone", gettext_lazy("took import {object} back: {rows} rows"), icon="undo"),
)


@dataclass(frozen=True)
class Used:
    """A row that something happened to since it came: its identifier in the file, its name here, what happened."""

    external_id: str
    label: str
    why: str


@dataclass(frozen=True)
class Undone:
    """What was taken back, what was left because it is used."""

    run: int
    kind: str
    taken_back: int
    left: tuple[Used, ...]


class StillUsed(Conflict):
    """Something happened to rows of the run since; `used` names which."""

    code = "still_used"

    def __init__(self, used: Sequence[Used]) -> None:
        self.used = tuple(used)
        super().__init__(f"Something happened to {len(self.used):,} of the rows since. Nothing was taken back.")


def undo_run(*, run_id: int, reason: str, leave_used: bool = False, actor: Actor, now: datetime) -> Undone:
    """Take a run back. With `leave_used` rows that something happened to stay, and only they.

    One transaction; a `Destruction` keeps counts and digest of what left. Raises `NotFound`, `Invalid` without a
    reason, `Conflict` for a run that is running, refused or undone, or whose kind cannot be taken back, `StillUsed`.
    """
    if not reason.strip():
        raise Invalid("Say why: it is kept with the run.", field="reason")
    with transaction.atomic():
        row = _locked(run_id)
        kind = _kind_of(row)
        items = list(ImportedItem.objects.filter(run=row).order_by("id"))
        used = _used(kind, row, items)
        if used and not leave_used:
            raise StillUsed(used)
        stay = {one.external_id for one in used}
        going = [one for one in items if one.external_id not in stay]
        eraser = Eraser(proof=f"import run {row.pk}", kind=OBJECT_TYPE, object_id=row.pk, label=row.kind)
        taken = load_dotted(kind.take_back)(run=row, items=going, eraser=eraser, actor=actor, now=now)
        ImportedItem.objects.filter(pk__in=[one.pk for one in going]).delete()
        gone = eraser.finish(now=now)
        row.state, row.undone_at, row.undone_by = "undone", now, actor.label[:120]
        row.undo_reason = reason.strip()[:400]
        row.save(update_fields=["state", "undone_at", "undone_by", "undo_reason"])
        after = {"rows": taken, "kind": row.kind, "source": row.source, "left": len(used), "digest": gone.digest}
        act = audit.Act("imports.undone", OBJECT_TYPE, row.pk, str(row.pk), after=after, reason=reason.strip())
        audit.record(act, actor=actor, now=now)
        transaction.on_commit(lambda: remove_content(gone.files))
    return Undone(row.pk, row.kind, taken, tuple(used))


def _locked(run_id: int) -> ImportRun:
    row = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if row is None:
        raise NotFound("There is no such run. `citydesk import runs` lists them.")
    if row.state not in ("done", "stopped"):
        raise Conflict(f"Run {row.pk} is {row.state}: there is nothing to take back.")
    return row


def _kind_of(row: ImportRun) -> ImportKind:
    kind = registries.import_kinds.get(row.kind)
    if kind is None or not kind.take_back:
        raise Conflict(f"An import of {row.kind} cannot be taken back. docs/admin/migrate.md says why.")
    return kind


def _used(kind: ImportKind, row: ImportRun, items: Sequence[ImportedItem]) -> list[Used]:
    """What a later run changed again, then what the room knows of."""
    newer = ImportedItem.objects.filter(
        kind=row.kind, source=row.source, external_id__in=[one.external_id for one in items], run_id__gt=row.pk
    ).values_list("external_id", "run_id")
    again = [Used(external_id, external_id, f"run {run} brought it again") for external_id, run in newer]
    known = {one.external_id for one in again}
    found: list[Used] = load_dotted(kind.used)(run=row, items=items)
    return again + [one for one in found if one.external_id not in known]


def touched_since(object_type: str, ids: Collection[int], since: datetime) -> dict[int, str]:
    """Objects whose history goes on after a moment: id -> the last act's code. The import's own acts are at `since`."""
    rows = AuditEntry.objects.filter(object_type=object_type, object_id__in=list(ids), at__gt=since)
    return dict(rows.order_by("id").values_list("object_id", "code"))
