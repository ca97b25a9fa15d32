"""Reads of the customers room. Each authorises by `access` or says that its caller has."""

from citydesk.city.customers.queries.canonical import canonical, canonical_many, ids_of, labels
from citydesk.city.customers.queries.cautions import (
    CautionLine,
    active_cautions,
    list_cautions,
    list_proposed_cautions,
)
from citydesk.city.customers.queries.customers import (
    CustomerView,
    PointLine,
    get_customer,
    id_by_number,
    is_number,
    reach_of,
)
from citydesk.city.customers.queries.duplicates import (
    DuplicateLine,
    count_duplicates,
    features_of,
    find_duplicates,
    get_pair,
    likeness_between,
    list_duplicates,
    list_merges,
)
from citydesk.city.customers.queries.imported import ids_imported
from citydesk.city.customers.queries.search import CustomerHit, by_phone, find

__all__ = [
    "CautionLine",
    "CustomerHit",
    "CustomerView",
    "DuplicateLine",
    "PointLine",
    "active_cautions",
    "by_phone",
    "canonical",
    "canonical_many",
    "count_duplicates",
    "features_of",
    "find",
    "find_duplicates",
    "get_customer",
    "get_pair",
    "id_by_number",
    "ids_imported",
    "ids_of",
    "is_number",
    "labels",
    "likeness_between",
    "list_cautions",
    "list_duplicates",
    "list_merges",
    "list_proposed_cautions",
    "reach_of",
]
