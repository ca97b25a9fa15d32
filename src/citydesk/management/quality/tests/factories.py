"""Residents who were asked, for tests of this room and of those above."""

from datetime import datetime

from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.interactions.tests.factories import clerk, make_contact
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.queries.tracked import get_first_contact
from citydesk.contact.service_requests.services.linking import link_contact
from citydesk.contact.service_requests.tests.factories import make_request
from citydesk.management.quality import services
from citydesk.management.quality.models import Invitation, Response

__all__ = ["Invitation", "Response", "ask", "link_of", "reported"]


def reported(customer, *, now, **facts):
    """A request of a customer, recorded by a contact of theirs; with the contact's number."""
    customer_id = customer.id if customer else None
    known = requests.Person("Ana Ruiz", "email", "ana@example.org", "es", customer_id)
    made = make_request("pothole", now=now, **{"reporter": known, **facts})
    contact = make_contact(clerk(), now=now, customer_id=customer_id)
    link_contact(request_id=made.id, interaction_id=contact.interaction_id, customer_id=customer_id, now=now)
    return made, contact.number


def link_of(row) -> int:
    """The follower who reported a request: whose link it is."""
    return get_first_contact(row.id).follower_id


def ask(answer: str, *, now: datetime) -> str:
    """A resident whose request is closed, and what they answer (empty: nothing); the number of their first contact."""
    row, number = reported(make_customer(), now=now)
    assert services.invite_after_closing(request_id=row.id, reason="done", now=now)
    if answer:
        services.answer_question(follower_id=link_of(row), answer=answer, language="en", now=now)
    return number
