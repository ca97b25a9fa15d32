"""Brakes on reports that come without a person we know: they hold a report for review, they never drop one.

Shared by the portal and the API. The holder of an API key has the key's own allowance instead and is told to wait.
"""

from dataclasses import dataclass
from datetime import datetime

from citydesk.contact.service_requests.rules.spam import spam_sign
from citydesk.kernel.errors import TooMany
from citydesk.kernel.throttle import throttle


@dataclass(frozen=True)
class Allowance:
    """So many reports in so many seconds."""

    limit: int
    per_seconds: int


PER_NETWORK = Allowance(10, 600)
PER_CONTACT = Allowance(20, 86_400)
EVERYBODY = Allowance(100, 10)


def hold_reason(
    *,
    text: str,
    now: datetime,
    network: str = "",
    contact: str = "",
    honeypot: str = "",
    seconds: float | None = None,
    is_anonymous: bool = True,
) -> str:
    """Why a report has to be looked at before it goes to a team; empty when it may go. Call outside the transaction.

    Codes: `honeypot`, `too_fast`, `links` (see `rules.spam`), `network`, `contact`, `everybody` (an allowance is used
    up). `network` is `kernel.throttle.client_network(request)`; pass nothing for a caller with a key. `contact` is the
    e-mail address or phone given. The store goes into `RequestIntake.held_reason`.
    """
    sign = spam_sign(text, honeypot=honeypot, seconds=seconds)
    if sign:
        return sign
    if contact and not _has_room("contact", contact.strip().lower(), PER_CONTACT, now):
        return "contact"
    if not network or not is_anonymous:
        return ""
    if not _has_room("network", network, PER_NETWORK, now):
        return "network"
    return "" if _has_room("everybody", "", EVERYBODY, now) else "everybody"


def _has_room(kind: str, key: str, allowance: Allowance, now: datetime) -> bool:
    try:
        throttle(f"report:{kind}:{key}", limit=allowance.limit, per_seconds=allowance.per_seconds, now=now)
    except TooMany:
        return False
    return True
