"""A saved contact turned out to belong to somebody else: its requests follow, the wrong person's link ends."""

from datetime import datetime

from django.db import transaction

from citydesk.city.customers import queries as customers
from citydesk.contact.service_requests.choices import ContactKind
from citydesk.contact.service_requests.models import RequestContact
from citydesk.contact.service_requests.services.acts import take
from citydesk.contact.service_requests.services.corrections import relink
from citydesk.contact.service_requests.services.intake import Person
from citydesk.kernel.actors import SYSTEM_ACCESS


def relink_contact(
    *, interaction_id: int, from_customer_id: int | None, to_customer_id: int | None, now: datetime
) -> int:
    """Put the requests a contact recorded with the right person; returns how many changed. Repeating changes none."""
    ids = RequestContact.objects.filter(interaction_id=interaction_id, kind=ContactKind.RECORDED)
    changed = 0
    for request_id in list(ids.values_list("request_id", flat=True)):
        with transaction.atomic():
            row = take(request_id, SYSTEM_ACCESS)
            if row.customer_id != from_customer_id or row.customer_id == to_customer_id:
                continue
            person = _person(to_customer_id) if to_customer_id is not None else None
            relink(row, person, "the contact was given to another person", SYSTEM_ACCESS.actor, now)
            changed += 1
    return changed


def _person(customer_id: int) -> Person:
    """How the right person is reached, as their own record says."""
    reach = customers.reach_of(customer_id)
    channel, to = "none", ""
    wanted = {"email": "email", "phone": "sms", "postal": "letter"}.get(reach["preferred"], "")
    for name, value in ((wanted, None), ("email", reach["email"]), ("letter", reach["postal"])):
        found = value if value is not None else {"email": reach["email"], "sms": reach["phone"]}.get(name, "")
        if name and found:
            channel, to = name, found
            break
    return Person(reach["name"], channel, to, reach["language"] or "en", customer_id)
