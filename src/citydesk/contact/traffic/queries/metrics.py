"""Metrics of a queue over days: sums of interval facts, each with its definition, formula and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import VIEW, AgentStateKind, Formula, TransferKind
from citydesk.contact.traffic.models import IntervalFact, Queue
from citydesk.contact.traffic.rules import (
    CATALOG,
    FACT_COLUMNS,
    FORMULAS,
    FROM_LEGS,
    Metric,
    Ratio,
    Sums,
    service_level,
    share_of_intervals_met,
    value_of,
)
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

OF_AGENTS = {
    "on_contact_s": (AgentStateKind.ON_CONTACT,),
    "on_hold_s": (AgentStateKind.HOLD,),
    "after_s": (AgentStateKind.ACW,),
    "available_s": (AgentStateKind.AVAILABLE,),
    "ringing_s": (AgentStateKind.RINGING,),
    "logged_s": tuple(one for one in AgentStateKind if one != AgentStateKind.OFFLINE),
}
# Each day that of the people who answered contacts of the queue on it, by whichever source it was told.
_TIME = """
SELECT f.state, sum(f.seconds)
  FROM traffic_statefact f JOIN traffic_sourceagent a ON a.id = f.agent_id
 WHERE f.starts_at >= %(since)s AND f.starts_at < %(until)s
   AND EXISTS (SELECT FROM traffic_queueagent q JOIN traffic_sourceagent b ON b.id = q.agent_id
                WHERE q.queue_id = %(queue)s AND q.day = (f.starts_at AT TIME ZONE %(zone)s)::date
                  AND (b.id = a.id OR b.user_id = a.user_id))
 GROUP BY f.state
"""
_PERCENTILES = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_s) FILTER (WHERE outcome = 'answered'),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY wait_s) FILTER (WHERE outcome = 'answered'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_s), percentile_cont(0.9) WITHIN GROUP (ORDER BY wait_s),
       max(wait_s), count(*) FILTER (WHERE outcome = 'answered' AND transfer_kind = 'blind'),
       count(*) FILTER (WHERE outcome = 'answered' AND transfer_kind = 'attended'),
       count(*) FILTER (WHERE outcome = 'answered' AND transfer_kind = 'unsaid')
  FROM (SELECT outcome, transfer_kind, floor(extract(epoch FROM wait_ended_at - entered_at)) AS wait_s
          FROM traffic_contactleg
         WHERE queue_id = %s AND entered_at >= %s AND entered_at < %s AND is_current AND direction = 'in'
           AND wait_ended_at IS NOT NULL) one
"""


@dataclass(frozen=True)
class QueueLine:
    """A queue in a list, with the name in the reader's language as `name[language]`."""

    id: int
    code: str
    name: dict[str, str]
    channel: str
    formula: str
    target: Decimal
    threshold_s: int
    short_abandon_s: int
    slot_minutes: int


@dataclass(frozen=True)
class Figure:
    """A metric's value as its two numbers; `metric` says what they are. `ratio` None: the sources do not tell it."""

    metric: Metric
    ratio: Ratio | None


@dataclass(frozen=True)
class LevelFigure:
    """Service level by one formula, with the formula's text; `is_chosen` for the queue's own."""

    formula: Formula
    text: str
    ratio: Ratio | None
    is_chosen: bool


@dataclass(frozen=True)
class Slot:
    """An interval with its sums; `told` names the sums that are known, all where it is empty."""

    starts_at: datetime
    minutes: int
    sums: Sums
    longest_wait_s: int
    told: frozenset[str]


@dataclass(frozen=True)
class MetricsPage:
    """What a queue's days come to. `definitions` are the catalog versions and values the facts were counted under."""

    queue: QueueLine
    since: date
    until: date
    sums: Sums
    levels: tuple[LevelFigure, ...]
    met: Ratio
    figures: tuple[Figure, ...]
    waits: Mapping[str, float | None]
    passed_on: Mapping[str, int]
    slots: tuple[Slot, ...]
    definitions: tuple[dict[str, Any], ...]


def list_queues(*, only_active: bool = True) -> list[QueueLine]:
    """The queues in the profile's order."""
    rows = Queue.objects.filter(is_active=True) if only_active else Queue.objects.all()
    return [_line(one) for one in rows]


def get_queue(code: str) -> QueueLine:
    """A queue by its code. Raises `NotFound`."""
    row = Queue.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such queue."))
    return _line(row)


def list_intervals(*, queue_code: str, since: date, until: date) -> list[Slot]:
    """The intervals of a queue from a day to a day (both in, of the city) that had traffic, in order."""
    return [_slot(one) for one in _facts(get_queue(queue_code).id, since, until)]


def get_metrics(*, access: Access, queue_code: str, since: date, until: date) -> MetricsPage:
    """The metrics of a queue over days of the city, both in. Raises `NotAllowed`, `NotFound`.

    Occupancy and utilization are of the people who answered contacts of the queue, each on the days on which they did.
    """
    access.require(VIEW)
    queue = get_queue(queue_code)
    facts = list(_facts(queue.id, since, until))
    slots = tuple(_slot(one) for one in facts)
    total = sum((one.sums for one in slots), Sums())
    known = frozenset(FACT_COLUMNS).intersection(*(one.told for one in slots if one.told))
    given = {name: getattr(total, name) for name in known} | _agents_time(queue.id, since, until)
    formula = Formula(facts[-1].formula) if facts else Formula(queue.formula)
    needed = {"answered_within", "offered", "short_abandoned", "abandoned_within"}
    waits, passed_on = _from_legs(queue.id, since, until)
    return MetricsPage(
        queue=queue,
        since=since,
        until=until,
        sums=total,
        levels=tuple(
            LevelFigure(one, FORMULAS[one], service_level(one, total) if needed <= known else None, one == formula)
            for one in Formula
        ),
        met=share_of_intervals_met(formula, [one.sums for one in slots] if needed <= known else [], queue.target),
        figures=tuple(Figure(one, _ratio(one, given)) for one in CATALOG.values() if one.is_of_queue),
        waits=waits,
        passed_on=passed_on,
        slots=slots,
        definitions=_definitions(facts),
    )


def _ratio(metric: Metric, given: Mapping[str, int]) -> Ratio | None:
    try:
        return value_of(metric, given)
    except KeyError:
        return None


def _facts(queue_id: int, since: date, until: date) -> "QuerySet[IntervalFact]":
    begin, end = bounds_of(since, until)
    rows = IntervalFact.objects.filter(queue_id=queue_id, starts_at__gte=begin, starts_at__lt=end)
    return rows.order_by("starts_at")


def bounds_of(since: date, until: date) -> tuple[datetime, datetime]:
    """Days of the city, both in, as moments."""
    zone = profile.local_zone()
    return day_bounds(since, zone).since, day_bounds(until, zone).until


def _slot(row: IntervalFact) -> Slot:
    return Slot(
        starts_at=row.starts_at,
        minutes=row.minutes,
        sums=Sums(**{name: getattr(row, name) for name in FACT_COLUMNS}),
        longest_wait_s=row.longest_wait_s,
        told=frozenset(filter(None, row.told.split(","))),
    )


def _definitions(facts: list[IntervalFact]) -> tuple[dict[str, Any], ...]:
    names = ("definition", "formula", "threshold_s", "short_abandon_s")
    found = {tuple(getattr(one, name) for name in names) for one in facts}
    return tuple(dict(zip(names, one, strict=True)) for one in sorted(found))


def _agents_time(queue_id: int, since: date, until: date) -> dict[str, int]:
    """Seconds of the queue's people by kind; nothing where nobody told when they were free, so that no metric is made
    of it."""
    begin, end = bounds_of(since, until)
    with connection.cursor() as cursor:
        cursor.execute(_TIME, {"queue": queue_id, "since": begin, "until": end, "zone": str(profile.local_zone())})
        seconds = dict(cursor.fetchall())
    if AgentStateKind.AVAILABLE not in seconds:
        return {}
    return {name: round(sum(seconds.get(one.value, 0) for one in states)) for name, states in OF_AGENTS.items()}


def _from_legs(queue_id: int, since: date, until: date) -> tuple[dict[str, float | None], dict[str, int]]:
    """What only the legs themselves tell: waits that no sum holds, and answered ones passed on by kind."""
    with connection.cursor() as cursor:
        cursor.execute(_PERCENTILES, [queue_id, *bounds_of(since, until)])
        *waits, blind, attended, unsaid = cursor.fetchone()
    told = zip(FROM_LEGS, waits, strict=True)
    found = {name: None if value is None else float(value) for name, value in told}
    kinds = {TransferKind.BLIND: blind, TransferKind.ATTENDED: attended, TransferKind.UNSAID: unsaid}
    return found, {kind.value: some for kind, some in kinds.items()}


def _line(row: Queue) -> QueueLine:
    return QueueLine(
        id=row.pk,
        code=row.code,
        name=dict(row.name),
        channel=row.channel,
        formula=row.sl_formula,
        target=row.sl_target,
        threshold_s=row.sl_threshold_s,
        short_abandon_s=row.short_abandon_s,
        slot_minutes=row.slot_minutes,
    )
