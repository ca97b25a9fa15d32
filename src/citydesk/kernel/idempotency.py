"""One act per key: the client makes the key and keeps it over retries; a retry gets the first answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from citydesk.kernel.errors import Conflict
from citydesk.kernel.models import IdempotentAct
from citydesk.kernel.outbox import plain
from citydesk.kernel.rows import change
from citydesk.kernel.statements import run

# The row is there before the act: who comes with the same key meanwhile waits for this transaction to end.
_CLAIM = """
INSERT INTO kernel_idempotentact AS known (scope, key, fingerprint, done_at, answer) VALUES (%s, %s, %s, %s, '{}')
ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, done_at = excluded.done_at
    WHERE known.done_at < %s::timestamptz
RETURNING id
"""
_ANSWER = "UPDATE kernel_idempotentact SET answer = %s::jsonb WHERE id = %s RETURNING id"


class OtherBody(Conflict):
    """The key was used before with a different input."""

    code = "key_reused"
    status = 422


def fingerprint_of(value: Any) -> str:
    """SHA-256 over the canonical JSON of the input."""
    return hashlib.sha256(json.dumps(plain(value), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def once(
    *,
    scope: str,
    key: str,
    given: Any,
    now: datetime,
    act: Callable[[], dict[str, Any]],
    within: timedelta | None = None,
    savepoint: bool = True,
) -> dict[str, Any]:
    """Run `act` in this transaction unless the key was used; then return the answer kept from the first time.

    Two requests with one key at the same time queue on the key's row, so the second sees the first's answer; if the
    first fails, the second acts. With `within` a key is good for so long only. `savepoint` False is for a
    caller whose whole transaction ends when the act fails. Raises `OtherBody` if the key was used with another input.
    """
    fingerprint = fingerprint_of(given)
    since = None if within is None else now - within
    with transaction.atomic(savepoint=savepoint):
        claimed = run(_CLAIM, (scope, key, fingerprint, now, since))
        if claimed:
            answer = act()
            change(_ANSWER, json.dumps(plain(answer)), claimed[0][0], missed=_lost)
            return answer
        known = IdempotentAct.objects.get(scope=scope, key=key)
        if known.fingerprint != fingerprint:
            raise OtherBody("This was sent before with other content. Reload the page and send it again.")
        return dict(known.answer)


def _lost() -> None:
    raise RuntimeError("the key of the running act has gone")
