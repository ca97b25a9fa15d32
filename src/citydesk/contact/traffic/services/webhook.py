"""Contact records that a switch sends: the signature first, then the bytes as they came, then what they tell.

Signed like what we send: HMAC-SHA256 over the time, a point and the body, in `X-Citydesk-Signature`, the time in
`X-Citydesk-Timestamp`. A delivery that comes again, or whose process was killed, is harmless: records are known by
their ids.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.choices import RawSource, RawState
from citydesk.contact.traffic.choices import SOURCE_PURPOSE
from citydesk.contact.traffic.models import ContactSource
from citydesk.contact.traffic.services.importing import take_records
from citydesk.kernel.errors import CitydeskError, NotAllowed, NotFound
from citydesk.kernel.sealing import unseal

log = structlog.get_logger("traffic")
# An old call that somebody recorded cannot be sent anew.
FRESH_FOR = timedelta(minutes=5)
MOST_BYTES = 4_000_000
_HEADER = "source"


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery; `is_pending` when it was kept and will be worked by the sweep."""

    added: int = 0
    changed: int = 0
    known: int = 0
    bad: int = 0
    is_pending: bool = False


def receive_delivery(*, source: str, body: bytes, timestamp: str, signature: str, now: datetime) -> Delivered:
    """Check, keep and take a delivery. Call outside a transaction.

    Raises `NotFound` for an unknown or paused source, `NotAllowed` for a wrong or old signature, `Invalid` when nothing
    of it can be read (it is then kept as rejected).
    """
    row = ContactSource.objects.filter(code=source, is_active=True).first()
    if row is None:
        raise NotFound(_("There is no such source."))
    _require_signed(unseal(row.secret, purpose=SOURCE_PURPOSE), body, timestamp, signature, now)
    raw_id = interactions.store_raw(
        source=RawSource.WEBHOOK, body=body, content_type="application/json", headers={_HEADER: source}, now=now
    )
    try:
        return _work(raw_id, source, body, now)
    except CitydeskError as error:
        interactions.reject_raw(raw_id=raw_id, error=error, now=now)
        raise
    except Exception:
        log.exception("traffic.left_pending", raw_id=raw_id)
        return Delivered(is_pending=True)


def work_left_deliveries(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Take the deliveries that a killed process left behind; returns counts by what became of them."""

    def record(raw: Any) -> None:
        _work(raw.id, raw.headers[_HEADER], raw.body, now)

    return interactions.work_left_raw(source=RawSource.WEBHOOK, record=record, now=now, limit=limit)


def _require_signed(secret: str, body: bytes, timestamp: str, signature: str, now: datetime) -> None:
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={expected}".encode(), signature.encode()):
        raise NotAllowed(_("The signature is wrong."))
    sent = datetime.fromtimestamp(int(timestamp), UTC) if timestamp.isdecimal() and len(timestamp) < 12 else None
    if sent is None or abs(now - sent) > FRESH_FOR:
        raise NotAllowed(_("The delivery is too old. Look at the clocks of both sides."))


def _work(raw_id: int, source: str, body: bytes, now: datetime) -> Delivered:
    lines = body.decode("utf-8", errors="replace").splitlines(keepends=True)
    with transaction.atomic():
        row = ContactSource.objects.select_for_update().get(code=source)
        done = take_records(lines=lines, format=row.format, source=source, now=now)
        row.heard_at = now
        row.save(update_fields=["heard_at"])
        told = f"{done.added} added, {done.changed} changed, {done.known} known, {done.bad} bad"
        reason = "; ".join([told, *(one.reason for one in done.bad_rows[:2])])
        interactions.mark_raw(
            raw_id=raw_id, state=RawState.PROCESSED, now=now, reason=reason, result_type="traffic.source",
            result_id=row.pk,
        )  # fmt: skip
    return Delivered(done.added, done.changed, done.known, done.bad)
