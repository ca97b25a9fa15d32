"""When a record may be destroyed: so many years, months or days after its trigger, or after the end of that year."""

import hashlib
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from citydesk.management.records.choices import Basis

_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Period:
    """How long records of a series are kept, and from where the period runs."""

    years: int = 0
    months: int = 0
    days: int = 0
    basis: Basis = Basis.TRIGGER

    @staticmethod
    def of(body: Mapping[str, Any]) -> "Period":
        """The period of a profile entry."""
        given = body["period"]
        return Period(
            int(given.get("years") or 0),
            int(given.get("months") or 0),
            int(given.get("days") or 0),
            Basis(body.get("basis") or Basis.TRIGGER.value),
        )


def eligible_on(trigger: date, period: Period, *, fiscal_year_starts: int = 1) -> date:
    """The first day on which the record may be destroyed.

    A record closed on 29 February 2024 and kept three years may go on 28 February 2027, the last day that month has;
    by the calendar year, on 1 January 2028.
    """
    start = _start(trigger, period.basis, fiscal_year_starts)
    return _plus_months(start, period.years * 12 + period.months) + timedelta(days=period.days)


def last_trigger_day(today: date, period: Period, *, fiscal_year_starts: int = 1) -> date | None:
    """The latest trigger day whose records may be destroyed today; None when none can be.

    `eligible_on` never falls while the trigger day rises, so the day is found by halving.
    """
    low, high = _EARLIEST.toordinal(), today.toordinal()
    if eligible_on(_EARLIEST, period, fiscal_year_starts=fiscal_year_starts) > today:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if eligible_on(date.fromordinal(middle), period, fiscal_year_starts=fiscal_year_starts) <= today:
            low = middle
        else:
            high = middle - 1
    return date.fromordinal(low)


def digest_of(lines: Iterable[str]) -> str:
    """The digest of a list of records, whatever its order: what an approver signs."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _start(trigger: date, basis: Basis, fiscal_year_starts: int) -> date:
    if basis == Basis.CALENDAR_YEAR:
        return date(trigger.year + 1, 1, 1)
    if basis == Basis.FISCAL_YEAR:
        year = trigger.year if trigger.month < fiscal_year_starts else trigger.year + 1
        return date(year, fiscal_year_starts, 1) if fiscal_year_starts > 1 else date(trigger.year + 1, 1, 1)
    return trigger


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
