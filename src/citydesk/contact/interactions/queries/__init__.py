"""Reads of contacts for screens and other rooms."""

from citydesk.contact.interactions.queries.contacts import (
    ContactLine,
    ContactPage,
    OutcomeLine,
    find_contacts,
    get_contact,
    get_receipt,
    list_contacts_about,
    list_contacts_of_customer,
    list_saved,
)
from citydesk.contact.interactions.queries.desk import (
    Draft,
    OpenContact,
    count_open_help,
    get_draft,
    list_help_calls,
    list_old_drafts,
    list_open_contacts,
    list_privacy_tasks,
    watch_draft,
)
from citydesk.contact.interactions.queries.promises import (
    PromiseLine,
    count_promises_due,
    list_promises,
    list_promises_of_customer,
)
from citydesk.contact.interactions.queries.raw import IntakeCounts, RawBody, count_raw, get_raw, list_unworked_raw

__all__ = [
    "ContactLine",
    "ContactPage",
    "Draft",
    "IntakeCounts",
    "OpenContact",
    "OutcomeLine",
    "PromiseLine",
    "RawBody",
    "count_open_help",
    "count_promises_due",
    "count_raw",
    "find_contacts",
    "get_contact",
    "get_draft",
    "get_raw",
    "get_receipt",
    "list_contacts_about",
    "list_contacts_of_customer",
    "list_help_calls",
    "list_old_drafts",
    "list_open_contacts",
    "list_privacy_tasks",
    "list_promises",
    "list_promises_of_customer",
    "list_saved",
    "list_unworked_raw",
    "watch_draft",
]
