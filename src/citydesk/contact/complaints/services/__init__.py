"""Commands of the complaints, one transaction each; keyword only. All raise `NotFound` for what is not in sight,
`NotAllowed` without the right, `Conflict` when the state has changed, `StaleVersion` when somebody was faster."""

from citydesk.contact.complaints.services.appeals import decide_appeal, receive_appeal
from citydesk.contact.complaints.services.approvals import (
    approve_letter,
    approve_plan,
    send_letter_back,
    send_plan_back,
)
from citydesk.contact.complaints.services.closing import close, withdraw
from citydesk.contact.complaints.services.deciding import Decision, decide, rewrite
from citydesk.contact.complaints.services.mailing import mail_letter, print_letter
from citydesk.contact.complaints.services.negotiating import accept, keep_offer, make_offer, refuse, write_log
from citydesk.contact.complaints.services.opening import hand_over, open_complaint, take_up
from citydesk.contact.complaints.services.planning import NewOffer, propose_plan, submit_plan

__all__ = [
    "Decision",
    "NewOffer",
    "accept",
    "approve_letter",
    "approve_plan",
    "close",
    "decide",
    "decide_appeal",
    "hand_over",
    "keep_offer",
    "mail_letter",
    "make_offer",
    "open_complaint",
    "print_letter",
    "propose_plan",
    "receive_appeal",
    "refuse",
    "rewrite",
    "send_letter_back",
    "send_plan_back",
    "submit_plan",
    "take_up",
    "withdraw",
    "write_log",
]
