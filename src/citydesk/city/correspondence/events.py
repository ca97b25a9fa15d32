"""Facts this room publishes."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MessageNotDelivered:
    """A message failed for good, or its outcome is unknown."""

    name: ClassVar[str] = "correspondence.MessageNotDelivered"
    message_id: int
    state: str
    about_type: str
    about_id: int


@dataclass(frozen=True)
class ConsentRevoked:
    """A telephone number said STOP."""

    name: ClassVar[str] = "correspondence.ConsentRevoked"
    consent_id: int
