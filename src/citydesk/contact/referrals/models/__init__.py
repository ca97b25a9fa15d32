"""Tables of the referrals: agencies, referrals, what was said, files; calls to other systems."""

from citydesk.contact.referrals.models.agencies import Agency
from citydesk.contact.referrals.models.duties import DueDate, Obligation, Violation, ViolationFile
from citydesk.contact.referrals.models.outside import Delivery, OutsideCall, Webhook
from citydesk.contact.referrals.models.referrals import Referral, ReferralEntry, ReferralFile

__all__ = [
    "Agency",
    "Delivery",
    "DueDate",
    "Obligation",
    "OutsideCall",
    "Referral",
    "ReferralEntry",
    "ReferralFile",
    "Violation",
    "ViolationFile",
    "Webhook",
]
