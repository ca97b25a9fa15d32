"""Who calls with a key, and which keys there are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.city.staff.choices import VIEW
from citydesk.city.staff.models import ApiKey
from citydesk.kernel.actors import Access, Actor, ActorKind

# What a partner is made of, for whom a key's words are given as `digest`.
PARTNER = """
SELECT id, name, scopes, service_codes, per_minute, used_at FROM staff_apikey
WHERE digest = %(digest)s AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > %(now)s)
"""
_LONGEST = 120


@dataclass(frozen=True)
class Partner:
    """The holder of a valid key. `service_codes` empty means every code the public may report."""

    key_id: int
    actor: Actor
    scopes: frozenset[str]
    service_codes: frozenset[str]
    per_minute: int
    used_at: datetime | None = None

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def may_report(self, service_code: str) -> bool:
        return not self.service_codes or service_code in self.service_codes


def digest_of_words(words: str) -> str:
    """What is kept of a key. Plain SHA-256 is enough: the words are 240 random bits. Empty for what can be no key."""
    return hashlib.sha256(words.encode()).hexdigest() if 0 < len(words) <= _LONGEST else ""


def partner_from(row: Sequence[Any]) -> Partner:
    """The partner of a row of `PARTNER`."""
    key_id, name, scopes, service_codes, per_minute, used_at = row
    actor = Actor(ActorKind.API_KEY, key_id, name)
    return Partner(key_id, actor, frozenset(scopes), frozenset(service_codes), per_minute, used_at)


def list_api_keys(access: Access) -> list[dict[str, Any]]:
    """All keys, without their words. Raises `NotAllowed`."""
    access.require(VIEW)
    fields = (
        "id",
        "name",
        "start",
        "scopes",
        "service_codes",
        "per_minute",
        "made_at",
        "ends_at",
        "revoked_at",
        "used_at",
    )
    return list(ApiKey.objects.values(*fields))
