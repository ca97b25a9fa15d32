"""What a list narrowed by words shows: the newest hits, found without reading all of them.

A word that stands in a tenth of all requests has a hundred thousand hits; to sort them by due time, all of them would
have to be read. Nobody looks for the first of a hundred thousand: the list shows the newest and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.http import QueryDict

from citydesk.kernel.actors import Access
from citydesk.kernel.lists.spec import ListSpec, lists_of

# So many hits are listed and counted: four pages.
MOST = 200
# How far back the newest hits are looked for, in turn: a usual word is found in days, one used now and then in months.
# Each look is bounded by its days and by the words, whichever are fewer rows.
_LOOKS = (timedelta(days=14), timedelta(days=180), None)
# What is open, or held, is listed whole: work must not fall off the end, and the open rows are few.
_WHOLE = ("open", "held")


@dataclass(frozen=True)
class Found:
    """The hits a list shows, and whether there are older ones."""

    ids: tuple[int, ...]
    is_capped: bool

    def among(self, rows: Any) -> Any:
        """These rows alone."""
        return rows.filter(pk__in=self.ids)


def found_by_words(
    spec: ListSpec, rows: Callable[[], Any], asked: QueryDict, *, access: Access, now: datetime
) -> Found | None:
    """The newest of the rows that the filters leave, where words are asked for; None for a list shown whole."""
    if not asked.get("q"):
        return None
    values, _problems = spec.parse(lists_of(asked), access, now)
    if "q" not in values or values.get("show") in _WHOLE:
        return None
    hits = _newest(spec.narrow(rows(), values), now)
    return Found(tuple(hits[:MOST]), len(hits) > MOST)


def _newest(rows: Any, now: datetime) -> list[int]:
    """Ids of the newest rows, one more than are shown."""
    found: list[int] = []
    until: datetime | None = None
    for back in _LOOKS:
        part = rows if until is None else rows.filter(received_at__lt=until)
        # Only the first look may walk from new to old. A word of former years would take the others through the whole
        # table; an order that no index has makes PostgreSQL go by the words.
        by = F("received_at") if until is None else _by_no_index("received_at")
        if back is not None:
            until = now - back
            part = part.filter(received_at__gte=until)
        found += part.order_by(by.desc(), "-id").values_list("pk", flat=True)[: MOST + 1 - len(found)]
        if len(found) > MOST:
            break
    return found


def _by_no_index(field: str) -> Any:
    return ExpressionWrapper(F(field) + Value(timedelta(0)), output_field=DateTimeField())
