"""Work of the worker. Only here and in commands are the engines loaded."""

from citydesk.management.workforce.tasks.forecasting import (
    correct_today,
    foretell_nightly,
    foretell_queue,
    measure_shrinkage,
)
from citydesk.management.workforce.tasks.life import attendance, lapse_swaps, replan
from citydesk.management.workforce.tasks.solving import solve_schedule

__all__ = [
    "attendance",
    "correct_today",
    "foretell_nightly",
    "foretell_queue",
    "lapse_swaps",
    "measure_shrinkage",
    "replan",
    "solve_schedule",
]
