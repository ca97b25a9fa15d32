"""Second factors: secrets encrypted at rest, named after the house, every change recorded."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


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

    def send_notification_mail(self, *arguments: Any, **keywords: Any) -> None:
        account_adapter().send_notification_mail(*arguments, **keywords)


def _box() -> MultiFernet:
    """The current secret key encrypts, older ones still decrypt."""
    return MultiFernet([Fernet(_key_from(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key_from(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"citydesk.second-factor|" + secret.encode()).digest())
