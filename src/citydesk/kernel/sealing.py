"""Short texts that travel in an address without being readable or forgeable there: cursors, words searched for.

An address ends up in logs, histories and referrers, so nothing personal may stand in it in clear.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from citydesk.kernel.errors import Invalid, marked


@lru_cache(maxsize=64)
def _box(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(hashlib.blake2b(purpose.encode(), key=_short(key), digest_size=32).digest())
            )
            for key in keys
        ]
    )


def _short(key: str) -> bytes:
    return hashlib.sha512(key.encode()).digest()


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted under the site's secret; opens for the same purpose only."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _box(keys, purpose).encrypt(text.encode()).decode().rstrip("=")


def unseal(token: str, *, purpose: str, max_age: int | None = None) -> str:
    """The sealed text; `max_age` in seconds. Raises `Invalid` for anything that was not sealed here for the purpose."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    padded = token + "=" * (-len(token) % 4)
    try:
        return _box(keys, purpose).decrypt(padded.encode(), ttl=max_age).decode()
    except (InvalidToken, ValueError) as error:
        raise Invalid(marked("This address is broken or too old. Start again from the list.")) from error


def sealed_at(token: str) -> int:
    """When a text was sealed, in seconds since 1970: Fernet writes it in clear behind its first byte. Only for a token
    that `unseal` has opened."""
    return int.from_bytes(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[1:9], "big")
