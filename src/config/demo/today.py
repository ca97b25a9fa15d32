"""The last touches: what a supervisor finds this morning. A bulletin, an absence, a caution, a promise, consents."""

from datetime import datetime, timedelta
from typing import Any

from citydesk.city.customers import services as customers
from citydesk.city.knowledge import services as knowledge
from citydesk.city.profile import queries as profile
from citydesk.city.staff import services as staff
from citydesk.kernel.actors import SYSTEM_ACCESS
from config.demo import told
from config.demo.crew import Office


def make_today(office: Office, residents: list[Any], now: datetime) -> None:
    """What stands on the opening pages of the day the demo was built."""
    today = profile.city_today(now)
    for bulletin in told.stories("bulletin"):
        knowledge.post_bulletin(
            text=bulletin["text"],
            read_aloud=bulletin["read_aloud"],
            service_code=bulletin["service"],
            area=bulletin["area"],
            expires_at=now + timedelta(hours=bulletin["hours"]),
            access=office.supervisor,
            now=now,
        )
    absent = office.clerks[-1].actor.staff_id
    assert absent, "clerks are staff"
    staff.set_absence(
        user_id=absent,
        kind="sick",
        starts_at=now - timedelta(hours=2),
        ends_at=now + timedelta(hours=8),
        access=SYSTEM_ACCESS,
        now=now,
    )
    caution = customers.propose_caution(
        kind="animal",
        text="Dog loose in the yard",
        source="Meter reader",
        expires_on=today + timedelta(days=40),
        today=today,
        address_id=residents[0].home.address_id,
        customer_id=None if residents[0].home.address_id else residents[0].id,
        access=office.clerks[0],
        now=now,
    )
    customers.approve_caution(caution_id=caution, access=office.supervisor, now=now)
