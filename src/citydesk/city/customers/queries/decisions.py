"""Cautions that wait for a second person."""

from datetime import datetime

from citydesk.city.customers.choices import CUSTOMERS_APPROVE_CAUTION, CautionState
from citydesk.city.customers.models import Caution
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of


def cautions(access: Access, now: datetime) -> Waiting | None:
    """Cautions that others wrote."""
    me = access.actor.staff_id
    if me is None or not access.may(CUSTOMERS_APPROVE_CAUTION):
        return None
    return oldest_of(Caution.objects.filter(state=CautionState.PROPOSED).exclude(author_id=me), "created_at")
