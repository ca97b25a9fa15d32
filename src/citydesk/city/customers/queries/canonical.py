"""From a customer somebody referred to, to the customer it is today; and back to all that were merged into one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from citydesk.city.customers.models import Customer


@dataclass(frozen=True)
class CustomerLabel:
    """What other rooms show of a customer in a list: canonical id, number and name."""

    id: int
    number: str
    display_name: str
    language: str


_UPWARDS = """
WITH RECURSIVE chain(start, id, into_id, depth) AS (
  SELECT id, id, merged_into_id, 0 FROM customers_customer WHERE id = ANY(%s)
  UNION ALL
  SELECT chain.start, c.id, c.merged_into_id, chain.depth + 1
  FROM chain JOIN customers_customer c ON c.id = chain.into_id WHERE chain.depth < 50
)
SELECT start, id FROM chain WHERE into_id IS NULL
"""
_DOWNWARDS = """
WITH RECURSIVE family(id, depth) AS (
  SELECT %s::bigint, 0
  UNION ALL
  SELECT c.id, family.depth + 1 FROM family JOIN customers_customer c ON c.merged_into_id = family.id
  WHERE family.depth < 50
)
SELECT DISTINCT id FROM family ORDER BY id
"""
_FAMILIES = """
WITH RECURSIVE family(root, id, depth) AS (
  SELECT id, id, 0 FROM customers_customer WHERE id = ANY(%s)
  UNION ALL
  SELECT family.root, c.id, family.depth + 1 FROM family JOIN customers_customer c ON c.merged_into_id = family.id
  WHERE family.depth < 50
)
SELECT DISTINCT root, id FROM family WHERE depth > 0 ORDER BY root, id
"""


def canonical(customer_id: int) -> int:
    """The id this customer resolves to today: its own unless it was merged. An unknown id comes back as it is."""
    return canonical_many([customer_id]).get(customer_id, customer_id)


def canonical_many(customer_ids: Iterable[int]) -> dict[int, int]:
    """{given id: canonical id} in one statement; unknown ids are left out."""
    ids = list({int(one) for one in customer_ids})
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS, [ids])
        return dict(cursor.fetchall())


def ids_of(customer_id: int) -> list[int]:
    """Every id that resolves to this customer's canonical row, itself included: filter your rows by these, since
    references are not rewritten when customers are merged."""
    with connection.cursor() as cursor:
        cursor.execute(_DOWNWARDS, [canonical(customer_id)])
        return [row[0] for row in cursor.fetchall()]


def families(customer_ids: Iterable[int]) -> dict[int, list[int]]:
    """{canonical id: every id that resolves to it} of the given customers, in two statements; unknown ones left out."""
    roots = set(canonical_many(customer_ids).values())
    found: dict[int, list[int]] = {root: [root] for root in roots}
    if not roots:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, [sorted(roots)])
        for root, one in cursor.fetchall():
            found[root].append(one)
    return found


def labels(customer_ids: Iterable[int]) -> dict[int, CustomerLabel]:
    """{given id: label of its canonical customer}, two statements for any number. The caller has authorised sight."""
    resolved = canonical_many(customer_ids)
    rows = Customer.objects.filter(id__in=set(resolved.values()))
    found = {row[0]: CustomerLabel(*row) for row in rows.values_list("id", "number", "display_name", "language")}
    return {given: found[final] for given, final in resolved.items() if final in found}
