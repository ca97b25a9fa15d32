from citydesk.contact.interactions.models.facts import ContactFact, ContactFactDue
from citydesk.contact.interactions.models.help import Advice, HelpCall, PrivacyTask
from citydesk.contact.interactions.models.intake import PhoneCall, RawIntake
from citydesk.contact.interactions.models.interaction import FocusSegment, Interaction, InteractionOutcome
from citydesk.contact.interactions.models.moved import WorkMove
from citydesk.contact.interactions.models.paper_forms import FormBatch, PaperForm
from citydesk.contact.interactions.models.promise import Promise, Transfer

__all__ = [
    "Advice",
    "ContactFact",
    "ContactFactDue",
    "FocusSegment",
    "FormBatch",
    "HelpCall",
    "Interaction",
    "InteractionOutcome",
    "PaperForm",
    "PhoneCall",
    "PrivacyTask",
    "Promise",
    "RawIntake",
    "Transfer",
    "WorkMove",
]
