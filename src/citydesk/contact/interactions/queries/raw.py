"""Raw input: one to work, those not worked, and the conservation count."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from citydesk.contact.interactions.choices import RawState
from citydesk.contact.interactions.models import RawIntake
from citydesk.kernel.errors import NotFound
from citydesk.kernel.health import BAD, OK, WARN, State

# The sweep looks every minute at what its request left; what it leaves five times needs a person.
WAITS_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True)
class RawBody:
    id: int
    source: str
    received_at: datetime
    content_type: str
    headers: dict[str, str]
    body: bytes
    state: str
    result_id: int | None
    result_number: str


@dataclass(frozen=True)
class IntakeCounts:
    """received = processed + rejected + quarantined + pending, always: one statement counts them together."""

    received: int
    processed: int
    rejected: int
    quarantined: int
    pending: int

    @property
    def difference(self) -> int:
        return self.received - self.processed - self.rejected - self.quarantined - self.pending


def get_raw(*, raw_id: int) -> RawBody:
    """Raw input for the one who works it (tasks and API of the rooms above). Raises `NotFound`."""
    row = RawIntake.objects.filter(pk=raw_id).first()
    if row is None:
        raise NotFound(_("There is no such raw input."))
    return RawBody(
        id=row.pk,
        source=row.source,
        received_at=row.received_at,
        content_type=row.content_type,
        headers=row.headers,
        body=bytes(row.body),
        state=row.state,
        result_id=row.result_id,
        result_number=row.result_number,
    )


def list_unworked_raw(*, older_than: datetime, limit: int = 200, source: str = "") -> list[dict[str, Any]]:
    """Pending input received before a moment: what a sweep works again after a crash."""
    rows = RawIntake.objects.filter(state=RawState.PENDING, received_at__lt=older_than)
    if source:
        rows = rows.filter(source=source)
    found = rows.order_by("received_at").values("id", "source", "received_at", "content_type")[:limit]
    return [dict(row) for row in found]


def count_raw(*, source: str = "") -> IntakeCounts:
    """The conservation count over all raw input, or one source."""
    rows = RawIntake.objects.filter(source=source) if source else RawIntake.objects.all()
    counts = {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("id"))}
    return IntakeCounts(received=sum(counts.values()), **{state.value: counts.get(state, 0) for state in RawState})


def check_raw(now: datetime) -> State:
    """Health: what came in is taken in within minutes; what could not be read waits where a person sees it."""
    rows = RawIntake.objects.filter(state__in=(RawState.PENDING, RawState.QUARANTINED))
    found = rows.aggregate(
        oldest=Min("received_at", filter=Q(state=RawState.PENDING)),
        quarantined=Count("pk", filter=Q(state=RawState.QUARANTINED)),
    )
    age = max(now - found["oldest"], timedelta(0)) if found["oldest"] else timedelta(0)
    figures = {"oldest_seconds": age.total_seconds(), "quarantined": float(found["quarantined"])}
    if age > WAITS_TOO_LONG:
        return State(
            BAD, gettext_noop("a report was received and has not been taken in for more than 5 minutes"), figures
        )
    if found["quarantined"]:
        return State(WARN, gettext_noop("reports could not be read and wait for a person"), figures)
    return State(OK, "", figures)
