"""Commands on contacts: drafts, finishing, promises, help, raw input, facts."""

from citydesk.contact.interactions.services.callers import alert_of_caller
from citydesk.contact.interactions.services.drafts import (
    DraftSaved,
    bring_to_front,
    drop,
    leave_front,
    park,
    resume,
    save_draft,
    start_draft,
)
from citydesk.contact.interactions.services.facts import refresh_contact_facts
from citydesk.contact.interactions.services.finish import (
    ContactFacts,
    FinishedContact,
    OutcomeFacts,
    PromiseFacts,
    TransferFacts,
    finish,
    lock_draft,
    record_contact,
)
from citydesk.contact.interactions.services.help import answer_help, call_help, finish_privacy_task, say_question
from citydesk.contact.interactions.services.left import reject_raw, work_left_raw
from citydesk.contact.interactions.services.moved import Moved, move_work, take_work_back
from citydesk.contact.interactions.services.noted import (
    drop_call,
    forget_outcome,
    note_outcome,
    stash_request,
    want_request,
)
from citydesk.contact.interactions.services.paper_forms import key_form, note_forms, print_forms
from citydesk.contact.interactions.services.promises import (
    make_promise,
    move_promise,
    reassign_promises,
    settle_promise,
    withdraw_promise,
)
from citydesk.contact.interactions.services.raw import mark_raw, store_raw
from citydesk.contact.interactions.services.relink import correct_received_at, relink
from citydesk.contact.interactions.services.supervising import (
    advise,
    hand_back,
    hand_over,
    look_away,
    look_in,
    read_advice,
    take_over,
)
from citydesk.contact.interactions.services.telephone import hear_phone_event

__all__ = [
    "ContactFacts",
    "DraftSaved",
    "FinishedContact",
    "Moved",
    "OutcomeFacts",
    "PromiseFacts",
    "TransferFacts",
    "advise",
    "alert_of_caller",
    "answer_help",
    "bring_to_front",
    "call_help",
    "correct_received_at",
    "drop",
    "drop_call",
    "finish",
    "finish_privacy_task",
    "forget_outcome",
    "hand_back",
    "hand_over",
    "hear_phone_event",
    "key_form",
    "leave_front",
    "lock_draft",
    "look_away",
    "look_in",
    "make_promise",
    "mark_raw",
    "move_promise",
    "move_work",
    "note_forms",
    "note_outcome",
    "park",
    "print_forms",
    "read_advice",
    "reassign_promises",
    "record_contact",
    "refresh_contact_facts",
    "reject_raw",
    "relink",
    "resume",
    "save_draft",
    "say_question",
    "settle_promise",
    "start_draft",
    "stash_request",
    "store_raw",
    "take_over",
    "take_work_back",
    "want_request",
    "withdraw_promise",
    "work_left_raw",
]
