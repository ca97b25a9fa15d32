"""Decisions of this room: when a record may go, who is held, which sections the profile has."""

from citydesk.management.records.rules.holds import Hold, Matter, held_by
from citydesk.management.records.rules.periods import Period, digest_of, eligible_on, last_trigger_day

__all__ = ["Hold", "Matter", "Period", "digest_of", "eligible_on", "held_by", "last_trigger_day"]
