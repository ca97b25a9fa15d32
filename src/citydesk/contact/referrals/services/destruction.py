"""Destruction of referrals, violations, proofs and deliveries: by their own series, or with the request they are of."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.contact.referrals.choices import (
    OBJECT,
    OBLIGATION,
    OPEN_STATES,
    VIOLATION,
    DeliveryState,
    ViolationState,
)
from citydesk.contact.referrals.models import Delivery, DueDate, Referral, Violation
from citydesk.kernel.destruction import Eraser


def destroy_referrals(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy ended referrals under a signed disposal: what was said, files, letters, the words in the history."""
    with transaction.atomic():
        ended = Referral.objects.filter(pk__in=list(ids)).exclude(state__in=OPEN_STATES)
        keys = list(ended.values_list("pk", flat=True))
        destroy_messages_about(about_type=OBJECT, ids=keys, eraser=eraser, now=now)
        eraser.record(Referral, keys)
        eraser.history(OBJECT, keys)


def destroy_violations(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy closed violations with their evidence."""
    with transaction.atomic():
        rows = Violation.objects.filter(pk__in=list(ids), state=ViolationState.CLOSED)
        keys = list(rows.values_list("pk", flat=True))
        destroy_messages_about(about_type=VIOLATION, ids=keys, eraser=eraser, now=now)
        eraser.record(Violation, keys)
        eraser.history(VIOLATION, keys)


def destroy_dues(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy filed days of obligations with their proofs; the obligation itself is the profile's."""
    with transaction.atomic():
        rows = DueDate.objects.filter(pk__in=list(ids), filed_at__isnull=False)
        keys = list(rows.values_list("pk", flat=True))
        destroy_messages_about(about_type=OBLIGATION, ids=keys, eraser=eraser, now=now)
        eraser.record(DueDate, keys)
        eraser.history(OBLIGATION, keys)


def destroy_deliveries(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy what programs were told, once nothing of it waits."""
    with transaction.atomic():
        eraser.delete(Delivery.objects.filter(pk__in=list(ids)).exclude(state=DeliveryState.WAITING))


def destroy_of_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the referrals of requests that are destroyed, and what programs were told of them.

    A violation is a record of its own: a closed one forgets the request and stays for its own period. What is still
    open points to the request and keeps it whole.
    """
    keys = list(ids)
    with transaction.atomic():
        mine = Referral.objects.filter(request_id__in=keys)
        destroy_referrals(ids=list(mine.values_list("pk", flat=True)), eraser=eraser, now=now)
        eraser.delete(Delivery.objects.filter(request_id__in=keys))
        closed = Violation.objects.filter(request_id__in=keys, state=ViolationState.CLOSED)
        eraser.blank(closed, request=None)
