"""Commands of traffic: bring records in, count them, pair them with contacts, note malfunctions, name agents."""

from citydesk.contact.traffic.services.agents import link_agent
from citydesk.contact.traffic.services.anomalies import settle_anomaly
from citydesk.contact.traffic.services.clock import take_states
from citydesk.contact.traffic.services.desk import tell_desk_contacts
from citydesk.contact.traffic.services.importing import import_contacts, take_records, take_told
from citydesk.contact.traffic.services.malfunctions import (
    MalfunctionFacts,
    change_malfunction,
    end_malfunction,
    report_malfunction,
)
from citydesk.contact.traffic.services.matching import match_legs, pair_by_hand, unpair
from citydesk.contact.traffic.services.numbers import note_number
from citydesk.contact.traffic.services.projection import project_queues
from citydesk.contact.traffic.services.rebuilding import rebuild_facts
from citydesk.contact.traffic.services.sources import make_source, set_source_active
from citydesk.contact.traffic.services.webhook import Delivered, receive_delivery, work_left_deliveries

__all__ = [
    "Delivered",
    "MalfunctionFacts",
    "change_malfunction",
    "end_malfunction",
    "import_contacts",
    "link_agent",
    "make_source",
    "match_legs",
    "note_number",
    "pair_by_hand",
    "project_queues",
    "rebuild_facts",
    "receive_delivery",
    "report_malfunction",
    "set_source_active",
    "settle_anomaly",
    "take_records",
    "take_states",
    "take_told",
    "tell_desk_contacts",
    "unpair",
    "work_left_deliveries",
]
