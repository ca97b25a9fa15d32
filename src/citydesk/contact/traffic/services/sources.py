"""Switches that send their records by themselves: made with a secret that is shown once, switched off, on again."""

import re
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import MANAGE, SOURCE_PURPOSE, SourceFormat
from citydesk.contact.traffic.models import ContactSource
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.sealing import seal

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{1,59}")


def make_source(*, code: str, name: str, access: Access, now: datetime) -> str:
    """Make a source that sends contact records; returns the secret its deliveries are signed with, shown once.

    Raises `NotAllowed`, `Invalid`, `Conflict` for a code that there is.
    """
    access.require(MANAGE)
    if not _CODE.fullmatch(code):
        raise Invalid(_("A code of small letters and digits is needed."), field="code")
    if not name.strip():
        raise Invalid(_("Say which switch it is."), field="name")
    secret = f"tss_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        row, is_new = ContactSource.objects.get_or_create(
            code=code,
            defaults={
                "name": name.strip()[:120],
                "format": SourceFormat.CONNECT,
                "secret": seal(secret, purpose=SOURCE_PURPOSE),
                "made_at": now,
                "made_by_label": access.actor.label[:120],
            },
        )
        if not is_new:
            raise Conflict(_("There is a source of this code."))
        act = audit.Act("traffic.source_made", "traffic.source", row.pk, row.name)
        audit.record(act, actor=access.actor, now=now)
    return secret


def set_source_active(*, source_id: int, is_active: bool, access: Access, now: datetime) -> None:
    """Let a source send, or refuse what it sends. Raises `NotAllowed`, `NotFound`."""
    access.require(MANAGE)
    with transaction.atomic():
        row = ContactSource.objects.select_for_update().filter(pk=source_id).first()
        if row is None:
            raise NotFound(_("There is no such source."))
        row.is_active = is_active
        row.save(update_fields=["is_active"])
        word = "source_resumed" if is_active else "source_paused"
        audit.record(audit.Act(f"traffic.{word}", "traffic.source", row.pk, row.name), actor=access.actor, now=now)
