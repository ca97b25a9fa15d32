"""Service level reached and contacts answered, week by week: sums of interval facts, each by the formula it was counted
under."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import TruncWeek

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.models import IntervalFact
from citydesk.contact.traffic.rules import Ratio, Sums, service_level
from citydesk.contact.traffic.rules.intervals import day_bounds

_LEVEL = ("offered", "answered_within", "short_abandoned", "abandoned_within", "removed_within")
# What a source that tells counts alone must have told, so that a level is made of it.
_NEEDED = ("answered_within", "offered", "short_abandoned", "abandoned_within")


@dataclass(frozen=True, slots=True)
class WeekReached:
    """A queue's week from its Monday: contacts answered, and answered in time of those that count for its formula."""

    queue_id: int
    monday: date
    answered: int
    level: Ratio


def list_reached(*, queue_ids: Collection[int], first: date, last: date) -> list[WeekReached]:
    """Weeks with traffic of days of the city, both in; `first` is a Monday. One statement."""
    zone = profile.local_zone()
    rows = IntervalFact.objects.filter(
        queue_id__in=list(queue_ids),
        starts_at__gte=day_bounds(first, zone).since,
        starts_at__lt=day_bounds(last, zone).until,
    )
    told = Q(told="") | Q(*(Q(told__contains=name) for name in _NEEDED))
    sums = {f"level_{name}": Sum(name, filter=told, default=0) for name in (*_LEVEL, "answered")}
    found: dict[tuple[int, date], WeekReached] = {}
    weeks = rows.annotate(week=TruncWeek("starts_at", tzinfo=zone)).values("queue_id", "week", "formula")
    summed = weeks.annotate(every=Sum("answered"), **sums).order_by("queue_id", "week", "formula")
    for row in map(dict[str, Any], summed):
        counted = Sums(**{name: row[f"level_{name}"] for name in (*_LEVEL, "answered")})
        key = (row["queue_id"], row["week"].date())
        one = found.get(key, WeekReached(*key, 0, Ratio(0, 0)))
        level = one.level + service_level(Formula(row["formula"]), counted)
        found[key] = WeekReached(*key, one.answered + row["every"], level)
    return list(found.values())
