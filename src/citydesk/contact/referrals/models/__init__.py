"""Tables of the referrals: agencies, referrals, what was said, files."""

from citydesk.contact.referrals.models.agencies import Agency
from citydesk.contact.referrals.models.referrals import Referral, ReferralEntry, ReferralFile

__all__ = ["Agency", "Referral", "ReferralEntry", "ReferralFile"]
