"""Tables of traffic: queues, what their sources told, what was counted of it, pairs with contacts, malfunctions,
what people say about their own numbers."""

from citydesk.contact.traffic.models.counted import IntervalFact, QueueAgent, StateFact
from citydesk.contact.traffic.models.malfunctions import Malfunction
from citydesk.contact.traffic.models.matched import LegMatch
from citydesk.contact.traffic.models.numbers import NumbersNote
from citydesk.contact.traffic.models.queues import ContactSource, Queue, SourceAgent
from citydesk.contact.traffic.models.received import ReceivedCall
from citydesk.contact.traffic.models.told import AgentState, ContactLeg, ImportAnomaly, IntervalCount, ToldDay

__all__ = [
    "AgentState",
    "ContactLeg",
    "ContactSource",
    "ImportAnomaly",
    "IntervalCount",
    "IntervalFact",
    "LegMatch",
    "Malfunction",
    "NumbersNote",
    "Queue",
    "QueueAgent",
    "ReceivedCall",
    "SourceAgent",
    "StateFact",
    "ToldDay",
]
