"""The pages a clerk opens all day, against a minimal page of the same rows."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from tests.bench.cost import Browser, Cost, cost_of
from tests.bench.figures import Figure, at_most

QUEUE_SQL, QUEUE_CPU_MS, QUEUE_TIMES_BARE = 6, 9.0, 2.0
PAGE_SQL, PAGE_CPU_MS = 12, 12.0
ROWS_SHOWN = 50
_SIGNING_IN = re.compile(r'FROM "(django_session|staff_\w+|profile_\w+|kernel_savedview)"')
_BARE_PAGE = """<!doctype html><title>Requests</title><table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>{% for row in others %}<p>{{ row|join(", ") }}</p>{% endfor %}"""

_said: list[tuple[str, Any]] = []


def measure_queue(size: int) -> list[Figure]:
    """The queue of one team by state, 50 rows, soonest due first, as a clerk of that team sees it."""
    show = queue_of_busy_team()
    with listening() as said:
        show()
    if empty := read_empty([sql for sql, _values in said]):
        raise RuntimeError(f"the queue reads {', '.join(empty)}, which this load left empty")
    page = cost_of(show)
    bare = measure_bare([one for one in said if not _SIGNING_IN.search(one[0])])
    print_costs("queue page", page, bare)
    return [
        at_most("queue_statements", page.statements, "statements", QUEUE_SQL, size),
        at_most("queue_cpu", page.cpu_ms, "CPU-ms", QUEUE_CPU_MS, size, floor=bare.cpu_ms),
        at_most("queue_cpu_web", page.web_ms, "CPU-ms", None, size, floor=bare.web_ms),
        at_most("queue_cpu_database", page.database_ms, "CPU-ms", None, size, floor=bare.database_ms),
        at_most("queue_times_bare", page.cpu_ms / bare.cpu_ms, "times", QUEUE_TIMES_BARE, size),
        at_most("queue_wall_p95", page.wall_p95_ms, "ms", None, size),
    ]


def queue_of_busy_team() -> Callable[[], Any]:
    """Asks for that queue again and again."""
    user, team = clerk_of_busy_team()
    browser = Browser(user)
    address = f"/desk/requests/?show=open&team={team}&status=open&sort=due"
    shown = browser.get(address).count(b"data-open href")
    if shown != ROWS_SHOWN:
        raise RuntimeError(f"the queue shows {shown} rows, not {ROWS_SHOWN}")
    return lambda: browser.get(address)


def read_empty(statements: list[str]) -> list[str]:
    """The tables of the load that these statements name and that hold no row: a figure on them would mean nothing."""
    from tests.bench.load import TABLES

    named = [table for table in TABLES if any(re.search(rf"\b{table}\b", sql) for sql in statements)]
    with connection.cursor() as cursor:
        return [one for one in named if not _holds_rows(cursor, one)]


def _holds_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
    return bool(cursor.fetchone()[0])


def measure_request(size: int) -> list[Figure]:
    """The page of an open request of that team, with its timeline, clocks and contact."""
    page = cost_of(requests_of_busy_team())
    print_costs("request page", page)
    return [
        at_most("request_statements", page.statements, "statements", PAGE_SQL, size),
        at_most("request_cpu", page.cpu_ms, "CPU-ms", PAGE_CPU_MS, size),
        at_most("request_cpu_web", page.web_ms, "CPU-ms", None, size),
        at_most("request_cpu_database", page.database_ms, "CPU-ms", None, size),
        at_most("request_wall_p95", page.wall_p95_ms, "ms", None, size),
    ]


def requests_of_busy_team() -> Callable[[], Any]:
    """Asks for one of forty such pages after another."""
    from citydesk.contact.service_requests.models import ServiceRequest

    user, team = clerk_of_busy_team()
    browser = Browser(user)
    rows = ServiceRequest.objects.filter(team_id=team, is_open=True, is_confidential=False)
    numbers = rows.order_by("id").values_list("number", flat=True)[:40]
    addresses = cycle([f"/desk/requests/{number}/" for number in numbers])
    return lambda: browser.get(next(addresses))


def clerk_of_busy_team() -> tuple[Any, int]:
    """(a member of the team with most open requests among those that have members who read requests, the team)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.user_id, r.team_id FROM service_requests_servicerequest r JOIN staff_teammembership m"
            " USING (team_id) JOIN staff_rolegrant g ON g.user_id = m.user_id JOIN staff_role o ON o.id = g.role_id"
            " WHERE r.is_open AND 'service_requests.view' = ANY (o.permissions) AND o.code LIKE 'department%%'"
            " GROUP BY 1, 2 ORDER BY count(DISTINCT r.id) DESC, 1 LIMIT 1"
        )
        user_id, team_id = cursor.fetchone()
    from citydesk.city.staff.models import User

    return User.objects.get(pk=user_id), team_id


def measure_bare(said: list[tuple[str, Any]]) -> Cost:
    """A Django view without middleware that runs these statements and puts every row through Jinja2."""
    _said[:] = said
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF="tests.bench.pages"):
        browser = Browser()
        return cost_of(lambda: browser.get("/bare/"))


def _bare(_request: HttpRequest) -> HttpResponse:
    found = []
    for statement, values in _said:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            found.append(cursor.fetchall() if cursor.description else [])
    most = max(found, key=len)
    return HttpResponse(
        _template().render(rows=most, others=[row for rows in found if rows is not most for row in rows])
    )


def _template() -> Any:
    global _compiled
    if _compiled is None:
        from jinja2 import Environment

        _compiled = Environment(autoescape=True).from_string(_BARE_PAGE)
    return _compiled


_compiled: Any = None
urlpatterns = [path("bare/", _bare)]


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """The statements made inside, with their values."""
    said: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        said.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield said
    if os.environ.get("BENCH_SQL"):
        for sql, _values in said:
            print(f"  {sql[:240]}")


def print_costs(name: str, cost: Cost, bare: Cost | None = None) -> None:
    """A line while the run goes on."""
    words = f"{name}: {cost.statements:.1f} statements, {cost.web_ms:.2f} + {cost.database_ms:.2f} CPU-ms"
    if bare:
        words += f"; bare {bare.statements:.1f} statements, {bare.web_ms:.2f} + {bare.database_ms:.2f}"
    print(words, flush=True)
