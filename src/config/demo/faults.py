"""What did not work at the desk in the last weeks, and one thing that does not work yet."""

from datetime import datetime, time, timedelta
from typing import Any

from citydesk.contact.traffic import services
from citydesk.contact.traffic.choices import MalfunctionKind

# Days before the end, begin, minutes (None: it lasts), kind, what, who of the desk (none: everybody), what it was.
FAULTS = (
    (19, time(10, 12), 42, MalfunctionKind.TELEPHONE, "The lines do not ring, callers hear silence", (),
     "The carrier's trunk was down; they restarted it."),
    (11, time(14, 5), 75, MalfunctionKind.NETWORK, "Desks at the window have no network", (1, 2),
     "A switch under the floor had lost its power."),
    (4, time(9, 30), 25, MalfunctionKind.SOFTWARE, "The map stays gray", (0,), "The graphics driver was renewed."),
    (0, time(0, 0), None, MalfunctionKind.EQUIPMENT, "Headset crackles, callers ask to repeat", (3,), ""),
)  # fmt: skip


def make_faults(year: Any) -> None:
    """Report each as somebody of the desk, and end it as the supervisor."""
    clerks, boss = year.office.clerks, year.office.supervisor
    for days, begin, minutes, kind, what, who, outcome in FAULTS:
        on = (year.end - timedelta(days=days)).astimezone(year.zone).date()
        at = datetime.combine(on, begin, year.zone) if minutes else year.end - timedelta(minutes=50)
        people = [clerks[one % len(clerks)].actor.staff_id for one in who]
        facts = services.MalfunctionFacts(kind=kind, what=what, started_at=at, is_everybody=not who, user_ids=people)
        told = at + timedelta(minutes=4)
        key = services.report_malfunction(
            facts=facts, access=boss if not who else clerks[who[0] % len(clerks)], now=told
        )
        if minutes:
            ended = at + timedelta(minutes=minutes)
            services.end_malfunction(
                malfunction_id=key, ended_at=ended, outcome=outcome, access=boss, now=ended + timedelta(minutes=2)
            )
