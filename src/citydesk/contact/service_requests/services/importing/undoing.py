"""Taking imported notes, files and, in practice, requests back, when nothing happened to them since."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import F, Q

from citydesk.contact.service_requests.choices import OBJECT_TYPE, FileKind, ReviewState
from citydesk.contact.service_requests.models import Note, RequestFactChange, RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries.imported import of_run
from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.destruction import Eraser, unreferenced
from citydesk.kernel.errors import Conflict
from citydesk.kernel.imports.undo import Used, touched_since
from citydesk.kernel.practice import is_practice


def used_notes(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Nothing can happen to a note: it is never edited, and an import tells nobody."""
    return []


def take_back_notes(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the notes of a run; each request's history says that they were taken back."""
    rows = Note.objects.filter(pk__in=[one.object_id for one in items])
    found = list(rows.values_list("pk", "request_id", "request__number"))
    eraser.record(Note, [key for key, _request, _number in found])
    _tell(found, "notes", run, actor, now)
    return len(found)


def used_files(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Files that somebody reviewed or published, or that another record names."""
    names = {one.object_id: one.external_id for one in items}
    rows = RequestFile.objects.filter(pk__in=names)
    free = set(unreferenced(rows).values_list("pk", flat=True))
    judged = Q(is_public=True) | Q(public_file__isnull=False) | ~Q(review_state=ReviewState.PENDING)
    seen = set(rows.filter(judged).values_list("pk", flat=True))
    numbers = dict(rows.values_list("pk", "request__number"))
    return [
        Used(names[key], numbers[key], "reviewed" if key in seen else "named by another record")
        for key in sorted(numbers)
        if key in seen or key not in free
    ]


def take_back_files(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the files of a run with their content; each request's history says that they were taken back."""
    rows = RequestFile.objects.filter(pk__in=[one.object_id for one in items])
    found = list(rows.values_list("pk", "request_id", "request__number"))
    photos = Counter(rows.filter(kind=FileKind.PHOTO).values_list("request_id", flat=True))
    eraser.record(RequestFile, [key for key, _request, _number in found])
    for request, count in photos.items():
        ServiceRequest.objects.filter(pk=request).update(photo_count=F("photo_count") - count)
    _tell(found, "files", run, actor, now)
    return len(found)


def _tell(found: Sequence[tuple[int, int, str]], what: str, run: Any, actor: Actor, now: datetime) -> None:
    counts = Counter((request, number) for _key, request, number in found)
    code = f"service_requests.{what}_taken_back"
    acts = [
        audit.Act(code, OBJECT_TYPE, request, number, after={"count": count, "run": run.pk})
        for (request, number), count in counts.items()
    ]
    audit.record(*acts, actor=actor, now=now)


def used_requests(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Requests of a run that something happened to.

    Raises `Conflict` outside practice: a number is never used twice.
    """
    if not is_practice():
        raise Conflict(
            "Imported requests have numbers, and a number is never used twice: they cannot be taken back.",
            hint="Rehearse the import in practice; docs/admin/migrate.md says how.",
        )
    rows = of_run(run.source, run.started_at)
    touched = touched_since(OBJECT_TYPE, [key for key, _number, _external_id in rows], run.started_at)
    mine = {model for model in apps.get_app_config(ServiceRequest._meta.app_label).get_models()}
    found = ServiceRequest.objects.filter(pk__in=[key for key, _number, _external_id in rows])
    free = set(unreferenced(found, apart_from=mine).values_list("pk", flat=True))
    return [
        Used(external_id, number, touched.get(key, "named by another record"))
        for key, number, external_id in rows
        if key in touched or key not in free
    ]


def take_back_requests(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the requests of a run, in practice; of those that are used none goes, whatever was asked."""
    used = {one.external_id for one in used_requests(run=run, items=items)}
    keys = [key for key, _number, external_id in of_run(run.source, run.started_at) if external_id not in used]
    eraser.record(ServiceRequest, keys)
    eraser.delete(RequestFactChange.objects.filter(request_id__in=keys))
    return len(keys)
