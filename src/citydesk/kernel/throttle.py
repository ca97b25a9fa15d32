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

# Seconds: what two hosts' clocks may be apart before it counts as a clock that was set back.
APART = 300


def taking(limit: str, source: str = "") -> str:
    """The statement that takes from an allowance; two requests at once queue on its row, and each sees what the other
    left. It answers (tokens left, whether it was allowed). Values: key (`bucket_of`), cost, seconds, now.

    A clock that goes back gives nothing for free. An allowance touched further ahead than hosts may be apart
    fills again from now on, or whoever had used it up would wait until the clock has caught up.

    `limit` is an expression of SQL, `source` what follows SELECT ("FROM partner"): without a row nothing is taken.
    """
    return f"""
INSERT INTO kernel_throttlebucket AS bucket (key, tokens, was_allowed, touched_at)
SELECT %(key)s, {limit} - %(cost)s, true, %(now)s {source}
ON CONFLICT (key) DO UPDATE SET
    (tokens, was_allowed, touched_at) = (
        SELECT CASE WHEN filled.tokens >= %(cost)s THEN filled.tokens - %(cost)s ELSE filled.tokens END,
               filled.tokens >= %(cost)s,
               CASE WHEN extract(epoch FROM bucket.touched_at - %(now)s::timestamptz) > greatest(%(seconds)s, {APART})
                    THEN %(now)s ELSE greatest(bucket.touched_at, %(now)s) END
        FROM (SELECT least({limit}::float, bucket.tokens + greatest(0,
                  extract(epoch FROM %(now)s::timestamptz - bucket.touched_at)) * {limit} / %(seconds)s) AS tokens
             ) AS filled)
RETURNING tokens, was_allowed
"""  # noqa: S608 - the house's own words, values apart


_TAKE = taking("%(limit)s")


def bucket_of(key: str) -> str:
    """What an allowance is stored under: nobody reads from it whose it is."""
    return hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).hexdigest()


def throttle(key: str, *, limit: int, per_seconds: int, now: datetime, cost: int = 1) -> None:
    """Take `cost` from the allowance of `limit` per `per_seconds` under a key. Raises `TooMany` with `retry_after`.

    The key is hashed before it is stored. Call it outside the transaction it protects, or a rollback gives it back.
    """
    asked = {"key": bucket_of(key), "limit": limit, "seconds": per_seconds, "cost": cost, "now": now}
    ((tokens, is_allowed),) = run(_TAKE, asked)
    if not is_allowed:
        raise too_many(tokens, limit=limit, per_seconds=per_seconds, cost=cost)


def too_many(tokens: float, *, limit: int, per_seconds: int, cost: int = 1) -> TooMany:
    """The refusal, with the seconds until there is enough again."""
    wait = max(1, ceil((cost - tokens) * per_seconds / limit))
    return TooMany(
        _("Too many at once. Try again in %(seconds)s seconds.") % {"seconds": wait},
        hint=_("What you typed is kept on this page."),
        retry_after=wait,
    )


def forget_allowance(key: str) -> None:
    """Give a key its full allowance back, e.g. after a right password."""
    ThrottleBucket.objects.filter(key=bucket_of(key)).delete()


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
