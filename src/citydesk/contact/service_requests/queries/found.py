"""What a list narrowed by words shows: the newest hits, found without reading all of them.

A word that stands in a tenth of all requests has a hundred thousand hits; to sort them by due time, all of them would
have to be read. Nobody looks for the first of a hundred thousand: the list shows the newest and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.http import QueryDict

from citydesk.contact.service_requests.queries.queue import queue_statements
from citydesk.contact.service_requests.queries.words import by_words, tsquery_of
from citydesk.kernel.actors import Access
from citydesk.kernel.lists import ListSpec, Words, among, filled, key_of, moment
from citydesk.kernel.lists.spec import lists_of
from citydesk.kernel.numbering import parse_number

# So many hits are listed and counted: four pages.
MOST = 200
# How far back the newest hits are looked for first: a usual word is found there, one used now and then in all. The look
# is bounded by its days and by the words, whichever are fewer rows.
_LATELY = timedelta(days=180)
# What is open, or held, is listed whole: work must not fall off the end, and the open rows are few.
_WHOLE = ("open", "held")


@dataclass(frozen=True)
class Found:
    """The hits a list shows, and whether there are older ones."""

    ids: tuple[int, ...]
    is_capped: bool

    def among(self, rows: Any) -> Any:
        """These rows alone."""
        return among(rows, self.ids)


def found_by_words(
    spec: ListSpec, rows: Callable[[], Any], asked: QueryDict, *, access: Access, now: datetime
) -> Found | None:
    """The newest of the rows that the filters leave, where words are asked for; None for a list shown whole."""
    if not asked.get("q"):
        return None
    values, _problems = spec.parse(lists_of(asked), access, now)
    if "q" not in values or values.get("show") in _WHOLE:
        return None
    text = values.pop("q")
    hits = _newest(Search(spec, rows, values, text, access, now))
    return Found(tuple(hits[:MOST]), len(hits) > MOST)


@dataclass(frozen=True)
class Search:
    """One asking: the list's rows, its other filter values, the words."""

    spec: ListSpec
    rows: Callable[[], Any]
    values: dict[str, Any]
    text: str
    access: Access
    now: datetime


def _newest(search: Search) -> list[int]:
    """Ids of the newest rows, one more than are shown."""
    found = _look(search, is_late=True)
    return found if len(found) > MOST else _look(search, is_late=False)


def _look(search: Search, *, is_late: bool) -> list[int]:
    """The newest of the last half-year, or of all.

    The statement is written once for the reader and the filters, but planned for these words: a plan that is kept
    cannot know how frequent they are.
    """
    words = tsquery_of(search.text)
    if not words or parse_number(search.text) is not None:
        rows = by_words(search.spec.narrow(search.rows(), search.values), search.text)
        return list(_ordered(rows, search.now, is_late=is_late).values_list("pk", flat=True))
    key = key_of(search.spec, search.access, search.values, search.spec.sort(search.spec.default_sort))

    def write() -> tuple[str, tuple[Any, ...]]:
        return _written(search, is_late=is_late)

    sql, values = queue_statements(search.now).keep(("found", key, is_late), write) if key else write()
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(values, search.now, {Words: words}))
        return [pk for (pk,) in cursor.fetchall()]


def _written(search: Search, *, is_late: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement of a look, with the words and the moment to be filled in."""
    words = SearchQuery(Words("words"), config="english", search_type="raw")
    rows = search.spec.narrow(search.rows(), search.values).filter(search=words)
    sql, values = _ordered(rows, moment(search.now), is_late=is_late).values_list("pk").query.sql_with_params()
    return sql, tuple(values)


def _ordered(rows: Any, now: datetime, *, is_late: bool) -> Any:
    # Only the look at the last half-year may walk from new to old. A word of former years would take the other through
    # the whole table; an order that no index has makes PostgreSQL go by the words.
    if not is_late:
        return rows.order_by(_shifted(F("received_at"), timedelta(0)).desc(), "-id")[: MOST + 1]
    since = _shifted(Value(now, output_field=DateTimeField()), -_LATELY)
    return rows.filter(received_at__gte=since).order_by("-received_at", "-id")[: MOST + 1]


def _shifted(moment_of: Any, by: timedelta) -> Any:
    return ExpressionWrapper(moment_of + Value(by), output_field=DateTimeField())
