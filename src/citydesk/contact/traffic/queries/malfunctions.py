"""Malfunctions: the log, the month in figures, and the time they took from each person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import REPORT, VIEW
from citydesk.contact.traffic.models import Malfunction, SourceAgent
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

_FIELDS = (
    "id", "kind", "what", "started_at", "ended_at", "is_everybody", "user_ids", "queue_codes", "outcome", "version",
)  # fmt: skip


@dataclass(frozen=True)
class KindOfMonth:
    """Malfunctions of one kind within a stretch of time: how many, how long in all, how many still last."""

    kind: str
    count: int
    seconds: int
    lasting: int


@dataclass(frozen=True)
class MalfunctionLine:
    """A malfunction as its page shows and changes it."""

    id: int
    kind: str
    what: str
    started_at: datetime
    ended_at: datetime | None
    is_everybody: bool
    user_ids: tuple[int, ...]
    queue_codes: tuple[str, ...]
    outcome: str
    version: int
    reported_by: str
    reported_at: datetime


def get_malfunction(*, access: Access, malfunction_id: int) -> MalfunctionLine:
    """One malfunction. Raises `NotAllowed`, `NotFound`."""
    access.require(VIEW)
    row = Malfunction.objects.select_related("reported_by").filter(pk=malfunction_id).first()
    if row is None:
        raise NotFound(_("There is no such malfunction."))
    return MalfunctionLine(
        id=row.pk,
        kind=row.kind,
        what=row.what,
        started_at=row.started_at,
        ended_at=row.ended_at,
        is_everybody=row.is_everybody,
        user_ids=tuple(row.user_ids),
        queue_codes=tuple(row.queue_codes),
        outcome=row.outcome,
        version=row.version,
        reported_by=row.reported_by.name if row.reported_by else "",
        reported_at=row.reported_at,
    )


def list_to_report(*, access: Access) -> list[dict[str, Any]]:
    """Malfunctions that last, so that nobody reports one twice; for whoever may report. Raises `NotAllowed`."""
    access.require(REPORT)
    rows = Malfunction.objects.filter(ended_at=None).order_by("-started_at", "-id")
    return [dict(row) for row in rows.values("id", "kind", "what", "started_at")[:50]]


def lost_by_person(*, access: Access, since: datetime, until: datetime, now: datetime) -> dict[int, int]:
    """Seconds lost by everybody whom a switch knows or a malfunction names; those who lost none are left out.

    Raises `NotAllowed`.
    """
    access.require(VIEW)
    named = {one for row in _touching(since, until).values_list("user_ids", flat=True) for one in row}
    agents = SourceAgent.objects.filter(user__is_active=True).values_list("user_id", flat=True)
    people = named | {one for one in agents if one}
    lost = seconds_lost(user_ids=sorted(people), since=since, until=until, now=now)
    return {person: seconds for person, seconds in lost.items() if seconds}


def list_malfunctions(*, access: Access, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Malfunctions that touch a stretch of time, the newest first. Raises `NotAllowed`."""
    access.require(VIEW)
    return [dict(row) for row in _touching(since, until).order_by("-started_at", "-id").values(*_FIELDS)]


def report_malfunctions(*, access: Access, since: datetime, until: datetime, now: datetime) -> list[KindOfMonth]:
    """The same by kind, with their time inside the stretch; one that lasts counts until now. Raises `NotAllowed`."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for row in list_malfunctions(access=access, since=since, until=until):
        end = min(row["ended_at"] or now, until)
        seconds = max(int((end - max(row["started_at"], since)).total_seconds()), 0)
        found.setdefault(row["kind"], []).append((seconds, row["ended_at"] is None))
    return [
        KindOfMonth(kind, len(rows), sum(one for one, _lasts in rows), sum(lasts for _one, lasts in rows))
        for kind, rows in sorted(found.items())
    ]


def seconds_lost(*, user_ids: Collection[int], since: datetime, until: datetime, now: datetime) -> dict[int, int]:
    """Seconds each person could take no contacts because something did not work; overlapping ones count once.

    Unplanned shrinkage takes it from here.
    """
    lost = stretches_lost(user_ids=user_ids, since=since, until=until, now=now)
    return {one: _covered(some) for one, some in lost.items()}


def stretches_lost(
    *, user_ids: Collection[int], since: datetime, until: datetime, now: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each person could take no contacts because something did not work, in order and apart. One statement."""
    stretches: dict[int, list[tuple[datetime, datetime]]] = {one: [] for one in user_ids}
    for row in _touching(since, until).values("started_at", "ended_at", "is_everybody", "user_ids"):
        stretch = (max(row["started_at"], since), min(row["ended_at"] or now, until))
        for one in user_ids if row["is_everybody"] else set(row["user_ids"]) & set(user_ids):
            stretches[one].append(stretch)
    return {one: _apart(some) for one, some in stretches.items()}


def _apart(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(stretches):
        start = max(begin, found[-1][1]) if found else begin
        if end > start:
            found.append((start, end))
    return found


def _covered(stretches: list[tuple[datetime, datetime]]) -> int:
    return int(sum((end - begin for begin, end in stretches), timedelta()).total_seconds())


def _touching(since: datetime, until: datetime) -> Any:
    return Malfunction.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until)
