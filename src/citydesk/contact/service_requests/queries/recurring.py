"""Requests as rooms above count what recurs: what changed since a look, and what shares an address, a person, a place.

Nothing confidential, held by a spam brake or closed as a duplicate is ever among what is counted.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from citydesk.city.places.rules import cell_keys, distance_m
from citydesk.contact.service_requests.choices import CloseReason
from citydesk.contact.service_requests.models import ServiceCode, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.queue import FIELDS, QueueRow, prepare
from citydesk.kernel.actors import Access

_COUNTED = "NOT r.is_confidential AND NOT r.is_held AND r.close_reason <> 'duplicate'"
_COLUMNS = (
    "r.id, r.number, r.service_id, r.received_at, r.address_id, r.customer_id, r.lat, r.lon, r.place_label, "
    "r.department_id"
)


class Mark(NamedTuple):
    """How far a look has come: the last change it saw."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Counted:
    """A request as it is counted. `answers` only where they were asked for."""

    id: int
    number: str
    service_code: str
    received_at: datetime
    address_id: int | None
    customer_id: int | None
    lat: float | None
    lon: float | None
    place_label: str
    department_id: int | None
    answers: Mapping[str, Any] | None = None


def changed_since(mark: Mark | None, *, until: datetime, limit: int) -> tuple[list[Counted], Mark | None]:
    """The next requests that were recorded or changed after `mark` and before `until`, and where the look stands then.

    Duplicates are among them: what they were counted under is counted anew. One range of the index on `updated_at`.
    """
    after = "AND (r.updated_at, r.id) > (%(at)s, %(id)s)" if mark else ""
    rows = _rows(
        f"SELECT {_COLUMNS}, r.answers, r.updated_at FROM service_requests_servicerequest r "  # noqa: S608 - names from above
        f"WHERE r.updated_at < %(until)s AND NOT r.is_confidential AND NOT r.is_held {after} "
        "ORDER BY r.updated_at, r.id LIMIT %(limit)s",
        {"until": until, "at": mark and mark.at, "id": mark and mark.id, "limit": limit},
    )
    if not rows:
        return [], mark
    return [_counted(row[:10], row[10]) for row in rows], Mark(rows[-1][11], rows[-1][0])


def at_addresses(
    address_ids: Collection[int], codes: Collection[str], *, since: datetime, least: int, is_same_code: bool
) -> list[Counted]:
    """Requests at those of the addresses that have `least` since then, of one code or of all `codes` (empty: any)."""
    return _sharing("address_id", address_ids, codes, since, least, is_same_code)


def of_customers(
    customer_ids: Collection[int], codes: Collection[str], *, since: datetime, least: int, is_same_code: bool
) -> list[Counted]:
    """Requests of those of the people who made `least` since then."""
    return _sharing("customer_id", customer_ids, codes, since, least, is_same_code)


def near_points(
    points: Iterable[tuple[float, float]], codes: Collection[str], *, radius_m: int, since: datetime
) -> list[Counted]:
    """Requests of the codes in the cells that the radius around any point touches. Ranges of the index by cell."""
    cells = sorted({cell for lat, lon in points for cell in cell_keys(lat, lon, radius_m)})
    if not cells:
        return []
    rows = _rows(
        f"SELECT {_COLUMNS} FROM service_requests_servicerequest r WHERE r.cell = ANY(%(cells)s) "  # noqa: S608
        f"AND r.received_at >= %(since)s AND {_COUNTED} {_of_codes(codes)} ORDER BY r.received_at, r.id",
        {"cells": cells, "since": since, "services": _service_ids(codes)},
    )
    return [_counted(row) for row in rows]


def by_ids(request_ids: Collection[int]) -> list[Counted]:
    """Those of the requests that count, oldest first."""
    rows = _rows(
        f"SELECT {_COLUMNS} FROM service_requests_servicerequest r WHERE r.id = ANY(%(ids)s) AND {_COUNTED} "  # noqa: S608
        "ORDER BY r.received_at, r.id",
        {"ids": sorted(request_ids)},
    )
    return [_counted(row) for row in rows]


def count_same(
    *,
    since: datetime,
    codes: Collection[str] = (),
    address_id: int | None = None,
    customer_ids: Collection[int] | None = None,
    request_ids: Collection[int] | None = None,
) -> list[Counted]:
    """Requests since then with the same address or of the same person (all ids of theirs), or among given ids."""
    asked = Q(received_at__gte=since)
    if address_id is not None:
        asked &= Q(address_id=address_id)
    if customer_ids is not None:
        asked &= Q(customer_id__in=list(customer_ids))
    if request_ids is not None:
        asked &= Q(pk__in=request_ids)
    if codes:
        asked &= Q(service_id__in=_service_ids(codes))
    found = ServiceRequest.objects.filter(asked, is_confidential=False, is_held=False)
    found = found.exclude(close_reason=CloseReason.DUPLICATE).order_by("received_at", "id")
    columns = [name.removeprefix("r.") for name in _COLUMNS.split(", ")]
    return [_counted(row) for row in found.values_list(*columns)]


def meters(row: Counted, lat: float, lon: float) -> float:
    """How far a request is from a point; endless where it has none."""
    return distance_m(row.lat, row.lon, lat, lon) if row.lat is not None and row.lon is not None else float("inf")


def rows_in_sight(access: Access, request_ids: Collection[int], *, limit: int = 50) -> list[QueueRow]:
    """Lines of those of the requests that the reader sees, newest first."""
    rows = ServiceRequest.objects.visible_to(access).filter(pk__in=request_ids)
    return prepare(list(rows.order_by("-received_at", "-id").values(*FIELDS)[:limit]), access)


def service_id_of(code: str) -> int | None:
    """The row of a service code, for foreign keys of rooms above."""
    return ServiceCode.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def service_names(language: str) -> dict[int, str]:
    """Names of the codes by the id of their row."""
    return {row.pk: row.name_in(language) for row in policy.code_rows().values()}


def service_codes() -> dict[int, str]:
    """Codes by the id of their row."""
    return {row.pk: row.code for row in policy.code_rows().values()}


def _sharing(
    column: str, ids: Collection[int], codes: Collection[str], since: datetime, least: int, is_same_code: bool
) -> list[Counted]:
    if not ids:
        return []
    grouped = f"r.{column}, r.service_id" if is_same_code else f"r.{column}"
    joined = f"h.{column} = r.{column}" + (" AND h.service_id = r.service_id" if is_same_code else "")
    where = f"r.{column} = ANY(%(ids)s) AND r.received_at >= %(since)s AND {_COUNTED} {_of_codes(codes)}"
    rows = _rows(
        f"WITH h AS (SELECT {grouped} FROM service_requests_servicerequest r WHERE {where} "  # noqa: S608 - names from above
        f"GROUP BY {grouped} HAVING count(*) >= %(least)s) "
        f"SELECT {_COLUMNS} FROM service_requests_servicerequest r JOIN h ON {joined} WHERE {where} "
        "ORDER BY r.received_at, r.id",
        {"ids": sorted(ids), "since": since, "least": least, "services": _service_ids(codes)},
    )
    return [_counted(row) for row in rows]


def _of_codes(codes: Collection[str]) -> str:
    return "AND r.service_id = ANY(%(services)s)" if codes else ""


def _service_ids(codes: Collection[str]) -> list[int]:
    known = policy.code_rows()
    return sorted(known[code].pk for code in codes if code in known)


def _rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(given))
        return cursor.fetchall()


def _counted(row: Sequence[Any], answers: Any = None) -> Counted:
    codes = policy.kept_for_profile("codes_by_id", service_codes)
    code = codes.get(row[2]) or service_codes().get(row[2], "")
    given = _answers(answers)
    return Counted(row[0], row[1], code, row[3], row[4], row[5], row[6], row[7], row[8], row[9], given)


def _answers(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, str):
        return dict(json.loads(value))
    return value if isinstance(value, Mapping) else None
