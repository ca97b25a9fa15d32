"""The payroll file: its lines and its bytes, the same today and in ten years."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.lists import Column, Key, ListSpec, Sort
from citydesk.kernel.lists.export import csv_lines
from citydesk.kernel.numbering import parse_number
from citydesk.management.timekeeping.choices import EXPORT, FILES, SheetState
from citydesk.management.timekeeping.models import Adjustment, PayrollExport, Timesheet
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.rules.weeks import Period, period_of_day

# The heads are codes, not words: the file is for a program, and does not change with the language of who asks.
_HEADS = ("file", "person", "week", "adjusts_week", "kind", "pay_code", "hours", "seconds")
_FOUR = Decimal("0.0001")
_SPEC = ListSpec(
    code="payroll_file",
    columns=tuple(Column(code=code, label=code) for code in _HEADS),
    sorts=(Sort("person", "person", (Key("person"),)),),
    default_sort="person",
    filters=(),
    fields=(),
)


@dataclass(frozen=True)
class PayRow:
    """One row of the file. `adjusts` is the locked week that an adjustment is about."""

    person: str
    week: date
    adjusts: date | None
    kind: str
    code: str
    seconds: int

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.person, self.week, self.adjusts or date.min, self.kind, self.code, self.seconds)


def rows_of(sheets: Iterable[Timesheet], adjustments: Mapping[int, list[Adjustment]]) -> list[PayRow]:
    """The rows of sheets with the adjustments they carry, in the file's order."""
    found = []
    for sheet in sheets:
        found += [_row(sheet, None, line) for line in sheet.lines]
        for one in adjustments.get(sheet.pk, []):
            found += [_row(sheet, one.of_week, line) for line in one.lines]
    return sorted(found, key=lambda one: one.order)


def _row(sheet: Timesheet, adjusts: date | None, line: dict[str, Any]) -> PayRow:
    return PayRow(sheet.person_code, sheet.week_start, adjusts, line["kind"], line["code"], line["seconds"])


def bytes_of(number: str, rows: Iterable[PayRow], access: Access) -> bytes:
    """The file: CSV with a byte order mark; hours with four decimals beside the exact seconds."""
    values = (
        [
            number,
            one.person,
            one.week,
            one.adjusts,
            one.kind,
            one.code,
            (Decimal(one.seconds) / 3600).quantize(_FOUR),
            one.seconds,
        ]
        for one in rows
    )
    return "".join(csv_lines(_SPEC, values, access)).encode("utf-8")


def digest_of(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def adjustments_of(sheet_ids: Iterable[int]) -> dict[int, list[Adjustment]]:
    """Adjustments by the sheet that carries them. One statement."""
    found: dict[int, list[Adjustment]] = {}
    for one in Adjustment.objects.filter(sheet_id__in=list(sheet_ids)).order_by("id"):
        found.setdefault(one.sheet_id, []).append(one)
    return found


def export_file(access: Access, number: str, *, now: datetime) -> tuple[str, bytes]:
    """A payroll file again, byte for byte: (its name, its content); the reading is logged.

    Raises `NotFound`; `RuntimeError` where the rows no longer give the bytes that were handed over, which the database
    does not let happen.
    """
    if not access.may(FILES):
        raise NotFound(_("There is no such payroll file."))
    row = PayrollExport.objects.filter(number=parse_number(number) or "").first()
    if row is None:
        raise NotFound(_("There is no such payroll file."))
    sheets = list(Timesheet.objects.filter(export=row))
    content = bytes_of(row.number, rows_of(sheets, adjustments_of([one.pk for one in sheets])), access)
    if digest_of(content) != row.digest:
        raise RuntimeError(f"{row.number} is not what was handed over")
    audit.record_read(object_type=EXPORT, object_id=row.pk, purpose="file", actor=access.actor, now=now)
    return f"{row.number}.csv", content


@dataclass(frozen=True)
class PayrollPage:
    """A pay period: how many sheets stand where, who has approved ones, and the files made so far."""

    period: Period
    counts: dict[str, int]
    approved: list[dict[str, Any]]
    exports: list[dict[str, Any]]
    previous: date
    following: date


def payroll_page(access: Access, day: date) -> PayrollPage:
    """The pay period of a day for the pay office. Raises `NotFound` without the right."""
    if not access.may(FILES):
        raise NotFound(_("There is nothing here."))
    period = period_of_day(day, policy_on(day))
    inside = Q(week_start__in=period.weeks)
    counts = dict(Timesheet.objects.filter(inside).values_list("state").annotate(n=Count("id")).order_by())
    approved = Timesheet.objects.filter(inside, state=SheetState.APPROVED).order_by("user__name", "week_start")
    exports = PayrollExport.objects.filter(first_day=period.first_day).annotate(people=Count("sheets"))
    return PayrollPage(
        period,
        {state.value: counts.get(state.value, 0) for state in SheetState},
        [*map(dict, approved.values("id", "user__name", "week_start", "approved_by__name"))],
        [*map(dict, exports.values("number", "made_at", "made_by__name", "lines", "people", "digest"))],
        date.fromordinal(period.first_day.toordinal() - 1),
        date.fromordinal(period.last_day.toordinal() + 1),
    )


def last_period(now: datetime) -> Period:
    """The pay period that ended last."""
    today = profile.city_today(now)
    current = period_of_day(today, policy_on(today))
    return period_of_day(date.fromordinal(current.first_day.toordinal() - 1), policy_on(today))
