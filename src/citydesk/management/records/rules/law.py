"""By when a public-records request must be answered, and what copies cost where the city names a rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from citydesk.contact.service_requests.rules import sla
from citydesk.kernel.calendars import BusinessCalendar
from citydesk.management.records.choices import DayUnit


@dataclass(frozen=True)
class Law:
    """The records law of the state as the profile has it."""

    code: str
    days: int
    unit: DayUnit
    calendar: str
    extension_days: int
    most_extensions: int
    citation: str
    per_page: Decimal | None = None
    free_pages: int = 0

    @staticmethod
    def of(code: str, body: Mapping[str, Any]) -> "Law":
        """The law of a profile entry."""
        fee = body.get("fee") or {}
        return Law(
            code,
            int(body["days"]),
            DayUnit(body["unit"]),
            str(body["calendar"]),
            int(body["extension_days"]),
            int(body["most_extensions"]),
            str(body["citation"]),
            Decimal(str(fee["per_page"])) if fee.get("per_page") is not None else None,
            int(fee.get("free_pages") or 0),
        )


def due_at(received: datetime, days: int, unit: DayUnit, calendar: BusinessCalendar) -> datetime:
    """The end of the `days`-th day after the day of receipt: open days end at closing, calendar days at midnight.

    Received on Tuesday 24 November 2026, seven open days with Thanksgiving and the day after closed: Monday 7 December
    2026 at closing time.
    """
    if unit == DayUnit.OPEN:
        return sla.closing_of_day(calendar, received, days)
    last = received.astimezone(calendar.tz).date() + timedelta(days=days + 1)
    return datetime.combine(last, time(), tzinfo=calendar.tz)


def fee_of(pages: int, law: Law) -> Decimal | None:
    """What so many pages cost; None where the city names no rate."""
    if law.per_page is None:
        return None
    return (max(0, pages - law.free_pages) * law.per_page).quantize(Decimal("0.01"))
