"""Asking again where nobody acknowledged in time."""

from datetime import datetime

from django.db import transaction

from citydesk.contact.referrals.choices import EntryKind, ReferralState
from citydesk.contact.referrals.models import Referral
from citydesk.contact.referrals.queries.agencies import calendar_of
from citydesk.contact.referrals.rules import next_reminder
from citydesk.contact.referrals.services.writing import keep, mail, say
from citydesk.kernel.actors import SYSTEM


def remind_due(*, now: datetime, limit: int = 200) -> int:
    """Remind those who are late with their acknowledgement; returns how many. After the last one a person calls."""
    ids = Referral.objects.filter(remind_at__lte=now).order_by("remind_at").values_list("pk", flat=True)[:limit]
    return sum(_remind(one, now) for one in list(ids))


def _remind(referral_id: int, now: datetime) -> bool:
    with transaction.atomic():
        rows = Referral.objects.select_related("agency").select_for_update(of=("self",), skip_locked=True)
        row = rows.filter(pk=referral_id, remind_at__lte=now).first()
        if row is None or row.state != ReferralState.SENT or row.link_revoked_at:
            return False
        agency = row.agency
        row.remind_at = next_reminder(
            calendar_of(agency, now),
            now,
            every_hours=agency.remind_hours,
            sent_before=row.reminder_count,
            most=agency.reminders,
        )
        row.reminder_count += 1
        say(row, EntryKind.REMINDED, SYSTEM, now)
        keep(row, ("remind_at", "reminder_count"), "reminded", actor=SYSTEM, now=now)
        mail(row, "referral_reminder", f"reminder:{row.reminder_count}", now, text=row.text)
        return True
