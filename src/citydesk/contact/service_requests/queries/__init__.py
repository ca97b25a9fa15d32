"""Reads for the room's screens, the API and rooms above."""

from citydesk.contact.service_requests.queries.beside import (
    NearRequest,
    choice_pairs,
    correction_facts,
    find_near_request,
    find_nearby,
    neighbors,
    panel_facts,
)
from citydesk.contact.service_requests.queries.briefs import Brief, get_brief, ids_in_sight, requests_in_sight
from citydesk.contact.service_requests.queries.codes import CatalogGroup, get_service, list_catalog, suggest_codes
from citydesk.contact.service_requests.queries.counts import View, ask_beside, list_views, shown
from citydesk.contact.service_requests.queries.examples import run_due_date_example, run_routing_example
from citydesk.contact.service_requests.queries.found import MOST as MOST_FOUND
from citydesk.contact.service_requests.queries.found import found_by_words
from citydesk.contact.service_requests.queries.lines import lines_of
from citydesk.contact.service_requests.queries.lists import (
    count_watch,
    customers_in_sight,
    find_requests,
    list_at_address,
    list_map,
    list_mine,
    list_of_customer,
)
from citydesk.contact.service_requests.queries.notices import Told, list_told
from citydesk.contact.service_requests.queries.offering import hold_reason_choices, standing_choices, team_choices
from citydesk.contact.service_requests.queries.one import (
    RequestPage,
    SealedReporter,
    get_request,
    id_of,
    labels_of,
    may_open_file,
    numbers_of,
    sealed_reporter,
)
from citydesk.contact.service_requests.queries.policy import profile_load, today
from citydesk.contact.service_requests.queries.queue import (
    LIST_CODE,
    QueueRow,
    list_queue,
    own_team,
    queue_spec,
    queue_statements,
)
from citydesk.contact.service_requests.queries.recomputes import get_proposal, list_proposals
from citydesk.contact.service_requests.queries.since import SinceLeft, list_since_left
from citydesk.contact.service_requests.queries.why import explain_routings

__all__ = [
    "LIST_CODE",
    "MOST_FOUND",
    "Brief",
    "CatalogGroup",
    "NearRequest",
    "QueueRow",
    "RequestPage",
    "SealedReporter",
    "SinceLeft",
    "Told",
    "View",
    "ask_beside",
    "choice_pairs",
    "correction_facts",
    "count_watch",
    "customers_in_sight",
    "explain_routings",
    "find_near_request",
    "find_nearby",
    "find_requests",
    "found_by_words",
    "get_brief",
    "get_proposal",
    "get_request",
    "get_service",
    "hold_reason_choices",
    "id_of",
    "ids_in_sight",
    "labels_of",
    "lines_of",
    "list_at_address",
    "list_catalog",
    "list_map",
    "list_mine",
    "list_of_customer",
    "list_proposals",
    "list_queue",
    "list_since_left",
    "list_told",
    "list_views",
    "may_open_file",
    "neighbors",
    "numbers_of",
    "own_team",
    "panel_facts",
    "profile_load",
    "queue_spec",
    "queue_statements",
    "requests_in_sight",
    "run_due_date_example",
    "run_routing_example",
    "sealed_reporter",
    "shown",
    "standing_choices",
    "suggest_codes",
    "team_choices",
    "today",
]
