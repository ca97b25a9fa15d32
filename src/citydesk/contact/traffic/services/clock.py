"""States that people tell by the clock on their desk, where the office has no switch that knows them."""

from collections.abc import Iterable
from datetime import datetime

from citydesk.contact.traffic.choices import CLOCK
from citydesk.contact.traffic.rules import StateRecord
from citydesk.contact.traffic.services.importing import take_told


def take_states(*, states: Iterable[StateRecord], now: datetime) -> None:
    """Take what people's clocks say, by user name, in the caller's transaction; the same again adds nothing.

    They are a source of their own beside the desk's contacts: a person who is there for contacts and has one in front
    of them is counted once (`agents_time`).
    """
    take_told(told=states, source=CLOCK, now=now)
