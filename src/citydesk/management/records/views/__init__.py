"""Pages of this room."""

from citydesk.management.records.views.retention import disposal, disposals, hold, holds, home, new_hold, propose

__all__ = ["disposal", "disposals", "hold", "holds", "home", "new_hold", "propose"]
