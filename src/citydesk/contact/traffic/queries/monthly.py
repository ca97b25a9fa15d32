"""The month of traffic: volume, kinds of contacts, service level by its formula, hang-ups, handle time, transfers,
interpreters, and what of rostered time was lost without a plan. All of it sums; beside it the month before."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Sum
from django.db.models.functions import TruncDay

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.interactions.queries import ContactSums, OfficeReached
from citydesk.contact.traffic.choices import MONTH_REPORT, VIEW, Formula
from citydesk.contact.traffic.models import IntervalFact
from citydesk.contact.traffic.queries.metrics import QueueLine, bounds_of, list_queues
from citydesk.contact.traffic.queries.received import Received, get_received
from citydesk.contact.traffic.rules import CATALOG, FACT_COLUMNS, Ratio, Sums, service_level, value_of
from citydesk.contact.traffic.rules.monthly import Lost
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import registries
from citydesk.kernel.told import values_told

_EVERY = frozenset(FACT_COLUMNS)
# What a source that tells counts alone must have told, so that a level is made of it.
_FOR_LEVEL = frozenset({"answered_within", "offered", "short_abandoned", "abandoned_within"})


@dataclass(frozen=True)
class Part:
    """Sums of some intervals. `known` names the sums that every source told; `level` is the sum of what each interval
    adds by the formula it was counted under, None where a source told too little; `formulas` are (formula, threshold in
    seconds, definition)."""

    sums: Sums = field(default_factory=Sums)
    known: frozenset[str] = _EVERY
    level: Ratio | None = field(default_factory=lambda: Ratio(0, 0))
    formulas: frozenset[tuple[str, int, int]] = frozenset()
    longest_wait_s: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(
            self.sums + other.sums,
            self.known & other.known,
            None if self.level is None or other.level is None else self.level + other.level,
            self.formulas | other.formulas,
            max(self.longest_wait_s, other.longest_wait_s),
        )

    def value(self, code: str) -> Ratio | None:
        """A metric of the catalog; None where a source did not tell it."""
        given = {name: number for name, number in asdict(self.sums).items() if name in self.known}
        try:
            return value_of(CATALOG[code], given)
        except KeyError:
            return None


@dataclass(frozen=True)
class QueueMonth:
    """A queue's month."""

    queue: QueueLine
    part: Part


@dataclass(frozen=True)
class MonthSums:
    """A month: queues with traffic in the profile's order and all of them together, contacts, unplanned shrinkage,
    calls received where a switch told them."""

    month: date
    queues: tuple[QueueMonth, ...]
    whole: Part
    contacts: ContactSums
    lost: Lost
    calls: Received


@dataclass(frozen=True)
class MonthPage:
    """The report of a month beside the one before. `days` are those of all queues, or of `queue` where one is chosen;
    `offices` those that contacts were passed on to, `outside` the codes of those of another body."""

    now: MonthSums
    before: MonthSums
    queue: QueueLine | None
    days: tuple[tuple[date, Part], ...]
    offices: tuple[OfficeReached, ...]
    outside: frozenset[str]
    first: date
    last: date


def get_month(*, access: Access, month: date, queue_code: str = "", now: datetime) -> MonthPage:
    """The month of a day. Raises `NotAllowed`. The same number of statements for a quiet month and a loud one."""
    access.require(VIEW)
    first, last = span_of(month)
    before = first - timedelta(days=1)
    queues = list_queues(only_active=False)
    chosen = next((one for one in queues if one.code == queue_code), None)
    since, until = bounds_of(first, last)
    return MonthPage(
        now=_sums(access, first, queues, now),
        before=_sums(access, before.replace(day=1), queues, now),
        queue=chosen,
        days=tuple(sorted(_days([chosen] if chosen else queues, first, last).items())),
        offices=tuple(interactions.offices_reached(since=since, until=until)),
        outside=staff.outside_offices(),
        first=first,
        last=last,
    )


def span_of(month: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _sums(access: Access, first: date, queues: Iterable[QueueLine], now: datetime) -> MonthSums:
    first, last = span_of(first)
    since, until = bounds_of(first, last)
    found: dict[int, Part] = {}
    for row in _rows(queues, since, until, "queue_id"):
        found[row["queue_id"]] = found.get(row["queue_id"], Part()) + _part(row)
    each = tuple(QueueMonth(one, found[one.id]) for one in queues if one.id in found)
    number = first.year * 100 + first.month
    told = values_told(registries.told.values(), MONTH_REPORT, access=access, object_id=number, now=now)
    return MonthSums(
        month=first,
        queues=each,
        whole=sum((one.part for one in each), Part()),
        contacts=interactions.contact_sums(since=since, until=until),
        lost=sum(told, Lost()),
        calls=get_received(access=access, since=first, until=last),
    )


def _days(queues: Iterable[QueueLine], first: date, last: date) -> dict[date, Part]:
    zone = profile.local_zone()
    found: dict[date, Part] = {}
    for row in _rows(queues, *bounds_of(first, last), "day", day=TruncDay("starts_at", tzinfo=zone)):
        found[row["day"].date()] = found.get(row["day"].date(), Part()) + _part(row)
    return found


def _rows(
    queues: Iterable[QueueLine], since: datetime, until: datetime, by: str, **more: Any
) -> Iterable[dict[str, Any]]:
    rows = IntervalFact.objects.filter(
        queue_id__in=[one.id for one in queues], starts_at__gte=since, starts_at__lt=until
    ).annotate(**more)
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in FACT_COLUMNS}
    by_kind = rows.values(by, "formula", "threshold_s", "definition", "told")
    return map(dict[str, Any], by_kind.annotate(longest=Max("longest_wait_s"), **sums).order_by(by))


def _part(row: Mapping[str, Any]) -> Part:
    sums = Sums(**{name: int(row[f"sum_{name}"]) for name in FACT_COLUMNS})
    known = frozenset(row["told"].split(",")) if row["told"] else _EVERY
    level = service_level(Formula(row["formula"]), sums) if known >= _FOR_LEVEL else None
    formula = (row["formula"], row["threshold_s"], row["definition"])
    return Part(sums, known, level, frozenset({formula}), row["longest"])
