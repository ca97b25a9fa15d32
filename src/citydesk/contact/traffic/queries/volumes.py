"""What came into queues and how long it took, interval by interval and nothing else: what forecasts are made of."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from citydesk.contact.traffic.models import IntervalFact


class Volume(NamedTuple):
    """Contacts offered in an interval, those handled, the seconds they took (talk, hold, work after), hang-ups, and the
    seconds all of them waited."""

    starts_at: datetime
    offered: int
    handled: int
    handle_s: int
    abandoned: int
    wait_s: int


def list_volumes(*, queue_ids: Collection[int], since: datetime, until: datetime) -> dict[int, list[Volume]]:
    """The intervals with traffic that begin from `since` to before `until`, by queue and in order: one statement."""
    found: dict[int, list[Volume]] = {one: [] for one in queue_ids}
    rows = IntervalFact.objects.filter(queue_id__in=list(queue_ids), starts_at__gte=since, starts_at__lt=until)
    taken = F("talk_s") + F("hold_s") + F("acw_s")
    columns = ("queue_id", "starts_at", "offered", "handled", taken, "abandoned", "wait_all_s")
    for queue_id, *values in rows.order_by("queue_id", "starts_at").values_list(*columns):
        found[queue_id].append(Volume(*values))
    return found
