"""Destroying what was signed: record by record, each with its own proof; then the certificate."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, files, outbox
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.destruction import Destroyed, Eraser, StillNeeded, remove_content
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import NotFound
from citydesk.kernel.models import Destruction
from citydesk.kernel.registries import RetentionSeries, load_dotted, registries
from citydesk.management.records import rules
from citydesk.management.records.choices import CERTIFICATE_PURPOSE, DISPOSAL_TYPE, DisposalState, ItemState
from citydesk.management.records.models import Disposal, DisposalItem, RetentionCandidate
from citydesk.management.records.queries.asked import asked_for
from citydesk.management.records.queries.certificate import certificate_data
from citydesk.management.records.queries.holds import open_holds
from citydesk.management.records.queries.schedule import series_of
from citydesk.management.records.services.candidates import due_of
from citydesk.management.records.services.disposals import DESTROY_JOB, list_digest, matter_of
from citydesk.management.records.services.holds import lock_holds

_CHUNK = 25


def destroy_listed(*, disposal_id: int, now: datetime, at_most: int = _CHUNK) -> int:
    """Destroy the next records of a signed disposal; goes on in another job. Returns how many were looked at.

    Each record is a transaction of its own: it goes whole, with its proof and the entry that vouches for it, or stays
    whole. A record that is held, due no more or still needed is kept, and the reason is on the certificate.
    """
    disposal = Disposal.objects.filter(pk=disposal_id, state=DisposalState.DESTROYING).first()
    if disposal is None:
        return 0
    waiting = list(
        DisposalItem.objects.filter(disposal=disposal, state=ItemState.LISTED)
        .order_by("id")
        .values_list("id", flat=True)
    )
    gone: list[str] = []
    for item_id in waiting[:at_most]:
        gone += _settle(disposal, item_id, now)
    remove_content(gone)
    if len(waiting) > at_most:
        outbox.defer(DESTROY_JOB, queue="sweeps", lock=f"disposal:{disposal_id}", disposal_id=disposal_id)
    else:
        finish_disposal(disposal_id=disposal_id, now=now)
    return min(len(waiting), at_most)


def _settle(disposal: Disposal, item_id: int, now: datetime) -> tuple[str, ...]:
    """Destroy or keep one record; returns digests of contents to remove."""
    try:
        with transaction.atomic():
            item = DisposalItem.objects.select_for_update().get(pk=item_id)
            why = _why_kept(disposal, item, now)
            if item.state == ItemState.LISTED and not why:
                return _destroy(disposal, item, now)
    except StillNeeded as error:
        why = str(error.message)
    with transaction.atomic():
        DisposalItem.objects.filter(pk=item_id, state=ItemState.LISTED).update(state=ItemState.KEPT, why=why[:200])
    return ()


def _why_kept(disposal: Disposal, item: DisposalItem, now: datetime) -> str:
    """Why a listed record stays after all; empty when it may go. Holds cannot be placed until it has gone."""
    lock_holds(is_shared=True)
    today = profile.city_today(now)
    try:
        series = series_of(disposal.kind, on=today)
    except NotFound:
        return "the schedule has no such series any more"
    due = due_of(series, today=today, ids=[item.object_id]).get(item.object_id)
    if due is None or due.at != item.happened_at:
        return "changed since it was listed"
    if asked := asked_for(disposal.kind, [item.object_id]).get(item.object_id):
        return f"asked for in {asked}"
    held = rules.held_by(matter_of(disposal.kind, due), open_holds())
    return f"under hold {held}" if held else ""


def _destroy(disposal: Disposal, item: DisposalItem, now: datetime) -> tuple[str, ...]:
    kind: RetentionSeries = registries.retention[disposal.kind]
    eraser = Eraser(proof=disposal.number, kind=disposal.kind, object_id=item.object_id, label=item.label)
    parts = [one for one in registries.retention_parts.values() if one.of == disposal.kind]
    for part in sorted(parts, key=lambda one: one.code):
        load_dotted(part.destroy)(ids=[item.object_id], eraser=eraser, now=now)
    load_dotted(kind.destroy)(ids=[item.object_id], eraser=eraser, now=now)
    done = eraser.finish(now=now)
    item.state, item.digest, item.row_count = ItemState.DESTROYED, done.digest, sum(done.rows.values())
    item.save(update_fields=["state", "digest", "row_count"])
    RetentionCandidate.objects.filter(kind=disposal.kind, object_id=item.object_id).delete()
    audit.record(_act(disposal, item, done), actor=SYSTEM, now=now)
    return done.files


def _act(disposal: Disposal, item: DisposalItem, done: Destroyed) -> audit.Act:
    after: dict[str, Any] = {
        "proof": f"{disposal.number}/{disposal.kind}/{item.object_id}",
        "erased": done.erased,
        "digest": done.digest,
        "rows": done.rows,
        "files": len(done.files),
    }
    return audit.Act(
        "records.destroyed",
        disposal.kind,
        item.object_id,
        item.label,
        after=after,
        approver_id=disposal.decided_by_id,
    )


def finish_disposal(*, disposal_id: int, now: datetime) -> None:
    """Count, check the signed list against its digest, and print the certificate. A finished one stays as it is."""
    with transaction.atomic():
        row = Disposal.objects.select_for_update().get(pk=disposal_id)
        items = DisposalItem.objects.filter(disposal=row)
        if row.state != DisposalState.DESTROYING or items.filter(state=ItemState.LISTED).exists():
            return
        counts = dict(items.values_list("state").annotate(n=Count("id")).order_by())
        rows: Counter[str] = Counter()
        file_count = 0
        proofs = Destruction.objects.filter(proof__startswith=f"{row.number}/")
        for tables, gone in proofs.values_list("rows", "files").iterator():
            rows.update(tables)
            file_count += gone
        listed = list(items.values_list("object_id", "label", "happened_at"))
        if list_digest(listed) != row.digest:
            raise RuntimeError(f"the list of {row.number} is not the one that was signed")
        row.state, row.finished_at = DisposalState.DONE, now
        row.destroyed_count, row.kept_count = counts.get(ItemState.DESTROYED, 0), counts.get(ItemState.KEPT, 0)
        row.rows, row.files_gone = dict(sorted(rows.items())), file_count
        row.save()
        paper = render_pdf(
            "records/certificate.typ", certificate_data(row), language=profile.city().languages[0], now=now
        )
        stored = files.store_made(
            paper,
            name=f"{row.number}.pdf",
            content_type="application/pdf",
            purpose=CERTIFICATE_PURPOSE,
            actor=SYSTEM,
            now=now,
        )
        row.certificate = stored
        row.save(update_fields=["certificate"])
        after = {"destroyed": row.destroyed_count, "kept": row.kept_count, "certificate": stored.sha256}
        act = audit.Act("records.disposal_done", DISPOSAL_TYPE, row.pk, row.number, after=after)
        audit.record(act, actor=SYSTEM, now=now)
