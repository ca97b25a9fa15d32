"""Raw input, kept before it is acknowledged: received = processed + rejected + quarantined + pending."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import RawSource, RawState
from citydesk.contact.interactions.models import RawIntake
from citydesk.kernel.errors import Conflict, NotFound
from citydesk.kernel.rows import change, fresh, insert_now

_MARK = """
UPDATE interactions_rawintake SET state = %s, reason = %s, worked_at = %s, result_type = %s, result_id = %s::bigint,
    result_number = %s
WHERE id = %s AND state <> 'processed' RETURNING id
"""


def store_raw(
    *, source: RawSource | str, body: bytes, content_type: str, now: datetime, headers: Mapping[str, str] | None = None
) -> int:
    """Keep the bytes as they came, in a commit of their own, and return the id. Call it outside a transaction.

    `headers` must hold no key or cookie; the caller chooses what is worth keeping.
    """
    return insert_now(
        fresh(
            RawIntake,
            source=RawSource(source),
            received_at=now,
            content_type=content_type[:120],
            headers=dict(headers or {}),
            body=body,
            digest=hashlib.sha256(body).digest(),
        )
    )


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

    def missed() -> None:
        row = RawIntake.objects.filter(pk=raw_id).only("result_id", "result_number").first()
        if row is None:
            raise NotFound(_("There is no such raw input."))
        raise Conflict(_("This input was worked before."), result_id=row.result_id, result_number=row.result_number)

    values = (RawState(state).value, reason[:300], now, result_type, result_id, result_number, raw_id)
    change(_MARK, *values, missed=missed)
