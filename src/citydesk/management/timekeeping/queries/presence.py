"""When people were at work by their clocks and what was written by hand, for rooms above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from citydesk.management.timekeeping.choices import ClockState
from citydesk.management.timekeeping.models import Clock, TimeEntry


@dataclass(frozen=True)
class ClockedSpan:
    """What somebody's time was from `start` until `end`: a kind of time entry."""

    user_id: int
    kind: str
    start: datetime
    end: datetime


def clocked_spans(*, user_ids: Collection[int], since: datetime, until: datetime, now: datetime) -> list[ClockedSpan]:
    """Time entries that touch a stretch of time, and what a clock that runs has counted until now. Two statements.

    For rooms above, which have authorised; no reason is handed out.
    """
    people = list(user_ids)
    rows = TimeEntry.objects.filter(user_id__in=people, is_effective=True, ends_at__gt=since, starts_at__lt=until)
    columns = ("user_id", "kind", "starts_at", "ends_at")
    found = [ClockedSpan(*row) for row in rows.order_by("user_id", "starts_at").values_list(*columns)]
    running = Clock.objects.filter(user_id__in=people, since__lt=min(until, now)).exclude(state=ClockState.OUT)
    found += [
        ClockedSpan(user, state, start, now)
        for user, state, start in running.values_list("user_id", "state", "since")
        if start is not None
    ]
    return found
