"""Destruction of work orders whose retention has ended."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.contact.work_orders.models import WorkOrder
from citydesk.kernel.destruction import Eraser


def destroy_work_orders(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy work orders with their lines, checklists and photos, under a signed disposal."""
    with transaction.atomic():
        eraser.record(WorkOrder, list(ids))
        eraser.history("work_orders.work_order", list(ids))
