"""Commands of the referrals. Each is one use case and one transaction."""

from citydesk.contact.referrals.services.agencies import project_agencies
from citydesk.contact.referrals.services.answering import answer_by_link
from citydesk.contact.referrals.services.chasing import remind_due
from citydesk.contact.referrals.services.ours import (
    end_for_request,
    end_referral,
    mark_seen,
    renew_link,
    revoke_link,
    write_message,
)
from citydesk.contact.referrals.services.sending import send_referral

__all__ = [
    "answer_by_link",
    "end_for_request",
    "end_referral",
    "mark_seen",
    "project_agencies",
    "remind_due",
    "renew_link",
    "revoke_link",
    "send_referral",
    "write_message",
]
