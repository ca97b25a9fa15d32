"""Minutes of interpreters as the desk wrote them down, to hold against a vendor's invoice.

A contact belongs to the month of the city's calendar in which it was received. Sums are of every saved contact, those
in confidence too: the vendor bills them. Of these no single one is listed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import INTERPRETERS, State
from citydesk.contact.interactions.models import Interaction
from citydesk.contact.interactions.models.interaction import SEALED
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import Column, DateRangeFilter, Filter, Key, ListSpec, Sort
from citydesk.kernel.texts import language_name

_LONGEST = 80


@dataclass(frozen=True)
class MinutesLine:
    """What a vendor interpreted in a language in a month. `month` is its first day.

    `unsaid` are contacts whose minutes nobody wrote down, `sealed` those in confidence; both are among `contacts`.
    """

    month: date
    vendor: str
    language: str
    contacts: int
    minutes: int
    unsaid: int
    sealed: int


def list_minutes(access: Access, first: date, last: date, *, vendor: str = "") -> list[MinutesLine]:
    """Sums from the month of `first` through that of `last`, by vendor, month and language. One statement.

    Raises `NotAllowed`.
    """
    access.require(INTERPRETERS)
    zone = profile.local_zone()
    begin, end = (datetime.combine(one, time(), zone) for one in (first.replace(day=1), month_after(last)))
    # What was received in these months was recorded then or later: the index knows only the latter.
    rows = _interpreted().filter(received_at__gte=begin, received_at__lt=end, recorded_at__gte=begin)
    found = (
        (rows.filter(interpreter_vendor=vendor) if vendor else rows)
        .annotate(month=TruncMonth("received_at", tzinfo=zone))
        .values("month", "interpreter_vendor", "language")
        .annotate(
            contacts=Count("pk"),
            minutes=Sum("interpreter_minutes", default=0),
            unsaid=Count("pk", filter=Q(interpreter_minutes=None)),
            sealed=Count("pk", filter=SEALED),
        )
        .order_by("interpreter_vendor", "month", "language")
    )
    return [
        MinutesLine(
            one["month"].date(), one["interpreter_vendor"], one["language"],
            one["contacts"], one["minutes"], one["unsaid"], one["sealed"],
        )
        for one in found
    ]  # fmt: skip


def list_interpreted(access: Access) -> QuerySet[Interaction]:
    """The single contacts behind the sums but those in confidence, for a list page: who took them, when and how long,
    nothing of what was said or by whom. Raises `NotAllowed`."""
    access.require(INTERPRETERS)
    return _interpreted().exclude(SEALED)


def count_sealed(access: Access, values: Mapping[str, Any]) -> int:
    """How many contacts in confidence the filters of the list would hold. Raises `NotAllowed`."""
    access.require(INTERPRETERS)
    return int(INTERPRETED.narrow(_interpreted().filter(SEALED), values).count())


def month_after(day: date) -> date:
    """The first day of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _interpreted() -> QuerySet[Interaction]:
    return Interaction.objects.filter(state=State.SAVED).exclude(interpreter_vendor="")


@dataclass(frozen=True, kw_only=True)
class SameFilter(Filter):
    """Rows whose `field` is exactly what the address says."""

    field: str

    def parse(self, given: Mapping[str, list[str]], access: Access, now: datetime) -> Any:
        return (given.get(self.code) or [""])[-1].replace("\0", "")[:_LONGEST] or None

    def apply(self, rows: Any, value: Any) -> Any:
        return rows.filter(**{self.field: value})

    def words(self, value: Any, options: Iterable[Any]) -> str:
        return language_name(value) if self.field == "language" else str(value)


INTERPRETED = ListSpec(
    code="interactions.interpreted",
    columns=(
        Column(code="received", label=_("Received"), value="received_at", kind="moment"),
        Column(code="vendor", label=_("Vendor"), value="interpreter_vendor"),
        Column(code="language", label=_("Language"), value=lambda row: language_name(row["language"])),
        Column(code="interpreter", label=_("Interpreter's number"), value="interpreter_number"),
        Column(code="minutes", label=_("Minutes"), value="interpreter_minutes", kind="number"),
        Column(code="number", label=_("Contact")),
        Column(code="taken_by", label=_("Taken by"), value="taken_by__name"),
    ),
    sorts=(
        Sort("oldest", _("Oldest first"), (Key("received_at"),)),
        Sort("longest", _("Longest first"), (Key("interpreter_minutes", is_descending=True),)),
    ),
    default_sort="oldest",
    filters=(
        SameFilter(code="vendor", label=_("Vendor"), field="interpreter_vendor"),
        SameFilter(code="language", label=_("Language"), field="language"),
        DateRangeFilter(code="received", label=_("Received"), field="received_at"),
    ),
    fields=(
        *("id", "number", "received_at", "interpreter_vendor", "interpreter_number", "interpreter_minutes"),
        *("language", "taken_by__name"),
    ),
)
