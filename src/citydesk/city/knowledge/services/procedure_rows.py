"""What all acts on procedures share: locking, counting, asking, the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from citydesk.city.knowledge.choices import PROCEDURE
from citydesk.city.knowledge.events import AcceptanceAsked
from citydesk.city.knowledge.models import Procedure, ProcedureAcceptance, ProcedureDepartment
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import NotAllowed, NotFound


def ask(row: Procedure, part: ProcedureDepartment, count: int, now: datetime) -> None:
    """Ask a department to accept the version in force; `count` is how often it was asked before."""
    outbox.publish(AcceptanceAsked(row.pk, row.code, row.number, part.department.code, count), now=now)


def take(part: ProcedureDepartment, number: int, actor: Actor, now: datetime, note: str) -> None:
    """Note that a department accepted a version."""
    part.accepted, part.accepted_at, part.accepted_by_label = number, now, actor.label[:120]
    part.asked_at, part.reminded_at, part.reminder_count = None, None, 0
    part.save()
    ProcedureAcceptance.objects.create(part=part, number=number, at=now, by_label=actor.label[:120], note=note.strip())


def count(row: Procedure) -> None:
    """Keep the two numbers of the list right."""
    behind = Count("pk", filter=Q(accepted__lt=row.number))
    counts = row.departments.filter(left_at__isnull=True).aggregate(all=Count("pk"), behind=behind)
    row.department_count, row.behind_count = counts["all"], counts["behind"]
    row.save(update_fields=["department_count", "behind_count"])


def locked(code: str) -> Procedure:
    """The procedure, locked. Raises `NotFound`."""
    row = Procedure.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such procedure."))
    return row


def part_of(row: Procedure, department: str, access: Access) -> ProcedureDepartment:
    """A department's part, for somebody of that department. Raises `NotFound`, `NotAllowed`."""
    parts = row.departments.select_for_update().filter(left_at__isnull=True)
    part = parts.filter(department__code=department).first()
    if part is None:
        raise NotFound(_("This department does not work by this procedure."))
    if part.department_id not in access.department_ids:
        raise NotAllowed(_("A department speaks for itself alone."))
    return part


def note_act(
    row: Procedure,
    code: str,
    actor: Actor,
    now: datetime,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """An entry of the history."""
    act = audit.Act(f"procedures.{code}", PROCEDURE, row.pk, row.code, after=dict(after or {}), reason=reason)
    audit.record(act, actor=actor, now=now)
