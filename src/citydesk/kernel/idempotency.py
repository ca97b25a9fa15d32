"""One act per key: the client makes the key and keeps it over retries; a retry gets the first answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from citydesk.kernel.errors import Conflict
from citydesk.kernel.models import IdempotentAct
from citydesk.kernel.outbox import plain


class OtherBody(Conflict):
    """The key was used before with a different input."""

    code = "key_reused"
    status = 422


def fingerprint_of(value: Any) -> str:
    """SHA-256 over the canonical JSON of the input."""
    return hashlib.sha256(json.dumps(plain(value), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def once(*, scope: str, key: str, given: Any, now: datetime, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `act` in this transaction unless the key was used; then return the answer kept from the first time.

    Two requests with one key at the same time queue on an advisory lock, so the second sees the first's answer.
    Raises `OtherBody` if the key was used with another input.
    """
    fingerprint = fingerprint_of(given)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope}|{key}"])
        known = IdempotentAct.objects.filter(scope=scope, key=key).first()
        if known is None:
            answer = act()
            IdempotentAct.objects.create(
                scope=scope, key=key, fingerprint=fingerprint, answer=plain(answer), done_at=now
            )
            return answer
        if known.fingerprint != fingerprint:
            raise OtherBody("This was sent before with other content. Reload the page and send it again.")
        return known.answer
