"""Destruction of complaints whose retention has ended: plans, offers, log, approvals, letters and their words."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.contact.complaints.choices import OBJECT
from citydesk.contact.complaints.models import Complaint
from citydesk.kernel.destruction import Eraser


def destroy_complaints(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy closed complaints under a signed disposal, with all that hangs on them."""
    with transaction.atomic():
        rows = Complaint.objects.filter(pk__in=list(ids), is_open=False)
        keys = list(rows.values_list("pk", flat=True))
        eraser.record(Complaint, keys)
        destroy_messages_about(about_type=OBJECT, ids=keys, eraser=eraser, now=now)
        eraser.history(OBJECT, keys)


def destroy_of_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the complaints of requests that are destroyed. An open one stays, and so does its request."""
    rows = Complaint.objects.filter(request_id__in=list(ids), is_open=False)
    destroy_complaints(ids=list(rows.values_list("pk", flat=True)), eraser=eraser, now=now)
