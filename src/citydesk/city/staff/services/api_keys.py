"""Keys of partners: made once, shown once, revoked at once."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff.choices import API_SCOPES, MANAGE
from citydesk.city.staff.models import ApiKey
from citydesk.city.staff.queries.api_keys import PARTNER, Partner, digest_of_words, partner_from
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.statements import run
from citydesk.kernel.throttle import bucket_of, taking, too_many

USED_EVERY = timedelta(minutes=5)


def make_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    service_codes: Sequence[str] = (),
    per_minute: int = 60,
    ends_at: datetime | None = None,
    access: Access,
    now: datetime,
) -> str:
    """Make a key; returns its words, which are never shown again. Raises `NotAllowed`, `Invalid`."""
    access.require(MANAGE)
    if not name.strip():
        raise Invalid(_("Say whose key this is."), field="name")
    unknown = sorted(set(scopes) - API_SCOPES)
    if unknown or not scopes:
        raise Invalid(_("Choose what the key may do."), field="scopes")
    if not 1 <= per_minute <= 6000:
        raise Invalid(_("Between 1 and 6,000 calls a minute."), field="per_minute")
    words = f"ck_{secrets.token_urlsafe(30)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            name=name.strip()[:120],
            start=words[:8],
            digest=digest_of_words(words),
            scopes=sorted(scopes),
            service_codes=sorted(service_codes),
            per_minute=per_minute,
            made_by_id=access.actor.staff_id,
            made_at=now,
            ends_at=ends_at,
        )
        act = audit.Act("staff.api_key_made", "staff.api_key", key.pk, key.name, after={"scopes": key.scopes})
        audit.record(act, actor=access.actor, now=now)
    return words


def revoke_api_key(*, key_id: int, reason: str, access: Access, now: datetime) -> None:
    """End a key for good; the next call with it is refused. Raises `NotAllowed`, `NotFound`, `Invalid`."""
    access.require(MANAGE)
    if not reason.strip():
        raise Invalid(_("Give the reason."), field="reason")
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=key_id, revoked_at=None).first()
        if key is None:
            raise NotFound(_("There is no such key."))
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        act = audit.Act("staff.api_key_revoked", "staff.api_key", key.pk, key.name, reason=reason.strip())
        audit.record(act, actor=access.actor, now=now)


# The key and its allowance in one statement: a program asks often, and every asking is counted before anything else.
_ADMIT = f"""
WITH partner AS ({PARTNER}),
taken AS ({taking("(SELECT per_minute FROM partner)", "FROM partner")})
SELECT partner.*, taken.tokens, taken.was_allowed FROM partner CROSS JOIN taken
"""  # noqa: S608 - the house's own words, values apart
_A_MINUTE = 60


def admit_partner(*, words: str, now: datetime) -> Partner | None:
    """The partner behind a key's words, one call taken from their allowance of a minute; None for an unknown, revoked
    or ended key. Notes that the key was used. Raises `TooMany`. Call it outside a transaction.
    """
    digest = digest_of_words(words)
    if not digest:
        return None
    asked = {"digest": digest, "key": bucket_of(f"api:{digest}"), "cost": 1, "seconds": _A_MINUTE, "now": now}
    found = run(_ADMIT, asked)
    if not found:
        return None
    *row, tokens, is_allowed = found[0]
    partner = partner_from(row)
    if not is_allowed:
        raise too_many(tokens, limit=partner.per_minute, per_seconds=_A_MINUTE)
    note_key_used(key_id=partner.key_id, used_at=partner.used_at, now=now)
    return partner


def note_key_used(*, key_id: int, used_at: datetime | None = None, now: datetime) -> None:
    """Remember, to within five minutes, when a key was last used; `used_at` is what the caller read of it."""
    if used_at is not None and used_at > now - USED_EVERY:
        return
    ApiKey.objects.filter(pk=key_id).exclude(used_at__gt=now - USED_EVERY).update(used_at=now)
