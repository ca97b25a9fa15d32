"""Names of the room's codes, for the screens of rooms above."""

from citydesk.contact.traffic.labels import MALFUNCTIONS

__all__ = ["MALFUNCTIONS"]
