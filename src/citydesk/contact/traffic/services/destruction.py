"""Destruction of pairs with the contacts they are of. A leg names no customer and stays."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.contact.traffic.models import LegMatch
from citydesk.kernel.destruction import Eraser


def destroy_of_contacts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the pairs of contacts that are destroyed."""
    with transaction.atomic():
        eraser.delete(LegMatch.objects.filter(interaction_id__in=list(ids)))
