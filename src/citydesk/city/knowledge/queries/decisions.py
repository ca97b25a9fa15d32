"""Drafts of articles and versions of procedures that wait for a reader."""

from datetime import datetime

from citydesk.city.knowledge.choices import APPROVE_PROCEDURES, EDIT, WRITE_PROCEDURES, VersionState
from citydesk.city.knowledge.models import ProcedureDepartment, ProcedureVersion
from citydesk.city.knowledge.queries.drafts import drafts_waiting
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of


def drafts(access: Access, now: datetime) -> Waiting | None:
    """Drafts of articles that nobody has published yet."""
    if not access.may(EDIT):
        return None
    return oldest_of(drafts_waiting(), "written_at", "article__code", "language")


def versions(access: Access, now: datetime) -> Waiting | None:
    """Versions of procedures that others wrote."""
    me = access.actor.staff_id
    if me is None or not access.may(APPROVE_PROCEDURES):
        return None
    rows = ProcedureVersion.objects.filter(state=VersionState.WAITING).exclude(written_by_id=me)
    return oldest_of(rows, "written_at", "procedure__code")


def acceptances(access: Access, now: datetime) -> Waiting | None:
    """Versions in force that the reader's own departments have not accepted."""
    if not access.may(WRITE_PROCEDURES):
        return None
    rows = ProcedureDepartment.objects.filter(
        department_id__in=sorted(access.department_ids),
        asked_at__isnull=False,
        left_at__isnull=True,
        procedure__is_retired=False,
    )
    return oldest_of(rows, "asked_at", "procedure__code")
