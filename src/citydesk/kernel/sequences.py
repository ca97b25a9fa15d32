"""Counters for human numbers. A PostgreSQL sequence per series and year: gaps happen, a number never comes twice."""

from django.db import connection

from citydesk.kernel.numbering import format_number


def next_number(series: str, year: int) -> str:
    """The next number of a series in a year, e.g. `SR-26-000123-K`. Never reused, even if the transaction fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT citydesk_next_number(%s, %s)", [series, year])
        return format_number(series, year, cursor.fetchone()[0])
