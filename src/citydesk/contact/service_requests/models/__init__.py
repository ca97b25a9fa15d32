"""Tables of the service requests: the catalog's current facts, requests, their clocks, people, notes and counts."""

from citydesk.contact.service_requests.models.bulk import BulkAct, BulkProposal
from citydesk.contact.service_requests.models.catalog import ServiceCode
from citydesk.contact.service_requests.models.clocks import ClockPause, RecomputeProposal, RequestClock
from citydesk.contact.service_requests.models.entry import EntryCheck, FieldCorrection
from citydesk.contact.service_requests.models.facts import (
    RequestDay,
    RequestDuration,
    RequestDurationMonth,
    RequestFact,
    RequestFactChange,
    RequestMonth,
)
from citydesk.contact.service_requests.models.links import Referral, RequestContact, RequestFile, RequestWorkOrder
from citydesk.contact.service_requests.models.notices import EscalationNotice
from citydesk.contact.service_requests.models.people import Follower, Note, RoutingTrace
from citydesk.contact.service_requests.models.requests import ServiceRequest

__all__ = [
    "BulkAct",
    "BulkProposal",
    "ClockPause",
    "EntryCheck",
    "EscalationNotice",
    "FieldCorrection",
    "Follower",
    "Note",
    "RecomputeProposal",
    "Referral",
    "RequestClock",
    "RequestContact",
    "RequestDay",
    "RequestDuration",
    "RequestDurationMonth",
    "RequestFact",
    "RequestFactChange",
    "RequestFile",
    "RequestMonth",
    "RequestWorkOrder",
    "RoutingTrace",
    "ServiceCode",
    "ServiceRequest",
]
