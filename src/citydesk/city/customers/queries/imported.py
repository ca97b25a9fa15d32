"""Customers that were imported, by their identifiers in the old system."""

from collections.abc import Collection

from citydesk.city.customers.models import Customer
from citydesk.kernel.imports.runs import find

KIND = "customers"


def ids_imported(*, source: str, external_ids: Collection[str]) -> dict[str, int]:
    """Identifier in the old system -> id here, for those that came and are still here. For other imports."""
    came = {external_id: one.object_id for external_id, one in find(KIND, source, external_ids).items()}
    here = set(Customer.objects.filter(pk__in=came.values()).values_list("pk", flat=True))
    return {external_id: key for external_id, key in came.items() if key in here}
