"""Destruction of customers nobody needs any more, and of confidential identities with the matter they belong to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from citydesk.city.customers.models import ConfidentialIdentity, Customer
from citydesk.city.customers.services.confidential import _close_rows, _open_rows
from citydesk.kernel.destruction import Eraser


def destroy_customers(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy customers under a signed disposal; whoever is still referred to stays (the eraser refuses)."""
    with transaction.atomic():
        eraser.record(Customer, list(ids))
        eraser.history("customers.customer", list(ids))


def destroy_identities(*, handles: Collection[UUID], eraser: Eraser, now: datetime) -> None:
    """Destroy who confidential reporters are, with the request that held their handles."""
    if not handles:
        return
    with transaction.atomic():
        _open_rows()
        rows = ConfidentialIdentity.objects.filter(handle__in=list(handles))
        keys = list(rows.values_list("pk", flat=True))
        eraser.delete(ConfidentialIdentity.objects.filter(pk__in=keys))
        _close_rows()
        eraser.history("customers.identity", keys)
