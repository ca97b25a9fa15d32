"""Commands of the referrals. Each is one use case and one transaction."""

from citydesk.contact.referrals.services.agencies import project_agencies, set_system_key
from citydesk.contact.referrals.services.answering import answer_by_link
from citydesk.contact.referrals.services.chasing import remind_due
from citydesk.contact.referrals.services.duties import (
    file_obligation,
    follow_violation,
    plan_dues,
    project_obligations,
    remind_obligations,
    report_violation,
)
from citydesk.contact.referrals.services.open311 import poll, poll_due, send_on
from citydesk.contact.referrals.services.ours import (
    end_for_request,
    end_referral,
    mark_seen,
    renew_link,
    revoke_link,
    write_message,
)
from citydesk.contact.referrals.services.procedures import ask_department
from citydesk.contact.referrals.services.sending import send_referral
from citydesk.contact.referrals.services.webhooks import (
    Scope,
    change_scope,
    deliver,
    deliver_due,
    make_webhook,
    queue_event,
    redeliver,
    set_webhook_state,
)

__all__ = [
    "Scope",
    "answer_by_link",
    "ask_department",
    "change_scope",
    "deliver",
    "deliver_due",
    "end_for_request",
    "end_referral",
    "file_obligation",
    "follow_violation",
    "make_webhook",
    "mark_seen",
    "plan_dues",
    "poll",
    "poll_due",
    "project_agencies",
    "project_obligations",
    "queue_event",
    "redeliver",
    "remind_due",
    "remind_obligations",
    "renew_link",
    "report_violation",
    "revoke_link",
    "send_on",
    "send_referral",
    "set_system_key",
    "set_webhook_state",
    "write_message",
]
