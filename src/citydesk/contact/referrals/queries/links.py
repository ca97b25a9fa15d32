"""The signed link: made from the row's key and the site's secret; opened while it is neither over nor revoked."""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from citydesk.contact.referrals.models import Referral
from citydesk.kernel.errors import NotFound

# Part of what was sent to people: does not change.
PATH = "/refer/{token}/"
_SALT = "referrals.link"


def path_of(link_key: str) -> str:
    """The address of a referral's page without the site."""
    return PATH.format(token=_signer().sign(link_key))


def require_link(token: str, *, now: datetime) -> Referral:
    """The referral behind a link. Raises `NotFound` alike for forged, revoked and ended links."""
    try:
        key = _signer().unsign(token) if len(token) <= 200 else ""
    except BadSignature:
        key = ""
    row = Referral.objects.select_related("agency").filter(link_key=key).first() if key else None
    if row is None or row.link_revoked_at is not None or row.link_ends_at <= now:
        raise NotFound(_("This link does not open anything."))
    return row


def _signer() -> Signer:
    return Signer(sep="~", salt=_SALT)
