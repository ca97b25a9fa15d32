"""Pages of contacts: promises, saved contacts, what a supervisor watches, printed forms."""

from citydesk.contact.interactions.views.contacts import (
    alerts,
    detail,
    draft_advise,
    draft_drop,
    draft_take,
    help_answer,
    privacy_done,
    promise_done,
    promise_move,
    promise_withdraw,
    promises,
    watch,
    watch_draft,
    watch_end,
)
from citydesk.contact.interactions.views.interpreters import interpreted, interpreters
from citydesk.contact.interactions.views.paper_forms import (
    form_batch,
    form_list,
    form_paper,
    forms,
    note_forms,
    print_forms,
)

__all__ = [
    "alerts",
    "detail",
    "draft_advise",
    "draft_drop",
    "draft_take",
    "form_batch",
    "form_list",
    "form_paper",
    "forms",
    "help_answer",
    "interpreted",
    "interpreters",
    "note_forms",
    "print_forms",
    "privacy_done",
    "promise_done",
    "promise_move",
    "promise_withdraw",
    "promises",
    "watch",
    "watch_draft",
    "watch_end",
]
