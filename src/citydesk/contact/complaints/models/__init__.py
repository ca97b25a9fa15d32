"""Tables of the complaints: the case, its plans with offers, what was said, who agreed, its letters."""

from citydesk.contact.complaints.models.cases import Complaint
from citydesk.contact.complaints.models.letters import Letter
from citydesk.contact.complaints.models.plans import Approval, LogEntry, Offer, Plan

__all__ = ["Approval", "Complaint", "Letter", "LogEntry", "Offer", "Plan"]
