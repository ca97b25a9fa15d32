"""Brakes: an allowance per key that refills evenly, kept in PostgreSQL so that all processes share it."""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from citydesk.kernel.errors import TooMany
from citydesk.kernel.models import ThrottleBucket
from citydesk.kernel.statements import run

# One statement: two requests at once queue on the row, and each sees what the other left.
_TAKE = """
INSERT INTO kernel_throttlebucket AS bucket (key, tokens, was_allowed, touched_at)
VALUES (%(key)s, %(limit)s - %(cost)s, true, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    (tokens, was_allowed, touched_at) = (
        SELECT CASE WHEN filled.tokens >= %(cost)s THEN filled.tokens - %(cost)s ELSE filled.tokens END,
               filled.tokens >= %(cost)s,
               greatest(bucket.touched_at, %(now)s)
        FROM (SELECT least(%(limit)s::float, bucket.tokens + greatest(0,
                  extract(epoch FROM %(now)s::timestamptz - bucket.touched_at)) * %(limit)s / %(seconds)s) AS tokens
             ) AS filled)
RETURNING tokens, was_allowed
"""


def throttle(key: str, *, limit: int, per_seconds: int, now: datetime, cost: int = 1) -> None:
    """Take `cost` from the allowance of `limit` per `per_seconds` under a key. Raises `TooMany` with `retry_after`.

    The key is hashed before it is stored. Call it outside the transaction it protects, or a rollback gives it back.
    """
    digest = hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).hexdigest()
    ((tokens, is_allowed),) = run(
        _TAKE, {"key": digest, "limit": limit, "seconds": per_seconds, "cost": cost, "now": now}
    )
    if not is_allowed:
        wait = max(1, ceil((cost - tokens) * per_seconds / limit))
        raise TooMany(
            _("Too many at once. Try again in %(seconds)s seconds.") % {"seconds": wait},
            hint=_("What you typed is kept on this page."),
            retry_after=wait,
        )


def forget_allowance(key: str) -> None:
    """Give a key its full allowance back, e.g. after a right password."""
    digest = hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).hexdigest()
    ThrottleBucket.objects.filter(key=digest).delete()


def sweep_buckets(*, now: datetime) -> int:
    """Drop allowances nobody touched for two days; they are full again."""
    return ThrottleBucket.objects.filter(touched_at__lt=now - timedelta(days=2)).delete()[0]


def client_address(request: HttpRequest) -> str:
    """The client's address. X-Forwarded-For counts only as deep as proxies of ours stand in front (TRUSTED_PROXIES)."""
    remote = request.META.get("REMOTE_ADDR", "")
    depth = settings.TRUSTED_PROXIES
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    candidate = told[-depth] if depth and len(told) >= depth else remote
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return remote


def client_network(request: HttpRequest) -> str:
    """What a brake counts as one client: an IPv4 address, or the /64 a household has in IPv6."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
