"""How long an account or a network address must wait, and what of a person's sign-in others may see."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from citydesk.city.staff.choices import LONGEST_DELAY
from citydesk.city.staff.models import SignInBrake
from citydesk.kernel.audit import newest_fact


@dataclass(frozen=True)
class Factors:
    """Second factors and identities of one account."""

    has_app: bool
    passkeys: int
    has_codes: bool
    identities: int

    @property
    def has_second(self) -> bool:
        return self.has_app or self.passkeys > 0


def brake_keys(login: str, address: str) -> tuple[str, str]:
    """Keyed digests of an account name and a network address: the table tells neither."""
    return _digest(f"name:{login.strip().lower()}"), _digest(f"address:{address}")


def sign_in_wait(*, login: str, address: str, now: datetime) -> int:
    """Seconds until the next attempt is looked at; the same for names that exist and names that do not.

    A wait longer than there is one was set before the clock was set back: nobody waits for the clock to catch up.
    """
    keys, latest = brake_keys(login, address), now + timedelta(seconds=LONGEST_DELAY)
    blocked = SignInBrake.objects.filter(key__in=keys, blocked_until__gt=now, blocked_until__lte=latest).values_list(
        "blocked_until", flat=True
    )
    return max((ceil((until - now).total_seconds()) for until in blocked), default=0)


def factors_of(user_id: int) -> Factors:
    """What a person signs in with besides the password."""
    kinds = list(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))
    return Factors(
        has_app=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        has_codes=Authenticator.Type.RECOVERY_CODES in kinds,
        identities=SocialAccount.objects.filter(user_id=user_id).count(),
    )


def left_at(user_id: int) -> datetime | None:
    """When somebody was last at the desk before they signed in this time; None on their first day."""
    told = newest_fact("staff.signed_in", "staff.User", user_id).get("left_at")
    return datetime.fromisoformat(told) if told else None


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
