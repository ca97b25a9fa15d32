"""Resolved at the first contact: nobody came again about the same matter within seven days."""

from datetime import timedelta

import pytest

from citydesk.city.customers.tests.factories import make_customer
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.tests.factories import NOON, clerk, make_contact
from citydesk.management.statistics.queries.measure import measure
from citydesk.management.statistics.rules.selection import Selection

DAY = timedelta(days=1)


@pytest.mark.django_db
def test_who_came_again_within_a_week_was_not_helped_at_the_first_contact():
    dana, once, twice = clerk(), make_customer(), make_customer()
    for customer, day in ((once, 0), (twice, 0), (twice, 3), (None, 0), (once, 12)):
        customer_id = customer if isinstance(customer, int) or customer is None else customer.id
        make_contact(dana, now=NOON + day * DAY, customer_id=customer_id)
    interactions.refresh_contact_facts(now=NOON + 15 * DAY)
    found = measure("contacts_first_resolution", Selection(), now=NOON + 15 * DAY).total
    # The second one of who came twice stands; the last is too young to be judged, the nameless one is not counted.
    assert (found.numerator, found.denominator) == (2, 3) and found.value == pytest.approx(200 / 3)
