"""What stands in the tables after a page was used: portal's tests enter other rooms by SQL alone."""

from types import SimpleNamespace
from typing import Any

from django.db import connection

REQUESTS = "service_requests_servicerequest"
PEOPLE = "service_requests_follower"
FILES = "service_requests_requestfile"
LINKS = "service_requests_requestcontact"
CONTACTS = "interactions_interaction"
RAW = "interactions_rawintake"


def rows(table: str) -> list[Any]:
    """Every row of a table of these tests, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
        names = [one.name for one in cursor.description]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def only(table: str) -> Any:
    """The one row there is."""
    (row,) = rows(table)
    return row
