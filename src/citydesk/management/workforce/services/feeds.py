"""The secret address under which somebody's phone reads their shifts."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import FEED, OWN
from citydesk.management.workforce.models import CalendarFeed


def open_feed(*, access: Access, now: datetime) -> str:
    """Make a new secret address for one's own shifts and return its token, once; one made before ends with it.

    Only the digest is kept. Raises `NotAllowed`.
    """
    access.require(OWN)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        _end(access, now)
        row = CalendarFeed.objects.create(
            person_id=access.actor.staff_id or 0, digest=digest_of(token=token), made_at=now
        )
        _note(row, "feed_opened", access, now)
    return token


def close_feed(*, access: Access, now: datetime) -> None:
    """Let one's address end: calendars that ask for it get nothing more. Raises `NotAllowed`, `NotFound`."""
    access.require(OWN)
    with transaction.atomic():
        row = _end(access, now)
        if row is None:
            raise NotFound(_("There is no calendar address."))
        _note(row, "feed_closed", access, now)


def _end(access: Access, now: datetime) -> CalendarFeed | None:
    row = CalendarFeed.objects.select_for_update().filter(person_id=access.actor.staff_id, ended_at=None).first()
    if row is not None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
    return row


def _note(row: CalendarFeed, code: str, access: Access, now: datetime) -> None:
    audit.record(audit.Act(f"workforce.{code}", FEED, row.pk, ""), actor=access.actor, now=now)


def digest_of(*, token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
