"""Which cells of a report hold confidential requests, for readers who may not know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from citydesk.kernel.actors import Access
from citydesk.management.statistics.choices import CONFIDENTIAL, FACTS_REQUESTS, VIEW_ALL
from citydesk.management.statistics.queries.measure import columns_of, parameters
from citydesk.management.statistics.rules.asking import Asked
from citydesk.management.statistics.rules.sealed import sealed_counts


@dataclass(frozen=True)
class Sealed:
    """Keys of cells with confidential requests: (kind, key's name, key)."""

    cells: frozenset[tuple[str, str, Any]]

    def holds(self, kind: str, name: str, key: Any) -> bool:
        """Whether a cell counts a confidential request."""
        return (kind, name, key) in self.cells


def may_see_sealed(access: Access) -> bool:
    """Whether a reader may know of every confidential request."""
    return access.may(VIEW_ALL) and access.may(CONFIDENTIAL)


NONE = Sealed(frozenset())


def sealed_in(asked: Asked, now: datetime) -> Sealed:
    """Where confidential requests stand in a report. One statement."""
    text, given = sealed_counts(asked.selection, columns_of(FACTS_REQUESTS), asked.by)
    found: set[tuple[str, str, Any]] = set()
    with connection.cursor() as cursor:
        cursor.execute(text, {**parameters(asked.selection, now), **given})
        for kind, period, code, department, age in cursor.fetchall():
            keys: Mapping[str, Any] = {asked.by: period, "code": code, "department": department, "age": age}
            found |= {(kind, name, key) for name, key in keys.items()}
    return Sealed(frozenset(found))
