"""What sources told as records whose retention may end: legs and states by days, anomalies one by one.

Deliveries are raw input, kept and destroyed by `interactions`.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import ToldKind
from citydesk.contact.traffic.models import ImportAnomaly, NumbersNote, ToldDay
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.destruction import Due, due_rows


def legs_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Days of legs by their last moment."""
    return _days_due(ToldKind.LEGS, before, after, limit, ids)


def states_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Days of agents' states by their last moment."""
    return _days_due(ToldKind.STATES, before, after, limit, ids)


def anomalies_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Settled anomalies, by when they were settled; an open one is still work."""
    settled = ImportAnomaly.objects.filter(settled_at__isnull=False)
    rows = due_rows(settled, "settled_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, f"{source}: {code} {about}".strip(), at)
        for pk, source, code, about, at in rows.values_list("pk", "source", "code", "about", "settled_at")
        if at is not None
    ]


def notes_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """What people said about their own numbers, by when they wrote it; the words are not in the label."""
    rows = due_rows(NumbersNote.objects.all(), "written_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "user__name", "week", "figure", "written_at")
    return [Due(pk, f"{name}, {week.isoformat()}: {figure}", at) for pk, name, week, figure, at in told]


def _days_due(
    kind: ToldKind, before: datetime, after: tuple[datetime, int] | None, limit: int, ids: Collection[int] | None
) -> list[Due]:
    """A day is over with its last second; the day after it begins a moment later."""
    zone = profile.local_zone()
    rows = ToldDay.objects.filter(kind=kind, day__lte=before.astimezone(zone).date())
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    if after is not None:
        last = after[0].astimezone(zone).date()
        rows = rows.filter(Q(day__gt=last) | Q(day=last, pk__gt=after[1]))
    found = []
    for pk, source, day in rows.order_by("day", "pk").values_list("pk", "source", "day")[:limit]:
        ended = (day_bounds(day, zone).until - timedelta(seconds=1)).astimezone(UTC)
        if ended < before:
            found.append(Due(pk, f"{source} {day.isoformat()}", ended))
    return found
