"""What a department does with a shared procedure: accept a version, differ at a step; and being asked again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from citydesk.city.knowledge import rules
from citydesk.city.knowledge.choices import WRITE_PROCEDURES, DifferenceKind
from citydesk.city.knowledge.models import Difference, Procedure, ProcedureDepartment
from citydesk.city.knowledge.services.procedure_rows import ask, count, locked, note_act, part_of, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound


def accept_version(*, code: str, department: str, number: int, note: str = "", access: Access, now: datetime) -> None:
    """A department takes the version in force as its own. Raises `NotAllowed` for others, `Conflict` for old ones."""
    access.require(WRITE_PROCEDURES)
    with transaction.atomic():
        row = locked(code)
        part = part_of(row, department, access)
        if number != row.number or not row.number:
            raise Conflict(_("Another version is in force now. Read it first."))
        if part.accepted == number:
            raise Conflict(_("This was accepted before."))
        take(part, number, access.actor, now, note)
        count(row)
        note_act(row, "accepted", access.actor, now, {"department": department, "version": number}, note.strip())


def set_difference(
    *,
    code: str,
    department: str,
    step: str,
    kind: str,
    text: Mapping[str, str],
    reason: str,
    access: Access,
    now: datetime,
) -> None:
    """Say what a department does otherwise at a step, and why; an empty `kind` takes the difference back.

    It is written against the version the department accepted. Raises `Invalid`, `NotAllowed`, `NotFound`.
    """
    access.require(WRITE_PROCEDURES)
    with transaction.atomic():
        row = locked(code)
        part = part_of(row, department, access)
        own = part.differences.filter(step=step, until__isnull=True)
        before = own.first()
        if not kind:
            if before is None:
                raise NotFound(_("There is no such difference."))
            own.update(until=now)
            note_act(row, "same_again", access.actor, now, {"department": department, "step": step}, reason.strip())
            return
        shared = _step(row, part, step)
        if kind not in list(DifferenceKind):
            raise Invalid(_("Choose what is otherwise."), field=f"kind-{step}")
        words = {language: one.strip() for language, one in text.items() if one.strip()}
        if kind != DifferenceKind.WITHOUT and not words:
            raise Invalid(_("Write what your department does."), field=f"text-{step}")
        if not reason.strip():
            raise Invalid(_("Say why your department does it otherwise."), field=f"reason-{step}")
        own.update(until=now)
        Difference.objects.create(
            part=part,
            step=step,
            kind=kind,
            text={} if kind == DifferenceKind.WITHOUT else words,
            reason=reason.strip()[:300],
            seen=rules.step_digest(shared),
            since=now,
            by_label=access.actor.label[:120],
        )
        note_act(row, "differs", access.actor, now, {"department": department, "step": step}, reason.strip())


def remind_departments(*, now: datetime) -> int:
    """Ask again where a department has not accepted; returns how many were asked."""
    waiting = ProcedureDepartment.objects.select_related("procedure", "department").filter(
        asked_at__isnull=False, left_at__isnull=True, procedure__is_retired=False
    )
    asked = 0
    for part in waiting.order_by("pk"):
        if part.asked_at is None or not rules.is_reminder_due(
            asked_at=part.asked_at,
            reminded_at=part.reminded_at,
            count=part.reminder_count,
            every_days=part.procedure.remind_days,
            now=now,
        ):
            continue
        with transaction.atomic():
            taken = ProcedureDepartment.objects.filter(pk=part.pk, reminder_count=part.reminder_count)
            if taken.update(reminder_count=F("reminder_count") + 1, reminded_at=now):
                ask(part.procedure, part, part.reminder_count + 1, now)
                asked += 1
    return asked


def _step(row: Procedure, part: ProcedureDepartment, step: str) -> Mapping[str, Any]:
    """A step of the version a department works by. Raises `NotFound`."""
    version = row.versions.filter(number=part.accepted or row.number).first()
    found = next((one for one in version.steps if one["key"] == step), None) if version else None
    if found is None:
        raise NotFound(_("The shared text has no such step."))
    return dict(found)
