"""A contact recorded beside a request by a room above, tied to it afterwards in the same transaction."""

from datetime import datetime

from django.db import transaction

from citydesk.contact.service_requests.choices import ContactKind
from citydesk.contact.service_requests.models import RequestContact


def link_contact(*, request_id: int, interaction_id: int, customer_id: int | None, now: datetime) -> None:
    """Note that a contact recorded a request. The caller recorded both just now and has authorised."""
    with transaction.atomic():
        RequestContact.objects.create(
            request_id=request_id,
            interaction_id=interaction_id,
            kind=ContactKind.RECORDED,
            at=now,
            customer_id=customer_id,
        )
