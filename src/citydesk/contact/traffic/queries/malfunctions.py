"""Malfunctions: the log, the month in figures, and the time they took from each person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from citydesk.contact.traffic.choices import VIEW
from citydesk.contact.traffic.models import Malfunction
from citydesk.kernel.actors import Access

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
        KindOfMonth(kind, len(rows), sum(one for one, _ in rows), sum(lasts for _, lasts in rows))
        for kind, rows in sorted(found.items())
    ]


def seconds_lost(*, user_ids: Collection[int], since: datetime, until: datetime, now: datetime) -> dict[int, int]:
    """Seconds each person could take no contacts because something did not work; overlapping ones count once.

    Unplanned shrinkage takes it from here.
    """
    stretches: dict[int, list[tuple[datetime, datetime]]] = {one: [] for one in user_ids}
    for row in _touching(since, until).values("started_at", "ended_at", "is_everybody", "user_ids"):
        stretch = (max(row["started_at"], since), min(row["ended_at"] or now, until))
        for one in user_ids if row["is_everybody"] else set(row["user_ids"]) & set(user_ids):
            stretches[one].append(stretch)
    return {one: _covered(some) for one, some in stretches.items()}


def _covered(stretches: list[tuple[datetime, datetime]]) -> int:
    total, reached = timedelta(), None
    for begin, end in sorted(stretches):
        start = begin if reached is None else max(begin, reached)
        total += max(end - start, timedelta())
        reached = end if reached is None else max(reached, end)
    return int(total.total_seconds())


def _touching(since: datetime, until: datetime) -> Any:
    return Malfunction.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until)
