"""Destruction of public-records requests whose own retention has ended: copies, marks, packages, letters."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.kernel.destruction import Eraser
from citydesk.management.records.choices import REQUEST_TYPE, RequestState
from citydesk.management.records.models import RecordsRequest


def destroy_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy closed requests under a signed disposal, with the copies they hold and what was handed over."""
    with transaction.atomic():
        rows = RecordsRequest.objects.filter(pk__in=list(ids), state=RequestState.CLOSED)
        keys = list(rows.values_list("pk", flat=True))
        destroy_messages_about(about_type=REQUEST_TYPE, ids=keys, eraser=eraser, now=now)
        eraser.record(RecordsRequest, keys)
        eraser.history(REQUEST_TYPE, keys)
