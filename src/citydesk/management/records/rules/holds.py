"""Legal holds: which records must stay, whatever their period says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Hold:
    """What a hold names. All that it names must fit; a hold that names nothing holds everything."""

    number: str
    customer_ids: frozenset[int] = frozenset()
    address_id: int | None = None
    request_number: str = ""
    since: date | None = None
    until: date | None = None
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matter:
    """Whom and what a record concerns, and the day of its trigger."""

    kind: str
    day: date
    customer_ids: frozenset[int] = frozenset()
    address_ids: frozenset[int] = frozenset()
    numbers: frozenset[str] = field(default_factory=frozenset)


def held_by(matter: Matter, holds: Iterable[Hold]) -> str:
    """The number of the first hold the record falls under, else an empty text."""
    return next((hold.number for hold in holds if _fits(matter, hold)), "")


def _fits(matter: Matter, hold: Hold) -> bool:
    return (
        (not hold.kinds or matter.kind in hold.kinds)
        and (not hold.customer_ids or bool(hold.customer_ids & matter.customer_ids))
        and (hold.address_id is None or hold.address_id in matter.address_ids)
        and (not hold.request_number or hold.request_number in matter.numbers)
        and (hold.since is None or matter.day >= hold.since)
        and (hold.until is None or matter.day <= hold.until)
    )
