from citydesk.city.correspondence.models.consent import Consent, Suppression
from citydesk.city.correspondence.models.letters import LetterBatch
from citydesk.city.correspondence.models.messages import Message, MessageAttempt

__all__ = ["Consent", "LetterBatch", "Message", "MessageAttempt", "Suppression"]
