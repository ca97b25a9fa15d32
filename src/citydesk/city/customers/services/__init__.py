"""Commands of the customers room."""

from citydesk.city.customers.services.cautions import approve_caution, end_caution, propose_caution, refuse_caution
from citydesk.city.customers.services.confidential import (
    Identity,
    check_code_word,
    open_identity,
    record_confidential_identity,
)
from citydesk.city.customers.services.correct import correct_customer
from citydesk.city.customers.services.create import CustomerRef, NewPoint, create_customer, match_or_create
from citydesk.city.customers.services.duplicates import check_duplicates, dismiss_pair
from citydesk.city.customers.services.merge import merge, unmerge
from citydesk.city.customers.services.points import add_contact_point, end_contact_point, prefer_contact_point

__all__ = [
    "CustomerRef",
    "Identity",
    "NewPoint",
    "add_contact_point",
    "approve_caution",
    "check_code_word",
    "check_duplicates",
    "correct_customer",
    "create_customer",
    "dismiss_pair",
    "end_caution",
    "end_contact_point",
    "match_or_create",
    "merge",
    "open_identity",
    "prefer_contact_point",
    "propose_caution",
    "record_confidential_identity",
    "refuse_caution",
    "unmerge",
]
