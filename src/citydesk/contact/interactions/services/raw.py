"""Raw input, kept before it is acknowledged: received = processed + rejected + quarantined + pending."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import RawSource, RawState
from citydesk.contact.interactions.models import RawIntake
from citydesk.kernel.errors import Conflict, NotFound


def store_raw(
    *, source: RawSource | str, body: bytes, content_type: str, now: datetime, headers: Mapping[str, str] | None = None
) -> int:
    """Keep the bytes as they came, in a commit of their own, and return the id. Call it outside a transaction.

    `headers` must hold no key or cookie; the caller chooses what is worth keeping.
    """
    return RawIntake.objects.create(
        source=RawSource(source),
        received_at=now,
        content_type=content_type[:120],
        headers=dict(headers or {}),
        body=body,
        digest=hashlib.sha256(body).digest(),
    ).pk


def mark_raw(
    *,
    raw_id: int,
    state: RawState | str,
    now: datetime,
    reason: str = "",
    result_type: str = "",
    result_id: int | None = None,
    result_number: str = "",
) -> None:
    """Note what became of raw input, in the transaction of the act it caused. Processed input never changes again.

    Raises `NotFound`; `Conflict` (facts: `result_id`, `result_number`) when it was processed before.
    """
    with transaction.atomic():
        row = RawIntake.objects.select_for_update().filter(pk=raw_id).defer("body").first()
        if row is None:
            raise NotFound(_("There is no such raw input."))
        if row.state == RawState.PROCESSED:
            raise Conflict(_("This input was worked before."), result_id=row.result_id, result_number=row.result_number)
        row.state, row.reason, row.worked_at = RawState(state), reason[:300], now
        row.result_type, row.result_id, row.result_number = result_type, result_id, result_number
        row.save(update_fields=["state", "reason", "worked_at", "result_type", "result_id", "result_number"])
