"""Work of the worker. Only here and in commands are the engines loaded."""

from citydesk.management.workforce.tasks.solving import solve_schedule

__all__ = ["solve_schedule"]
