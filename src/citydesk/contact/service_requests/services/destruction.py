"""Destruction of requests whose retention has ended: with all that hangs on them, and what was sent about them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.city.customers.services.destruction import destroy_identities
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import RequestFactChange, ServiceRequest
from citydesk.kernel.destruction import Eraser


def destroy_requests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy requests under a signed disposal. Sums of days and months stay: they name nobody."""
    with transaction.atomic():
        rows = ServiceRequest.objects.filter(pk__in=list(ids), is_open=False)
        keys = list(rows.values_list("pk", flat=True))
        handles = [one for one in rows.values_list("identity_handle", flat=True) if one is not None]
        destroy_messages_about(about_type=OBJECT_TYPE, ids=keys, eraser=eraser, now=now)
        eraser.record(ServiceRequest, keys)
        eraser.delete(RequestFactChange.objects.filter(request_id__in=keys))
        eraser.history(OBJECT_TYPE, keys)
        destroy_identities(handles=handles, eraser=eraser, now=now)
