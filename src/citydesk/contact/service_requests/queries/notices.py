"""What escalations told a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.models import EscalationNotice, ServiceRequest
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class Told:
    """A notice as the opening page shows it."""

    id: int
    number: str
    service: str
    target: str
    percent: int
    due_at: datetime | None
    is_running: bool
    told_at: datetime


def list_told(access: Access, *, language: str, limit: int = 8) -> list[Told]:
    """Notices the reader has not seen, of requests still open that they may see, the newest first. One statement.

    Of the steps of one target only the last: it says what those before it said.
    """
    later = EscalationNotice.objects.filter(clock=OuterRef("clock"), user=OuterRef("user"), step__gt=OuterRef("step"))
    rows = (
        EscalationNotice.objects.visible_to(access)
        .filter(~Exists(later))
        .filter(seen_at=None, request__in=ServiceRequest.objects.visible_to(access).filter(is_open=True))
        .select_related("request__service", "clock")
        .order_by("-id")[:limit]
    )
    return [
        Told(
            row.pk,
            row.request.number,
            row.request.service.name_in(language),
            labels.in_language(row.clock.names, language),
            row.percent,
            row.clock.due_at,
            row.clock.stopped_at is None and row.request.paused_since is None,
            row.told_at,
        )
        for row in rows
    ]
