"""Who approves for whom while they are away, and what of a person's employment decides hours and leave."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound
from citydesk.management.timekeeping.choices import APPROVE, PAYROLL, PERSON, TEAM
from citydesk.management.timekeeping.models import Delegation, Terms
from citydesk.management.timekeeping.services.locked import somebody

_LONGEST_DAYS = 366
_DAY = 24 * 3600


def delegate_approval(*, delegate_id: int, first: date, last: date, access: Access, now: datetime) -> int:
    """Let somebody approve for one's own teams from `first` through `last`; returns the delegation's id.

    The delegate holds the right to approve, and approves neither their own nor one's own. Raises `Invalid`.
    """
    access.require(APPROVE)
    access.require(TEAM)
    person = somebody(access)
    if last < first or last < profile.city_today(now) or (last - first).days > _LONGEST_DAYS:
        raise Invalid(_("Say from which day to which, a year at most."), field="last")
    other = staff.access_for(staff.user_with_rights(delegate_id, now), now)
    if delegate_id == person or not other.may(APPROVE):
        raise Invalid(_("Choose somebody else who may approve."), field="delegate")
    with transaction.atomic():
        row = Delegation.objects.create(
            principal_id=person, delegate_id=delegate_id, first=first, last=last, made_at=now
        )
        after = {"name": other.actor.label, "from": first.isoformat(), "until": last.isoformat()}
        act = audit.Act("timekeeping.delegated", PERSON, person, access.actor.label, after=after)
        audit.record(act, actor=access.actor, now=now)
        return row.pk


def end_delegation(*, delegation_id: int, access: Access, now: datetime) -> None:
    """End a delegation one gave. Raises `NotFound`."""
    access.require(TEAM)
    with transaction.atomic():
        rows = Delegation.objects.select_for_update(of=("self",)).select_related("delegate")
        row = rows.filter(pk=delegation_id, principal_id=somebody(access), ended_at=None).first()
        if row is None:
            raise NotFound(_("There is no such delegation."))
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        after = {"name": row.delegate.name}
        act = audit.Act("timekeeping.delegation_ended", PERSON, row.principal_id, access.actor.label, after=after)
        audit.record(act, actor=access.actor, now=now)


def set_terms(
    *,
    user_id: int,
    is_exempt: bool = False,
    comp_agreed_on: date | None = None,
    is_safety: bool = False,
    week_seconds: Sequence[int] = (28_800,) * 5 + (0, 0),
    service_since: date | None = None,
    counted_from: date | None = None,
    access: Access,
    now: datetime,
) -> None:
    """Write down what of a person's employment decides hours and leave. Nobody writes their own.

    `counted_from`: leave accrues here from that day on. Raises `Invalid`, `NotAllowed`.
    """
    access.require(PAYROLL)
    if access.actor.staff_id == user_id:
        raise NotAllowed(_("Nobody writes their own terms."))
    staff.get_user(user_id)
    if len(week_seconds) != 7 or not all(0 <= one <= _DAY for one in week_seconds):
        raise Invalid(_("Say the hours of each day of the week."), field="week_seconds")
    if counted_from is not None and (service_since is None or service_since > counted_from):
        raise Invalid(_("Service begins on or before the day leave is counted from."), field="counted_from")
    values = {
        "is_exempt": is_exempt,
        "comp_agreed_on": comp_agreed_on,
        "is_safety": is_safety,
        "week_seconds": list(week_seconds),
        "service_since": service_since,
        "counted_from": counted_from,
    }
    with transaction.atomic():
        Terms.objects.update_or_create(user_id=user_id, defaults=values)
        act = audit.Act("timekeeping.terms_set", PERSON, user_id, staff.get_user(user_id).name)
        audit.record(act, actor=access.actor, now=now)
