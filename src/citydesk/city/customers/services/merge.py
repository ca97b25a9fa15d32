"""Two customers that are one, and the way back. One pointer moves; nothing that refers to either is rewritten."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import PairState
from citydesk.city.customers.events import CustomersMerged, CustomersUnmerged
from citydesk.city.customers.models import Customer, CustomerMerge, DuplicatePair
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.outbox import publish

# One merge at a time: chains are short and merges rare, and so no two of them can close a circle together.
_LOCK = 7_302_114


def merge(*, kept_id: int, merged_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Let `merged_id` resolve to `kept_id` from now on; returns the id everything now resolves to.

    Either may have been merged before: the ends of the two chains are joined. Raises `NotFound`, `Conflict` if they
    are one already, `Invalid` without a reason.
    """
    if not reason.strip():
        raise Invalid(_("Say why these are one."), field="reason")
    with transaction.atomic():
        pointers = _locked_pointers(kept_id, merged_id)
        try:
            source, target = rules.merge_into(merged_id, kept_id, pointers)
        except Conflict as error:
            raise Conflict(_("These two customers are already one.")) from error
        rows = Customer.objects.select_for_update().filter(id__in=(source, target)).order_by("id").in_bulk()
        Customer.objects.filter(id=source).update(merged_into=target, updated_at=now)
        CustomerMerge.objects.create(
            merged_id=source, kept_id=target, reason=reason[:300], merged_at=now, merged_by=actor.label[:120]
        )
        _decide_pairs(source, target, PairState.MERGED, actor, now)
        facts = {"merged": rows[source].number, "kept": rows[target].number}
        record(
            Act("customers.merged", "customers.customer", source, rows[source].number, after=facts, reason=reason),
            Act("customers.merged", "customers.customer", target, rows[target].number, after=facts, reason=reason),
            actor=actor,
            now=now,
        )
        publish(CustomersMerged(merged_id=source, kept_id=target), now=now)
        return target


def unmerge(*, customer_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take a merged customer out again: it stands for itself, with everyone merged into it before.

    Raises `NotFound`, `Conflict` if it is not merged, `Invalid` without a reason.
    """
    if not reason.strip():
        raise Invalid(_("Say why these are two."), field="reason")
    with transaction.atomic():
        _take_lock()
        customer = Customer.objects.select_for_update().filter(id=customer_id).first()
        if customer is None:
            raise NotFound(_("There is no such customer."))
        if customer.merged_into_id is None:
            raise Conflict(_("This customer is not merged."))
        kept_id = customer.merged_into_id
        kept = Customer.objects.get(id=kept_id)
        Customer.objects.filter(id=customer_id).update(merged_into=None, updated_at=now)
        CustomerMerge.objects.filter(merged_id=customer_id, undone_at__isnull=True).update(
            undone_at=now, undone_by=actor.label[:120], undo_reason=reason[:300]
        )
        _decide_pairs(customer_id, kept_id, PairState.DIFFERENT, actor, now)
        facts = {"merged": customer.number, "kept": kept.number}
        record(
            Act("customers.unmerged", "customers.customer", customer_id, customer.number, after=facts, reason=reason),
            Act("customers.unmerged", "customers.customer", kept_id, kept.number, after=facts, reason=reason),
            actor=actor,
            now=now,
        )
        publish(CustomersUnmerged(customer_id=customer_id, was_kept_by_id=kept_id), now=now)


def _take_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _locked_pointers(*ids: int) -> dict[int, int | None]:
    """{id: merged into} along the chains of the given customers. `NotFound` if one of them is unknown."""
    _take_lock()
    pointers: dict[int, int | None] = {}
    wanted = set(ids)
    while wanted:
        rows = dict(Customer.objects.filter(id__in=wanted).values_list("id", "merged_into_id"))
        if set(rows) != wanted:
            raise NotFound(_("There is no such customer."))
        pointers |= rows
        wanted = {into for into in rows.values() if into is not None} - set(pointers)
    return pointers


def _decide_pairs(one: int, other: int, state: PairState, actor: Actor, now: datetime) -> None:
    DuplicatePair.objects.filter(first_id=min(one, other), second_id=max(one, other)).update(
        state=state, decided_at=now, decided_by=actor.label[:120]
    )
