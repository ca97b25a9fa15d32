"""Complaints in figures: opened, decided, on time, appealed, by class; offers by kind. Small cells are hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints.choices import OfferKind, PlanState
from citydesk.contact.complaints.models import Complaint, Offer
from citydesk.kernel.small_cells import hidden

COUNTED = ("opened", "decided", "on_time", "appealed")


@dataclass(frozen=True)
class ClassFigures:
    """`rows`: a class each, `{code, opened, decided, on_time, appealed}`, None where a count is hidden; `offers`:
    `(kind, count, sum)`. `small` is the profile's number; `is_hidden` tells that something is."""

    rows: list[dict[str, Any]]
    total: dict[str, int | None]
    offers: list[tuple[str, int | None, Any]]
    small: int
    is_hidden: bool


def figures(*, first: date, last: date, sees_small: bool) -> ClassFigures:
    """Complaints opened on the days `first` to `last`, both included, and what became of them.

    Of few complaints even their number may name somebody: without `sees_small` counts under the profile's number are
    hidden, and the next smallest where the total would tell them. Two statements.
    """
    zone = profile.local_zone()
    start = datetime.combine(first, time(), tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    of_days = Q(opened_at__gte=start, opened_at__lt=end)
    rows = [dict(row) for row in _by_class(of_days)]
    offers = _by_kind(start, end)
    total: dict[str, int | None] = {name: sum(row[name] for row in rows) for name in COUNTED}
    small = profile.city(last).small_cell
    if sees_small:
        return ClassFigures(rows, total, offers, small, False)
    is_hidden = [_hide(rows, name, small) for name in COUNTED]
    for name in COUNTED:
        if hidden([total[name]], small)[0]:
            total[name], is_hidden = None, [True]
    kept = hidden([count for _kind, count, _sum in offers], small)
    shown = [
        (kind, None, None) if hides else (kind, n, sum_) for (kind, n, sum_), hides in zip(offers, kept, strict=True)
    ]
    return ClassFigures(rows, total, shown, small, any([*is_hidden, *kept]))


def _by_class(of_days: Q) -> Any:
    return (
        Complaint.objects.filter(of_days)
        .order_by("class_code")
        .values(code=F("class_code"))
        .annotate(
            opened=Count("pk"),
            decided=Count("pk", filter=Q(decided_at__isnull=False)),
            on_time=Count("pk", filter=Q(decided_at__lte=F("due_at"))),
            appealed=Count("pk", filter=Q(appealed_at__isnull=False)),
        )
    )


def _by_kind(start: datetime, end: datetime) -> list[tuple[str, int | None, Any]]:
    given = Offer.objects.filter(plan__state=PlanState.APPROVED, plan__complaint__opened_at__gte=start)
    rows = given.filter(plan__complaint__opened_at__lt=end).order_by().values("kind")
    found: Mapping[str, Any] = {row["kind"]: row for row in rows.annotate(n=Count("pk"), paid=Sum("amount"))}
    return [(one.value, found[one]["n"], found[one]["paid"]) for one in OfferKind if one in found]


def _hide(rows: list[dict[str, Any]], name: str, small: int) -> bool:
    hides = hidden([row[name] for row in rows], small)
    for row, is_small in zip(rows, hides, strict=True):
        if is_small:
            row[name] = None
    return any(hides)
