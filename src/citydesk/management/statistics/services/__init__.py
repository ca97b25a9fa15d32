"""Commands of statistics."""

from citydesk.management.statistics.services.printing import draw_report, print_report
from citydesk.management.statistics.services.refreshing import compare_facts, refresh_facts

__all__ = ["compare_facts", "draw_report", "print_report", "refresh_facts"]
