"""Work of the worker. Only here and in commands are the engines loaded."""

from citydesk.management.workforce.tasks.forecasting import correct_today, foretell_nightly, foretell_queue
from citydesk.management.workforce.tasks.solving import solve_schedule

__all__ = ["correct_today", "foretell_nightly", "foretell_queue", "solve_schedule"]
