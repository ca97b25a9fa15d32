"""The wrong person was picked: everything that could reach them is stopped, the right one is linked."""

from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence import queries as correspondence_queries
from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests import services as requests
from citydesk.desk.queries import contact_result
from citydesk.kernel.actors import Access

ABOUT = "service_requests.request"
# States of messages that may have reached somebody.
LEFT = ("sending", "sent", "delivered", "unknown")


def relink_contact(
    *, interaction_id: int, number: str, to_customer_id: int | None, reason: str, access: Access, now: datetime
) -> int:
    """Link a saved contact and its requests to the right person; returns the privacy task's id.

    Unsent messages to the wrong person are stopped, tracking links are revoked, sent ones are listed in the task.
    Raises `Invalid` without a reason or to the same person, `NotFound`.
    """
    with transaction.atomic():
        result = contact_result.result_of(access=access, number=number, now=now)
        sent = [
            {
                "channel": row["channel"],
                "to": row["address"],
                "at": (row["settled_at"] or row["written_at"]).isoformat(),
                "subject": row["subject"],
                "number": one.number,
            }
            for one in result.requests
            for row in correspondence_queries.list_messages(ABOUT, one.id)
            if row["state"] in LEFT and row["customer_id"] == result.customer_id
        ]
        task_id = interactions.relink(
            interaction_id=interaction_id,
            to_customer_id=to_customer_id,
            reason=reason,
            already_sent=sent,
            access=access,
            now=now,
        )
        requests.relink_contact(
            interaction_id=interaction_id,
            from_customer_id=result.customer_id,
            to_customer_id=to_customer_id,
            now=now,
        )
        return task_id
