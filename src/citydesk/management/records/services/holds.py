"""Placing and releasing legal holds."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.registries import registries
from citydesk.kernel.sequences import next_number
from citydesk.management.records.choices import HOLD, HOLD_TYPE
from citydesk.management.records.models import LegalHold

# Placing a hold and destroying a record exclude each other: a hold placed at noon holds what goes at one past noon.
_LOCK = 73_112_009


@dataclass(frozen=True)
class NewHold:
    """What a hold names; at least one of person, address, request, days and kinds."""

    title: str
    reason: str
    customer_id: int | None = None
    address_id: int | None = None
    request_number: str = ""
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = field(default=())


def place_hold(*, new: NewHold, access: Access, now: datetime) -> str:
    """Hold records from destruction, at once. Returns the hold's number. Raises `NotAllowed`, `Invalid`."""
    access.require(HOLD)
    number = _checked(new)
    with transaction.atomic():
        lock_holds()
        row = LegalHold.objects.create(
            number=next_number("LH", now.year),
            title=new.title.strip()[:160],
            reason=new.reason.strip(),
            customer_id=new.customer_id,
            address_id=new.address_id,
            request_number=number,
            since=new.since,
            until=new.until,
            kinds=sorted(new.kinds),
            placed_by_id=access.actor.staff_id or 0,
            placed_at=now,
        )
        act = audit.Act(
            "records.hold_placed", HOLD_TYPE, row.pk, row.number, after={"title": row.title}, reason=row.reason
        )
        audit.record(act, actor=access.actor, now=now)
    return row.number


def release_hold(*, number: str, reason: str, access: Access, now: datetime) -> None:
    """Let the records of a hold go their way again. Raises `NotAllowed`, `Invalid`, `NotFound`, `Conflict`."""
    access.require(HOLD)
    if not reason.strip():
        raise Invalid(_("Say why the hold ends."), field="reason")
    with transaction.atomic():
        row = LegalHold.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound(_("There is no such hold."))
        if row.released_at is not None:
            raise Conflict(_("This hold was released before."))
        row.released_at, row.released_by_id, row.release_reason = now, access.actor.staff_id, reason.strip()
        row.save(update_fields=["released_at", "released_by", "release_reason"])
        act = audit.Act("records.hold_released", HOLD_TYPE, row.pk, row.number, reason=row.release_reason)
        audit.record(act, actor=access.actor, now=now)


def lock_holds(*, is_shared: bool = False) -> None:
    """Keep holds as they are until the end of the transaction (shared), or wait for all destruction (not shared)."""
    name = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s)", [_LOCK])


def _checked(new: NewHold) -> str:
    if not new.title.strip():
        raise Invalid(_("Name the matter."), field="title")
    if not new.reason.strip():
        raise Invalid(_("Say why."), field="reason")
    number = parse_number(new.request_number) or "" if new.request_number.strip() else ""
    if new.request_number.strip() and not number:
        raise Invalid(_("This is no number of a request."), field="request_number")
    if new.since and new.until and new.since > new.until:
        raise Invalid(_("The first day lies after the last."), field="until")
    if any(kind not in registries.retention for kind in new.kinds):
        raise Invalid(_("There is no such kind of record."), field="kinds")
    if not any((new.customer_id, new.address_id, number, new.since, new.until, new.kinds)):
        raise Invalid(_("A hold names a person, an address, a request, days or kinds of records."), field="title")
    return number
