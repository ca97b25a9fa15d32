from citydesk.city.correspondence.services.consent import receive_text, record_consent, suppress
from citydesk.city.correspondence.services.delivery import deliver, settle_unheard
from citydesk.city.correspondence.services.letters import Mailed, mail_batch, mail_sealed, print_letters, print_sealed
from citydesk.city.correspondence.services.repair import (
    TakenBack,
    release,
    resend,
    settle_by_person,
    stop_unsent,
    take_back,
)
from citydesk.city.correspondence.services.reprints import came_out, note_not_printed, print_again
from citydesk.city.correspondence.services.writing import About, send

__all__ = [
    "About",
    "Mailed",
    "TakenBack",
    "came_out",
    "deliver",
    "mail_batch",
    "mail_sealed",
    "note_not_printed",
    "print_again",
    "print_letters",
    "print_sealed",
    "receive_text",
    "record_consent",
    "release",
    "resend",
    "send",
    "settle_by_person",
    "settle_unheard",
    "stop_unsent",
    "suppress",
    "take_back",
]
