"""Names of the room's codes, for the screens of rooms above."""

from citydesk.contact.interactions.labels import (
    CALLER_CLASSES,
    CHANNELS,
    DIRECTIONS,
    ENDINGS,
    OUTCOMES,
    SETTLED,
    TRANSFER_KINDS,
    TRANSFER_OUTCOMES,
)

__all__ = [
    "CALLER_CLASSES",
    "CHANNELS",
    "DIRECTIONS",
    "ENDINGS",
    "OUTCOMES",
    "SETTLED",
    "TRANSFER_KINDS",
    "TRANSFER_OUTCOMES",
]
