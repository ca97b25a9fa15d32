"""Open shifts: shifts nobody has, the bids for them, and who is given one."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.workforce.choices import OPEN_SHIFT, OWN, PLAN, AmendmentKind, OpenState
from citydesk.management.workforce.models import OpenShift, ShiftBid
from citydesk.management.workforce.queries.bidding import group_in_reach, pattern_of, ranked_bids, seen_open_shifts
from citydesk.management.workforce.rules.bids import given_to
from citydesk.management.workforce.rules.roster.shifts import Pattern
from citydesk.management.workforce.services.amending import amend, hold_week
from citydesk.management.workforce.services.notices import tell


def open_shift(
    *, group_id: int, day: date, template: str, start: int, reason: str = "", access: Access, now: datetime
) -> int:
    """Offer a shift of a kind, from a minute of the day on, to whoever of the group would take it; returns its id.

    Raises `NotAllowed`, `NotFound`, `Invalid` (no such way of working, or it has begun), `Conflict`.
    """
    group = group_in_reach(access, group_id)
    with transaction.atomic():
        plan = hold_week(group.pk, day, now)
        ways = [one for one in plan.problem.patterns if (one.template, one.start) == (template, start)]
        if not ways:
            raise Invalid(_("Choose a shift and when it begins."), field="shift")
        row = _opened(group.pk, day, ways[len(ways) // 2], reason, access, now)
        people = {plan.user_of(one.code) for one in plan.problem.people}
        tell(people, "shift_open", {"shift": row.pk, "day": day.isoformat()}, now)
    return row.pk


def _opened(group_id: int, day: date, way: Pattern, reason: str, access: Access, now: datetime) -> OpenShift:
    zone = profile.local_zone()
    starts_at = at_local(day, way.start, zone)
    if starts_at <= now:
        raise Invalid(_("That shift has begun."), field="day")
    row = OpenShift.objects.create(
        group_id=group_id,
        day=day,
        template=way.template,
        start_minute=way.start,
        length=way.length,
        meal_start=way.meal_start,
        meal_length=way.meal_length,
        starts_at=starts_at,
        ends_at=at_local(day, way.end, zone),
        reason=reason.strip()[:400],
        made_at=now,
        made_by_id=access.actor.staff_id or 0,
    )
    _note(row, "shift_opened", access, now)
    return row


def place_bid(*, open_shift_id: int, access: Access, now: datetime) -> int:
    """Say that one would take an open shift; returns the bid's id. Raises `NotFound`, `Conflict`, `NotAllowed`."""
    access.require(OWN)
    try:
        with transaction.atomic():
            row = _open(open_shift_id, access)
            if row.starts_at <= now:
                raise Conflict(_("That shift has begun."))
            bid = ShiftBid.objects.create(open_shift=row, person_id=access.actor.staff_id or 0, placed_at=now)
            _note(row, "bid_placed", access, now)
    except IntegrityError as error:
        raise Conflict(_("You have said so already.")) from error
    return bid.pk


def withdraw_bid(*, open_shift_id: int, access: Access, now: datetime) -> None:
    """Take one's bid back before the shift is given. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        row = _open(open_shift_id, access)
        count = row.bids.filter(person_id=access.actor.staff_id, withdrawn_at=None).update(withdrawn_at=now)
        if not count:
            raise NotFound(_("There is no bid of yours."))
        _note(row, "bid_withdrawn", access, now)


def give_shift(
    *,
    open_shift_id: int,
    person_id: int,
    reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Give an open shift to one of its bidders: the week gets its next version. What breaks a rule needs a reason.

    Raises `NotFound`, `NotAllowed` (one's own bid, another team), `Invalid`, `Conflict`.
    """
    with transaction.atomic():
        row = _to_decide(open_shift_id, access, version)
        if person_id == access.actor.staff_id:
            raise NotAllowed(_("Nobody approves their own."))
        plan = hold_week(row.group_id, row.day, now)
        bid = next((one for one in ranked_bids(plan, row, now) if plan.user_of(one.person) == person_id), None)
        if bid is None or row.starts_at <= now:
            raise Conflict(_("There is no such bid any more."))
        if bid.fresh and not reason.strip():
            raise Invalid(_("This breaks a rule. Say why it is approved."), field="reason")
        after = given_to(plan.roster, bid.person, plan.day_of(row.day), pattern_of(row))
        row.amendment = amend(
            plan=plan, after=after, kind=AmendmentKind.GIVEN, reason=reason.strip()[:400], access=access, now=now
        )
        row.state, row.given_to_id = OpenState.GIVEN, person_id
        _decide(row, "shift_given", access, now, ["given_to", "amendment"])
        facts = {"shift": row.pk, "day": row.day.isoformat()}
        tell([person_id], "bid_won", facts, now)
        others = row.bids.filter(withdrawn_at=None).exclude(person_id=person_id)
        tell(others.values_list("person_id", flat=True), "bid_lost", facts, now)


def close_shift(*, open_shift_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Offer a shift no more. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    with transaction.atomic():
        row = _to_decide(open_shift_id, access, version)
        row.state = OpenState.CLOSED
        _decide(row, "shift_closed", access, now, [])
        bidders = row.bids.filter(withdrawn_at=None).values_list("person_id", flat=True)
        tell(bidders, "bid_lost", {"shift": row.pk, "day": row.day.isoformat()}, now)


def _open(open_shift_id: int, access: Access) -> OpenShift:
    if not seen_open_shifts(access).filter(pk=open_shift_id).exists():
        raise NotFound(_("There is no such open shift."))
    row = OpenShift.objects.select_for_update(of=("self",)).select_related("group").get(pk=open_shift_id)
    if row.state != OpenState.OPEN:
        raise Conflict(_("This was decided already."))
    return row


def _to_decide(open_shift_id: int, access: Access, version: int | None) -> OpenShift:
    row = _open(open_shift_id, access)
    if not access.may(PLAN) or row.group.team_id not in access.team_ids:
        raise NotAllowed(_("Who plans this team decides."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)
    return row


def _decide(row: OpenShift, code: str, access: Access, now: datetime, fields: list[str]) -> None:
    row.decided_at, row.decided_by_id = now, access.actor.staff_id
    row.version += 1
    row.save(update_fields=["state", "version", "decided_at", "decided_by", *fields])
    _note(row, code, access, now)


def _note(row: OpenShift, code: str, access: Access, now: datetime) -> None:
    audit.record(audit.Act(f"workforce.{code}", OPEN_SHIFT, row.pk, row.day.isoformat()), actor=access.actor, now=now)
