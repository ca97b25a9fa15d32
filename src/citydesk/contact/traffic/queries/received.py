"""Calls received over days: what became of them, beside what the queues were offered, and the rows behind a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDay
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import BEFORE_QUEUE, VIEW, CallEnd
from citydesk.contact.traffic.models import ReceivedCall
from citydesk.contact.traffic.queries.metrics import bounds_of
from citydesk.contact.traffic.rules import CATALOG, NO_CALLS, OF_CALLS, CallSums, Ratio, value_of
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

# Which calls a figure counts above its line; all others count every call.
_ABOVE: Mapping[str, tuple[CallEnd, ...]] = {
    **{f"calls_{one.value}": (one,) for one in CallEnd},
    "before_queue": BEFORE_QUEUE,
    "before_queue_rate": BEFORE_QUEUE,
    "time_before_queue": (CallEnd.QUEUED,),
}
# Legs of the sources that tell calls, by whether a call of theirs is known. Several of one call: offered again.
_LEGS = """
WITH legs AS (
    SELECT l.source, split_part(l.source_id, '|', 1) AS id FROM traffic_contactleg l
      JOIN traffic_queue q ON q.id = l.queue_id AND q.channel = 'voice'
     WHERE l.is_current AND l.direction = 'in' AND l.entered_at >= %(since)s AND l.entered_at < %(until)s
       AND l.source = ANY(%(sources)s)
), calls AS (
    SELECT c.id AS call, c.source, one.id FROM traffic_receivedcall c CROSS JOIN LATERAL unnest(c.ids) AS one(id)
     WHERE c.started_at >= %(since)s - interval '2 hours' AND c.started_at < %(until)s
)
SELECT count(*), count(*) FILTER (WHERE calls.call IS NULL), count(DISTINCT calls.call)
  FROM legs LEFT JOIN calls ON calls.source = legs.source AND calls.id = legs.id
"""


@dataclass(frozen=True)
class OfferedLegs:
    """Legs of calls that the same switches offered to queues: of so many calls, the rest of them offered again; and
    those without a call detail record."""

    legs: int = 0
    alone: int = 0
    calls: int = 0

    @property
    def again(self) -> int:
        return self.legs - self.alone - self.calls


@dataclass(frozen=True)
class Received:
    """Calls received over days, all together and day by day."""

    whole: CallSums = NO_CALLS
    days: Mapping[date, CallSums] = field(default_factory=dict)

    def value(self, code: str) -> Ratio:
        """A metric of calls over all the days."""
        return value_of(CATALOG[code], self.whole.sums)


@dataclass(frozen=True)
class CallRow:
    """A call behind a figure: `before_s` until it entered a queue, None where it did not. Nobody's number is in it."""

    at: datetime
    source: str
    call_id: str
    trunk: str
    end: CallEnd
    lasted_s: int
    before_s: int | None
    above: int
    below: int


@dataclass(frozen=True)
class CallsBehind:
    """A figure of a day with every call it rests on."""

    code: str
    ratio: Ratio
    rows: tuple[CallRow, ...]


def get_received(*, access: Access, since: date, until: date) -> Received:
    """Calls that began on days of the city, both in: one statement. Raises `NotAllowed`."""
    access.require(VIEW)
    zone = profile.local_zone()
    rows = _calls(since, until).annotate(day=TruncDay("started_at", tzinfo=zone))
    sums = {"calls": Count("id"), "trunk": Sum(F("ended_at") - F("started_at")), "before": _greeting()}
    days: dict[date, CallSums] = {}
    counted: Iterable[Any] = rows.values("day", "outcome").annotate(**sums).order_by("day", "outcome")
    for row in counted:
        day = row["day"].date()
        one = CallSums({CallEnd(row["outcome"]): row["calls"]}, _seconds(row["trunk"]), _seconds(row["before"]))
        days[day] = days.get(day, NO_CALLS) + one
    return Received(sum(days.values(), NO_CALLS), days)


def legs_of_calls(*, access: Access, day: date) -> OfferedLegs:
    """The legs of a day that belong to calls, and those that do not: two statements. Raises `NotAllowed`."""
    access.require(VIEW)
    sources = sorted(set(_calls(day, day).values_list("source", flat=True)))
    if not sources:
        return OfferedLegs()
    since, until = bounds_of(day, day)
    with connection.cursor() as cursor:
        cursor.execute(_LEGS, {"since": since, "until": until, "sources": sources})
        return OfferedLegs(*cursor.fetchone())


def calls_behind(*, access: Access, day: date, figure: str) -> CallsBehind:
    """What a figure of a day's calls rests on. Raises `NotAllowed`, `NotFound` for a figure nobody knows."""
    access.require(VIEW)
    if figure not in OF_CALLS:
        raise NotFound(_("Nothing was told of this figure."))
    rows = tuple(
        one for one in map(_row(figure), _calls(day, day).order_by("started_at", "id")) if one.above or one.below
    )
    whole = get_received(access=access, since=day, until=day)
    return CallsBehind(figure, whole.value(figure), rows)


def _row(figure: str) -> Any:
    metric, above = CATALOG[figure], _ABOVE.get(figure, tuple(CallEnd))
    is_mean, is_share = metric.unit == "seconds", bool(metric.denominator)

    def made(one: ReceivedCall) -> CallRow:
        lasted = round((one.ended_at - one.started_at).total_seconds())
        before = None if one.queued_at is None else round((one.queued_at - one.started_at).total_seconds())
        is_in = CallEnd(one.outcome) in above
        adds = (before or 0 if figure == "time_before_queue" else lasted) if is_mean else 1
        below = int(is_in if is_mean else True) if is_share else 0
        return CallRow(
            one.started_at,
            one.source,
            one.call_id,
            one.trunk,
            CallEnd(one.outcome),
            lasted,
            before,
            adds * is_in,
            below,
        )

    return made


def _calls(since: date, until: date) -> QuerySet[ReceivedCall]:
    begin, end = bounds_of(since, until)
    return ReceivedCall.objects.filter(started_at__gte=begin, started_at__lt=end)


def _greeting() -> Any:
    return Sum(F("queued_at") - F("started_at"))


def _seconds(length: timedelta | None) -> int:
    return round(length.total_seconds()) if length else 0
