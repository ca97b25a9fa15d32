"""The mark "promise" of a request: how many open promises the contacts about it left."""

from datetime import datetime

from django.db import transaction

from citydesk.contact.interactions import queries as interactions
from citydesk.contact.service_requests.models import RequestContact, ServiceRequest
from citydesk.contact.service_requests.services.acts import tell_pages


def count_promises(*, interaction_id: int, now: datetime) -> int:
    """Count anew for every request that a contact was about; returns how many marks changed. No new version: what an
    editor sees of the request is the same."""
    with transaction.atomic():
        touched = RequestContact.objects.filter(interaction_id=interaction_id).values("request_id")
        rows = ServiceRequest.objects.defer("search").select_for_update(of=("self",)).filter(pk__in=touched)
        changed = 0
        for row in rows.order_by("pk"):
            contacts = RequestContact.objects.filter(request=row, interaction__isnull=False)
            count = interactions.count_open_promises(
                interaction_ids=set(contacts.values_list("interaction_id", flat=True))
            )
            if count != row.promise_count:
                row.promise_count = count
                row.save(update_fields=["promise_count"])
                tell_pages(row)
                changed += 1
        return changed
