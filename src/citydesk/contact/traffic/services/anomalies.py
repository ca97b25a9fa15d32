"""What sources told that does not fit: kept once, however often it is told, until a person says what it was."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import MANAGE
from citydesk.contact.traffic.models import ImportAnomaly
from citydesk.contact.traffic.rules import Oddity
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound


def note_oddities(*, source: str, oddities: Sequence[Oddity], run_id: int | None, now: datetime) -> None:
    """Keep oddities as anomalies; one that is there already stays as it is."""
    rows = {
        key: ImportAnomaly(
            source=source,
            key=key,
            code=one.code,
            run_id=run_id,
            line=one.line,
            happened_at=one.at,
            about=one.about[:80],
            detail=one.detail[:300],
            noted_at=now,
        )
        for one in oddities
        for key in (_key_of(one),)
    }
    ImportAnomaly.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=2_000)


def _key_of(one: Oddity) -> str:
    told = "|".join((one.code, one.at.isoformat(), one.about, one.detail))
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def settle_anomaly(*, anomaly_id: int, note: str, access: Access, now: datetime) -> None:
    """Say what an anomaly was; it leaves the list. Raises `NotAllowed`, `Invalid` without words, `NotFound`."""
    access.require(MANAGE)
    if not note.strip():
        raise Invalid(_("Say what it was."), field="note")
    with transaction.atomic():
        row = ImportAnomaly.objects.select_for_update().filter(pk=anomaly_id, settled_at=None).first()
        if row is None:
            raise NotFound(_("There is no such anomaly."))
        row.settled_at, row.settled_by_id, row.settled_note = now, access.actor.staff_id, note.strip()[:300]
        row.save(update_fields=["settled_at", "settled_by", "settled_note"])
        act = audit.Act("traffic.anomaly_settled", "traffic.anomaly", row.pk, row.about, reason=row.settled_note)
        audit.record(act, actor=access.actor, now=now)
