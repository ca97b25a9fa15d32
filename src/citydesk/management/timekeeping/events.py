"""Facts this room publishes. They carry ids and days, never why somebody is away."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True)
class LeaveGranted:
    """A person will be away from `first` through `last`."""

    name: ClassVar[str] = "timekeeping.LeaveGranted"
    request_id: int
    user_id: int
    first: date
    last: date


@dataclass(frozen=True)
class LeaveCancelled:
    """Leave that was granted will not be taken."""

    name: ClassVar[str] = "timekeeping.LeaveCancelled"
    request_id: int
    user_id: int
    first: date
    last: date
