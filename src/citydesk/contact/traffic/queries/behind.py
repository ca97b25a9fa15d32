"""The rows behind a figure of a queue's day: what each adds above the line and below, and what is left out.

Rows are legs; where an interval was told in counts or its legs were destroyed, the interval itself; for time of people
the seconds of all of them together in a state and interval. None of them tells who the caller or the agent was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import VIEW as CONTACTS
from citydesk.contact.traffic.choices import AgentStateKind, LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.models import ContactLeg, IntervalFact
from citydesk.contact.traffic.queries.metrics import OF_AGENTS, MetricsPage, bounds_of, get_metrics
from citydesk.contact.traffic.queries.transfers import reaches_of
from citydesk.contact.traffic.rules import CATALOG, FROM_LEGS, LegRecord, Ratio, adds, range_of, slot_of
from citydesk.contact.traffic.rules.behind import OF_TIME
from citydesk.contact.traffic.rules.counting import count_leg, counted_outcome
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

_COLUMNS = (
    "id", "source", "source_id", "entered_at", "wait_ended_at", "ended_at", "outcome", "talk_s", "hold_s", "acw_s",
    "refusals", "transfer_kind", "match__interaction__number",
)  # fmt: skip
_TIME = """
SELECT f.starts_at, f.state, sum(f.seconds)
  FROM traffic_statefact f JOIN traffic_sourceagent a ON a.id = f.agent_id
 WHERE f.starts_at >= %(since)s AND f.starts_at < %(until)s AND f.state = ANY(%(states)s)
   AND EXISTS (SELECT FROM traffic_queueagent q JOIN traffic_sourceagent b ON b.id = q.agent_id
                WHERE q.queue_id = %(queue)s AND q.day = (f.starts_at AT TIME ZONE %(zone)s)::date
                  AND (b.id = a.id OR b.user_id = a.user_id))
 GROUP BY f.starts_at, f.state ORDER BY f.starts_at, f.state
"""


@dataclass(frozen=True)
class BehindRow:
    """One row. `kind` is "leg", "interval" (its sums alone are left) or "state" (`outcome` is the state then). Seconds
    are None where the row has none; `contact` is the number of the record it was paired with."""

    kind: str
    at: datetime
    source: str
    about: str
    outcome: str
    wait_s: int | None
    talk_s: int | None
    hold_s: int | None
    acw_s: int | None
    above: Decimal | int
    below: Decimal | int
    contact: str = ""


@dataclass(frozen=True)
class Behind:
    """A figure with everything it rests on. `ratio` is None for what is no sum (`wait` then). `left_out` are contacts
    of the day that count neither above nor below, by outcome; `outward` calls the office made, `replaced` records that
    were told anew: neither is counted anywhere. `told_at`: when a source last told one of the rows."""

    code: str
    page: MetricsPage
    ratio: Ratio | None
    wait: float | None
    rows: tuple[BehindRow, ...]
    left_out: tuple[tuple[str, int], ...]
    outward: int
    replaced: int
    told_at: datetime | None
    between: tuple[float, float] | None


def rows_behind(*, access: Access, queue_code: str, day: date, figure: str) -> Behind:
    """What a figure of a queue's day rests on. Raises `NotAllowed`, `NotFound` for a figure nobody knows or of which
    the sources tell nothing."""
    page = get_metrics(access=access, queue_code=queue_code, since=day, until=day)
    known = {one.metric.code: one.ratio for one in page.figures}
    known |= {f"level.{one.formula.value}": one.ratio for one in page.levels}
    ratio = known.get(figure)
    if ratio is None and page.waits.get(figure) is None:
        raise NotFound(_("Nothing was told of this figure."))
    if figure in OF_TIME:
        rows, told = tuple(_time(page, figure)), _Legs((), 0, 0, None)
    else:
        told = _legs(page, figure)
        rows = (*_of_legs(told.rows, page, figure, access), *_of_intervals(page, figure))
    counted = tuple(one for one in rows if one.above or one.below)
    return Behind(
        code=figure,
        page=page,
        ratio=ratio,
        wait=page.waits.get(figure),
        rows=tuple(sorted(counted, key=lambda one: (one.at, one.about))),
        left_out=tuple(sorted(Counter(one.outcome for one in rows if not (one.above or one.below)).items())),
        outward=told.outward,
        replaced=told.replaced,
        told_at=told.told_at,
        between=range_of(figure, ratio) if figure not in FROM_LEGS else None,
    )


@dataclass(frozen=True)
class _Legs:
    rows: tuple[dict[str, Any], ...]
    outward: int
    replaced: int
    told_at: datetime | None


def _legs(page: MetricsPage, figure: str) -> _Legs:
    """Legs of the day, but for those in intervals whose sums stand for themselves."""
    since, until = bounds_of(page.since, page.until)
    told: QuerySet[ContactLeg] = ContactLeg.objects.filter(
        queue_id=page.queue.id, entered_at__gte=since, entered_at__lt=until
    )
    current = list(told.filter(is_current=True).values(*_COLUMNS, "direction", "revised_at"))
    alone = set() if figure in FROM_LEGS else {one.starts_at for one in _alone(page)}
    zone, minutes = profile.local_zone(), page.queue.slot_minutes
    inward = [one for one in current if one["direction"] == "in"]
    return _Legs(
        rows=tuple(one for one in inward if slot_of(one["entered_at"], minutes, zone) not in alone),
        outward=len(current) - len(inward),
        replaced=told.filter(is_current=False).count(),
        told_at=max((one["revised_at"] for one in current), default=None),
    )


def _alone(page: MetricsPage) -> list[IntervalFact]:
    """Intervals that were told in counts, or of which legs were destroyed."""
    since, until = bounds_of(page.since, page.until)
    rows = IntervalFact.objects.filter(queue_id=page.queue.id, starts_at__gte=since, starts_at__lt=until)
    return [one for one in rows if one.told or one.is_final]


def _of_legs(rows: Iterable[dict[str, Any]], page: MetricsPage, figure: str, access: Access) -> Iterator[BehindRow]:
    threshold, short = _values(page)
    names_contacts = access.may(CONTACTS)
    # Only figures of transfers look at it.
    reaches = reaches_of(page.queue.id, *bounds_of(page.since, page.until)) if figure.startswith("transfer_") else {}
    for one in rows:
        leg = _record(one)._replace(transfer_reach=reaches.get(one["id"], TransferReach.UNKNOWN))
        outcome = counted_outcome(leg.outcome, leg.wait_s, short)
        share = _share(leg, outcome, figure, threshold, short)
        yield BehindRow(
            kind="leg",
            at=leg.entered_at,
            source=one["source"],
            about=leg.source_id,
            outcome=outcome.value,
            wait_s=None if leg.wait_ended_at is None else leg.wait_s,
            talk_s=leg.talk_s,
            hold_s=leg.hold_s,
            acw_s=leg.acw_s,
            above=share.numerator,
            below=share.denominator,
            contact=(one["match__interaction__number"] or "") if names_contacts else "",
        )


def _share(leg: LegRecord, outcome: LegOutcome, figure: str, threshold: int, short: int) -> Ratio:
    if figure not in FROM_LEGS:
        return adds(figure, count_leg(leg, threshold_s=threshold, short_abandon_s=short))
    is_in = leg.wait_ended_at is not None and (
        outcome == LegOutcome.ANSWERED or figure.endswith("_all") or figure == "wait_longest"
    )
    return Ratio(leg.wait_s, 1) if is_in else Ratio(0, 0)


def _record(row: dict[str, Any]) -> LegRecord:
    return LegRecord(
        source_id=row["source_id"],
        queue="",
        entered_at=row["entered_at"],
        outcome=LegOutcome(row["outcome"]),
        wait_ended_at=row["wait_ended_at"],
        ended_at=row["ended_at"],
        talk_s=row["talk_s"],
        hold_s=row["hold_s"],
        acw_s=row["acw_s"],
        refusals=row["refusals"],
        transfer_kind=TransferKind(row["transfer_kind"]),
    )


def _values(page: MetricsPage) -> tuple[int, int]:
    """Threshold and short-abandon time the day was counted under."""
    if not page.definitions:
        return page.queue.threshold_s, page.queue.short_abandon_s
    last = page.definitions[-1]
    return int(last["threshold_s"]), int(last["short_abandon_s"])


def _of_intervals(page: MetricsPage, figure: str) -> Iterator[BehindRow]:
    if figure in FROM_LEGS:
        return
    alone = {one.starts_at: one for one in _alone(page)}
    for slot in page.slots:
        if slot.starts_at not in alone:
            continue
        share = adds(figure, slot.sums)
        sums = slot.sums
        yield BehindRow(
            "interval", slot.starts_at, "", "", "", None, sums.talk_s, sums.hold_s, sums.acw_s,
            share.numerator, share.denominator,
        )  # fmt: skip


def _time(page: MetricsPage, figure: str) -> Iterator[BehindRow]:
    metric = CATALOG[figure]
    above = {state for name in metric.numerator for state in OF_AGENTS[name]}
    below = {state for name in metric.denominator for state in OF_AGENTS[name]}
    since, until = bounds_of(page.since, page.until)
    given: dict[str, Any] = {
        "since": since,
        "until": until,
        "states": [one.value for one in below],
        "queue": page.queue.id,
        "zone": str(profile.local_zone()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TIME, given)
        found = cursor.fetchall()
    for starts_at, state, seconds in found:
        is_above = AgentStateKind(state) in above
        yield BehindRow("state", starts_at, "", "", state, None, None, None, None, seconds if is_above else 0, seconds)
