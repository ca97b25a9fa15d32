"""Looking for customers who are likely one. A sweep compares what changed; people decide."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import PairState
from citydesk.city.customers.models import ContactPoint, Customer, DuplicatePair
from citydesk.city.customers.queries import features_of
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import Conflict, NotFound

# A phone or address shared by more customers than this is a switchboard or a tower, and says nothing.
_MOST_SHARING = 25


def check_duplicates(*, now: datetime, limit: int = 500) -> int:
    """Compare up to `limit` customers that are new or changed with those they share something with; returns how many
    were compared. Pairs a person decided on stay decided."""
    with transaction.atomic():
        ids = list(
            Customer.objects.select_for_update(skip_locked=True)
            .filter(duplicates_checked_at__isnull=True, merged_into__isnull=True)
            .order_by("id")
            .values_list("id", flat=True)[:limit]
        )
        pairs = _candidate_pairs(ids)
        features = features_of({one for pair in pairs for one in pair})
        found = []
        for first, second in sorted(pairs):
            if first not in features or second not in features:
                continue
            likeness = rules.likeness(features[first], features[second])
            if likeness.is_likely:
                reasons = [[str(reason), points] for reason, points in likeness.reasons]
                found.append(
                    DuplicatePair(first_id=first, second_id=second, score=likeness.score, reasons=reasons, found_at=now)
                )
        DuplicatePair.objects.bulk_create(found, ignore_conflicts=True, batch_size=500)
        Customer.objects.filter(id__in=ids).update(duplicates_checked_at=now)
        return len(ids)


def dismiss_pair(*, pair_id: int, actor: Actor, now: datetime) -> None:
    """These two are different people; do not ask again. Raises `NotFound`, `Conflict` if decided."""
    with transaction.atomic():
        pair = DuplicatePair.objects.select_for_update().filter(id=pair_id).first()
        if pair is None:
            raise NotFound(_("There is no such pair."))
        if pair.state != PairState.OPEN:
            raise Conflict(_("Somebody else already decided on these two."))
        DuplicatePair.objects.filter(id=pair_id).update(
            state=PairState.DIFFERENT, decided_at=now, decided_by=actor.label[:120]
        )
        facts = {"other": pair.second_id}
        record(
            Act("customers.found_different", "customers.customer", pair.first_id, after=facts),
            Act("customers.found_different", "customers.customer", pair.second_id, after={"other": pair.first_id}),
            actor=actor,
            now=now,
        )


def _candidate_pairs(ids: list[int]) -> set[tuple[int, int]]:
    """Pairs of customers that share a contact point, each with the smaller id first."""
    mine: dict[tuple[str, str], list[int]] = {}
    points = ContactPoint.objects.filter(ended_at__isnull=True)
    for customer_id, kind, value in points.filter(customer_id__in=ids).values_list("customer_id", "kind", "normalized"):
        mine.setdefault((kind, value), []).append(customer_id)
    sharing: dict[tuple[str, str], set[int]] = {}
    values = {value for _, value in mine}
    rows = points.filter(normalized__in=values).values_list("customer_id", "kind", "normalized")
    for customer_id, kind, value in rows:
        sharing.setdefault((kind, value), set()).add(customer_id)
    return {
        (min(one, other), max(one, other))
        for point, owners in mine.items()
        if len(sharing[point]) <= _MOST_SHARING
        for one in owners
        for other in sharing[point]
        if one != other
    }
