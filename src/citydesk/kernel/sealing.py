"""Short texts that travel in an address without being readable or forgeable there: cursors, words searched for; and
secrets that a room keeps, of no use to a reader of a database dump.

An address ends up in logs, histories and referrers, so nothing personal may stand in it in clear. What is kept outlives
a change of the site's key: a room declares it as a `SealedStore`, and `citydesk reseal` seals it anew.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from citydesk.kernel.errors import Invalid, marked


@lru_cache(maxsize=64)
def _keys(keys: tuple[str, ...], purpose: str) -> tuple[Fernet, ...]:
    return tuple(
        Fernet(base64.urlsafe_b64encode(hashlib.blake2b(purpose.encode(), key=_short(key), digest_size=32).digest()))
        for key in keys
    )


@lru_cache(maxsize=64)
def _box(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet(_keys(keys, purpose))


def _short(key: str) -> bytes:
    return hashlib.sha512(key.encode()).digest()


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted under the site's secret; opens for the same purpose only."""
    return _box(_secrets(), purpose).encrypt(text.encode()).decode().rstrip("=")


def unseal(token: str, *, purpose: str, max_age: int | None = None) -> str:
    """The sealed text; `max_age` in seconds. Raises `Invalid` for anything that was not sealed here for the purpose."""
    try:
        return _box(_secrets(), purpose).decrypt(_padded(token), ttl=max_age).decode()
    except (InvalidToken, ValueError) as error:
        raise Invalid(marked("This address is broken or too old. Start again from the list.")) from error


def sealed_anew(token: str, *, purpose: str) -> str:
    """The token sealed under the current key, or as it is where that key opens it. Raises `Invalid`."""
    return under_first(_keys(_secrets(), purpose), _padded(token)).decode().rstrip("=")


def under_first(keys: Sequence[Fernet], token: bytes) -> bytes:
    """The token as it is where the first key opens it, else what another one opens under the first; when it was sealed
    stays. Raises `Invalid`."""
    try:
        keys[0].decrypt(token)
    except InvalidToken:
        try:
            return MultiFernet(keys).rotate(token)
        except InvalidToken as error:
            raise Invalid(marked("No key opens this.")) from error
    return token


def sealed_at(token: str) -> int:
    """When a text was sealed, in seconds since 1970: Fernet writes it in clear behind its first byte. Only for a token
    that `unseal` has opened."""
    return int.from_bytes(base64.urlsafe_b64decode(_padded(token))[1:9], "big")


def _secrets() -> tuple[str, ...]:
    """The site's key, then those before it."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _padded(token: str) -> bytes:
    return (token + "=" * (-len(token) % 4)).encode()
