"""Second factors: secrets encrypted at rest, named after the house; wrong codes slow the next one."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError

from citydesk.city.staff.adapters.account import too_early
from citydesk.city.staff.queries import sign_in_wait
from citydesk.city.staff.services import note_failed_sign_in
from citydesk.kernel.clock import utc_now
from citydesk.kernel.sealing import under_first


class StaffFactorAdapter(DefaultMFAAdapter):
    """Keys of authenticator apps and seeds of recovery codes are of no use to a reader of a database dump."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return "Citydesk"


class SlowedCodeForm(AuthenticateForm):
    """The code after the password: wrong ones are counted and slow the next one like wrong passwords."""

    def clean_code(self) -> str:
        address = account_adapter().get_client_ip(context.request)
        wait = sign_in_wait(login=self.user.username, address=address, now=utc_now())
        if wait:
            raise ValidationError(too_early(wait), code="too_many_login_attempts")
        try:
            return super().clean_code()
        except ValidationError:
            method = "second factor"
            note_failed_sign_in(login=self.user.username, address=address, method=method, now=utc_now())
            raise


# Where allauth puts what it encrypts: the key of an app, the seed of recovery codes. Passkeys keep no secret here.
_ENCRYPTED = ("secret", "seed")


def sealed_anew(data: dict[str, Any]) -> dict[str, Any] | None:
    """A second factor's data with its secret under the current key; None for a passkey. Raises `Invalid`."""
    if not any(name in data for name in _ENCRYPTED):
        return None
    keys = _keys()
    return {
        name: under_first(keys, value.encode()).decode() if name in _ENCRYPTED else value
        for name, value in data.items()
    }


def _box() -> MultiFernet:
    """The current secret key encrypts, older ones still decrypt."""
    return MultiFernet(_keys())


def _keys() -> list[Fernet]:
    return [Fernet(_key_from(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _key_from(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"citydesk.second-factor|" + secret.encode()).digest())
