"""Pairs of customers who are likely one, with the reasons; and the merges there have been."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import CUSTOMERS_MERGE, PairState, PointKind
from citydesk.city.customers.models import ContactPoint, Customer, CustomerMerge, DuplicatePair
from citydesk.city.customers.queries.canonical import ids_of
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class DuplicateLine:
    """A likely duplicate: both sides, the score of 100, and each reason with its points."""

    id: int
    score: int
    reasons: tuple[tuple[str, int], ...]
    first_id: int
    first_number: str
    first_name: str
    second_id: int
    second_number: str
    second_name: str


_COLUMNS = (
    "id",
    "score",
    "reasons",
    "first_id",
    "first__number",
    "first__display_name",
    "second_id",
    "second__number",
    "second__display_name",
)


def list_duplicates(access: Access, *, after: tuple[int, int] | None = None, limit: int = 50) -> list[DuplicateLine]:
    """Open pairs, the likeliest first, in keyset pages: `after` is (score, id) of the last line seen.

    Raises `NotAllowed` without `customers.merge`.
    """
    access.require(CUSTOMERS_MERGE)
    rows = _open_pairs()
    if after:
        score, last = after
        rows = rows.filter(score__lt=score) | rows.filter(score=score, id__gt=last)
    return [_line(row) for row in rows.order_by("-score", "id").values(*_COLUMNS)[:limit]]


def count_duplicates(access: Access) -> int:
    """How many pairs wait for a decision; 0 without the right to decide."""
    return _open_pairs().count() if access.may(CUSTOMERS_MERGE) else 0


def find_duplicates(access: Access, customer_id: int) -> list[DuplicateLine]:
    """Open pairs that one customer is in; none for readers who may not merge."""
    if not access.may(CUSTOMERS_MERGE):
        return []
    family = ids_of(customer_id)
    rows = _open_pairs().filter(first_id__in=family) | _open_pairs().filter(second_id__in=family)
    return [_line(row) for row in rows.order_by("-score", "id").values(*_COLUMNS)[:10]]


def get_pair(access: Access, pair_id: int) -> DuplicateLine:
    """One open pair. Raises `NotAllowed`, `NotFound` if it was decided or either side was merged meanwhile."""
    access.require(CUSTOMERS_MERGE)
    row = _open_pairs().filter(id=pair_id).values(*_COLUMNS).first()
    if row is None:
        raise NotFound(_("There is no such pair."))
    return _line(row)


def likeness_between(first_id: int, second_id: int) -> rules.Likeness:
    """How alike two customers are, on the spot. The caller has authorised sight of both."""
    features = features_of([first_id, second_id])
    return rules.likeness(features.get(first_id, rules.Features()), features.get(second_id, rules.Features()))


def features_of(ids: Iterable[int]) -> dict[int, rules.Features]:
    """What the customers of these ids are compared by; merged ones are left out."""
    wanted = list(ids)
    names = {
        row[0]: (row[1], row[2])
        for row in Customer.objects.canonical().filter(id__in=wanted).values_list("id", "words", "is_anonymous")
    }
    values: dict[int, dict[str, set[str]]] = {one: {kind: set() for kind in PointKind} for one in names}
    points = ContactPoint.objects.filter(customer_id__in=wanted, ended_at__isnull=True)
    for customer_id, kind, normalized in points.values_list("customer_id", "kind", "normalized"):
        if customer_id in values:
            values[customer_id][kind].add(normalized)
    return {
        one: rules.Features(
            name=words,
            emails=frozenset(values[one][PointKind.EMAIL]),
            phones=frozenset(values[one][PointKind.PHONE]),
            addresses=frozenset(values[one][PointKind.POSTAL]),
            is_anonymous=is_anonymous,
        )
        for one, (words, is_anonymous) in names.items()
    }


def list_merges(access: Access, customer_id: int) -> list[dict[str, Any]]:
    """Merges into this customer and its own, newest first: who, when, why, and whether undone."""
    access.require(CUSTOMERS_MERGE)
    family = ids_of(customer_id)
    rows = CustomerMerge.objects.filter(kept_id__in=family) | CustomerMerge.objects.filter(merged_id__in=family)
    return [
        dict(row)
        for row in rows.order_by("-id").values(
            "id",
            "merged_id",
            "merged__number",
            "merged__display_name",
            "kept__number",
            "kept__display_name",
            "reason",
            "merged_at",
            "merged_by",
            "undone_at",
            "undone_by",
            "undo_reason",
        )[:50]
    ]


def _open_pairs() -> Any:
    merged = Customer.objects.filter(merged_into__isnull=False).values("id")
    return DuplicatePair.objects.filter(state=PairState.OPEN).exclude(first_id__in=merged).exclude(second_id__in=merged)


def _line(row: dict[str, Any]) -> DuplicateLine:
    return DuplicateLine(
        id=row["id"],
        score=row["score"],
        reasons=tuple((reason, points) for reason, points in row["reasons"]),
        first_id=row["first_id"],
        first_number=row["first__number"],
        first_name=row["first__display_name"],
        second_id=row["second_id"],
        second_number=row["second__number"],
        second_name=row["second__display_name"],
    )
