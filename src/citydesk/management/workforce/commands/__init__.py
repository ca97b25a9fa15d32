"""`citydesk staff`, `citydesk forecast`, `citydesk roster`: the engines from the command line, without a database row.

Exit codes: 0 done, 1 it ran and found problems, 2 wrong use, 3 the input was refused.
"""

from typing import Any

from citydesk.management.workforce.commands import forecast, roster, staffing


def register(subparsers: Any) -> None:
    """Add the room's commands; each lives in a file of its own."""
    staffing.register(subparsers)
    forecast.register(subparsers)
    roster.register(subparsers)
