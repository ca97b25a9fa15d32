"""Reads for the room's pages and for rooms above."""

from citydesk.contact.referrals.queries.agencies import AgencyView, agency_choices, get_agency, list_agencies
from citydesk.contact.referrals.queries.duties import (
    VIOLATIONS,
    count_dues,
    dues_spec,
    get_due,
    get_violation,
    list_dues,
    may_open_duty_file,
    next_dues,
    violations_in_sight,
)
from citydesk.contact.referrals.queries.lists import count_chase, find_referrals, list_referrals, spec
from citydesk.contact.referrals.queries.one import (
    ReferralPage,
    get_by_link,
    get_referral,
    id_of,
    may_open_file,
    of_request,
    shown_file,
)
from citydesk.contact.referrals.queries.programs import (
    DELIVERIES,
    get_webhook,
    list_deliveries,
    list_systems,
    list_webhooks,
)

__all__ = [
    "DELIVERIES",
    "VIOLATIONS",
    "AgencyView",
    "ReferralPage",
    "agency_choices",
    "count_chase",
    "count_dues",
    "dues_spec",
    "find_referrals",
    "get_agency",
    "get_by_link",
    "get_due",
    "get_referral",
    "get_violation",
    "get_webhook",
    "id_of",
    "list_agencies",
    "list_deliveries",
    "list_dues",
    "list_referrals",
    "list_systems",
    "list_webhooks",
    "may_open_duty_file",
    "may_open_file",
    "next_dues",
    "of_request",
    "shown_file",
    "spec",
    "violations_in_sight",
]
