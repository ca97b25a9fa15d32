"""What the city profile says on a day. Read from memory; the version in the database is looked at every two seconds."""

from citydesk.city.profile.queries.cached import refresh, snapshot, version
from citydesk.city.profile.queries.entries import (
    calendar,
    city,
    city_today,
    entries,
    entry,
    history_of_entry,
    last_change,
    local_zone,
    open_questions,
)
from citydesk.city.profile.queries.loads import get_load, list_loads, list_provenance, list_sections
from citydesk.city.profile.queries.pages import list_entries, list_periods

__all__ = [
    "calendar",
    "city",
    "city_today",
    "entries",
    "entry",
    "get_load",
    "history_of_entry",
    "last_change",
    "list_entries",
    "list_loads",
    "list_periods",
    "list_provenance",
    "list_sections",
    "local_zone",
    "open_questions",
    "refresh",
    "snapshot",
    "version",
]
