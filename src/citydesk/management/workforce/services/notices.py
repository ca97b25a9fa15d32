"""Notices: what people have to know about their shifts, until they have read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from citydesk.kernel import live
from citydesk.kernel.actors import Access
from citydesk.management.workforce.choices import OWN
from citydesk.management.workforce.models import ShiftNotice


def tell(user_ids: Iterable[int], code: str, facts: dict[str, Any], now: datetime) -> None:
    """Write a notice to each person, once, within the caller's transaction."""
    people = sorted(set(user_ids))
    ShiftNotice.objects.bulk_create(ShiftNotice(person_id=one, code=code, facts=facts, made_at=now) for one in people)
    for one in people:
        live.notify(f"user.{one}", {"shifts": code})


def read_notices(*, access: Access, now: datetime) -> int:
    """Take one's own notices as read; returns how many there were. Raises `NotAllowed`."""
    access.require(OWN)
    with transaction.atomic():
        return ShiftNotice.objects.filter(person_id=access.actor.staff_id, read_at=None).update(read_at=now)
