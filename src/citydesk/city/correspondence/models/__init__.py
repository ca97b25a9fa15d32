from citydesk.city.correspondence.models.consent import Consent, Suppression
from citydesk.city.correspondence.models.letters import LetterBatch
from citydesk.city.correspondence.models.messages import Message, MessageAttempt
from citydesk.city.correspondence.models.reprints import Reprint

__all__ = ["Consent", "LetterBatch", "Message", "MessageAttempt", "Reprint", "Suppression"]
