"""What we do about a referral of ours: write, note as seen, a new link, no link, the end."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.referrals.choices import OPEN_STATES, SEND, EntryKind, ReferralState
from citydesk.contact.referrals.events import ReferralEnded
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.services.sending import new_link_key
from citydesk.contact.referrals.services.writing import clean, keep, mail, require_open, say, take
from citydesk.contact.service_requests import services as requests
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import Invalid


def write_message(*, referral_id: int, text: str, access: Access, now: datetime) -> None:
    """Write to the other side: on their page, and by e-mail where there is an address."""
    with transaction.atomic():
        row = take(referral_id, access, permission=SEND)
        require_open(row)
        words = clean(text)
        if not words:
            raise Invalid(_("Write your message."), field="text")
        entry = say(row, EntryKind.MESSAGE, access.actor, now, text=words)
        row.seen_at = now
        keep(row, ("seen_at",), "wrote", actor=access.actor, now=now)
        mail(row, "referral_message", f"message:{entry.pk}", now, text=words)


def mark_seen(*, referral_id: int, access: Access, now: datetime) -> None:
    """Note that somebody here has read what they said."""
    with transaction.atomic():
        row = take(referral_id, access, permission=SEND)
        row.seen_at = now
        keep(row, ("seen_at",), "seen", actor=access.actor, now=now)


def renew_link(*, referral_id: int, access: Access, now: datetime) -> None:
    """Make a new link and send it; the old one opens nothing any more."""
    with transaction.atomic():
        row = take(referral_id, access, permission=SEND)
        require_open(row)
        row.link_key, row.link_revoked_at = new_link_key(), None
        row.link_ends_at = now + timedelta(days=row.agency.link_days)
        entry = say(row, EntryKind.NEW_LINK, access.actor, now)
        keep(row, ("link_key", "link_revoked_at", "link_ends_at"), "new_link", actor=access.actor, now=now)
        mail(row, "referral", f"link:{entry.pk}", now, text=row.text)


def revoke_link(*, referral_id: int, reason: str, access: Access, now: datetime) -> None:
    """Let the link open nothing from now on; the referral itself stays. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid(_("Give the reason."), field="reason")
    with transaction.atomic():
        row = take(referral_id, access, permission=SEND)
        row.link_revoked_at, row.remind_at = now, None
        say(row, EntryKind.REVOKED, access.actor, now, text=clean(reason, "reason"))
        keep(row, ("link_revoked_at", "remind_at"), "revoked", actor=access.actor, now=now, reason=reason.strip())


def end_referral(*, referral_id: int, reason: str, access: Access, now: datetime) -> None:
    """Take a request back from outside; it is ours again. Raises `Invalid` without a reason, `Conflict` when ended."""
    if not reason.strip():
        raise Invalid(_("Give the reason."), field="reason")
    with transaction.atomic():
        row = take(referral_id, access, permission=SEND)
        require_open(row)
        words = clean(reason, "reason")
        requests.referral_back(request_id=row.request_id, answer=words, is_accepted=False, access=access, now=now)
        _end(row, words, access, now)
        mail(row, "referral_ended", "ended", now, text=words)


def end_for_request(*, request_id: int, happened_at: datetime, now: datetime) -> int:
    """The request was closed or taken back on its own page: its referral ends. Returns how many did (0 or 1).

    One that was sent after that happened is another referral and stays.
    """
    with transaction.atomic():
        rows = Referral.objects.select_related("agency").select_for_update(of=("self",))
        row = rows.filter(request_id=request_id, state__in=OPEN_STATES, sent_at__lt=happened_at).first()
        if row is None:
            return 0
        _end(row, "", Access(SYSTEM), now)
        mail(row, "referral_ended", "ended", now, text="")
        return 1


def _end(row: Referral, words: str, access: Access, now: datetime) -> None:
    row.state, row.ended_at, row.remind_at = ReferralState.ENDED, now, None
    say(row, EntryKind.ENDED, access.actor, now, text=words)
    event = ReferralEnded(row.pk, row.number, row.request_id)
    keep(row, ("state", "ended_at", "remind_at"), "ended", actor=access.actor, now=now, event=event, reason=words)
