"""The last touches: what a supervisor finds this morning. A bulletin, an absence, a caution, a promise, consents."""

from datetime import datetime, timedelta
from typing import Any

from citydesk.city.customers import services as customers
from citydesk.city.knowledge import services as knowledge
from citydesk.city.profile import queries as profile
from citydesk.city.staff import services as staff
from citydesk.kernel.actors import SYSTEM_ACCESS
from config.demo.crew import Office


def make_today(office: Office, residents: list[Any], now: datetime) -> None:
    """What stands on the opening pages of the day the demo was built."""
    today = profile.city_today(now)
    knowledge.post_bulletin(
        text="Power lines down on Elm St, 1100 to 1400. Do not send crews before the utility says so.",
        read_aloud={
            "en": "Lines are down on Elm Street. Stay at least 30 feet away; the utility is on its way.",
            "es": "Hay cables caídos en la calle Elm. Manténgase a diez metros; la compañía va en camino.",
        },
        service_code="tree_down" if "tree_down" in profile.entries("services", today) else "",
        area="Elm St, 1100 to 1400",
        expires_at=now + timedelta(hours=9),
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
