"""The only place that reads the wall clock. Views, tasks and commands call it and hand `now` down."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)
