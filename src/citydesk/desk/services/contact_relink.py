"""The wrong person was picked: everything that could reach them is stopped, the right one is linked."""

from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence import queries as correspondence_queries
from citydesk.city.correspondence import services as correspondence
from citydesk.contact.interactions import services as interactions
from citydesk.contact.service_requests import services as requests
from citydesk.desk.queries import contact_result
from citydesk.kernel.actors import Access

REQUEST = "service_requests.ServiceRequest"
# States of messages that may have reached somebody.
LEFT = ("sending", "sent", "delivered", "unknown")


def relink_contact(
    *, interaction_id: int, number: str, to_customer_id: int | None, reason: str, access: Access, now: datetime
) -> int:
    """Link a saved contact and its requests to the right person; returns the privacy task's id.

    Unsent messages about the requests are stopped, tracking links are revoked, sent messages are listed in the task.
    Raises `Invalid` without a reason or to the same person, `NotFound`.
    """
    with transaction.atomic():
        result = contact_result.result_of(access=access, number=number, now=now)
        sent = []
        for one in result.requests:
            sent += [
                {"channel": row["channel"], "at": row["settled_at"], "subject": row["subject"], "number": one.number}
                for row in correspondence_queries.list_messages(REQUEST, one.id)
                if row["state"] in LEFT
            ]
            correspondence.stop_unsent(about_type=REQUEST, about_id=one.id, reason=reason, actor=access.actor, now=now)
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
