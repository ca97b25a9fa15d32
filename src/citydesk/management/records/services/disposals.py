"""Proposing a list of records for destruction, and signing or refusing it as a second person."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.sequences import next_number
from citydesk.management.records import rules
from citydesk.management.records.choices import APPROVE, DISPOSAL_TYPE, DISPOSE, MOST_ITEMS, DisposalState
from citydesk.management.records.models import Disposal, DisposalItem, RetentionCandidate
from citydesk.management.records.queries.asked import asked_for
from citydesk.management.records.queries.holds import open_holds
from citydesk.management.records.queries.schedule import Series, series_of
from citydesk.management.records.services.candidates import due_of

DESTROY_JOB = "records.destroy_disposal"


def propose_disposal(*, kind: str, reason: str, access: Access, now: datetime, at_most: int = MOST_ITEMS) -> str:
    """List the records of a kind that wait longest and that nothing holds. Returns the disposal's number.

    Raises `NotAllowed`, `NotFound` for a kind without a series, `Invalid` when nothing may go.
    """
    access.require(DISPOSE)
    today = profile.city_today(now)
    series = series_of(kind, on=today)
    with transaction.atomic():
        due = _free(series, at_most, now)
        if not due:
            raise Invalid(_("Nothing of this series may be destroyed now."), field="kind")
        zone = profile.local_zone()
        days = [one.at.astimezone(zone).date() for one in due]
        row = Disposal.objects.create(
            number=next_number("DS", now.year),
            kind=kind,
            series=series.facts(),
            reason=reason.strip(),
            item_count=len(due),
            oldest_on=min(days),
            newest_on=max(days),
            digest=list_digest([(one.id, one.label, one.at) for one in due]),
            proposed_by_id=access.actor.staff_id or 0,
            proposed_at=now,
        )
        DisposalItem.objects.bulk_create(
            DisposalItem(
                disposal=row,
                object_id=one.id,
                label=one.label[:80],
                happened_at=one.at,
                eligible_on=series.eligible_on(day),
            )
            for one, day in zip(due, days, strict=True)
        )
        after = {"records": len(due), "series": series.code, "digest": row.digest}
        act = audit.Act("records.disposal_proposed", DISPOSAL_TYPE, row.pk, row.number, after=after, reason=row.reason)
        audit.record(act, actor=access.actor, now=now)
    return row.number


def decide_disposal(*, number: str, is_approved: bool, digest: str, note: str, access: Access, now: datetime) -> None:
    """Sign or refuse a list somebody else proposed. `digest` is that of the list as the page showed it.

    Raises `NotAllowed` for one's own proposal, `Conflict` when it was decided or the list is another one, `Invalid`
    for a refusal without a reason.
    """
    access.require(APPROVE)
    if not is_approved and not note.strip():
        raise Invalid(_("Say why you refuse."), field="note")
    with transaction.atomic():
        row = Disposal.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound(_("There is no such disposal."))
        if row.proposed_by_id == access.actor.staff_id:
            raise NotAllowed(_("You proposed this. Somebody else must decide."))
        if row.state != DisposalState.PROPOSED:
            raise Conflict(_("This was decided before."))
        if is_approved and digest != row.digest:
            raise Conflict(_("The list is not the one you looked at. Reload the page."))
        row.state = DisposalState.DESTROYING if is_approved else DisposalState.REFUSED
        row.decided_by_id, row.decided_at, row.decision_note = access.actor.staff_id, now, note.strip()
        row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        code = "records.disposal_approved" if is_approved else "records.disposal_refused"
        act = audit.Act(code, DISPOSAL_TYPE, row.pk, row.number, after={"digest": row.digest}, reason=row.decision_note)
        audit.record(act, actor=access.actor, now=now)
        if is_approved:
            outbox.defer(DESTROY_JOB, queue="sweeps", lock=f"disposal:{row.pk}", disposal_id=row.pk)


def list_digest(items: list[tuple[int, str, datetime]]) -> str:
    """The digest of a list: ids, numbers and triggers."""
    return rules.digest_of(f"{pk}|{label[:80]}|{at.timestamp():.6f}" for pk, label, at in items)


def _free(series: Series, at_most: int, now: datetime) -> list[Due]:
    """The longest waiting candidates that are due, under no hold, asked for by nobody and on no other open list."""
    today, holds = profile.city_today(now), open_holds()
    found: list[Due] = []
    listed = DisposalItem.objects.filter(
        disposal__kind=series.kind, disposal__state__in=[DisposalState.PROPOSED, DisposalState.DESTROYING]
    ).values("object_id")
    waiting = RetentionCandidate.objects.filter(kind=series.kind).exclude(object_id__in=listed)
    after: tuple[datetime, int] | None = None
    while len(found) < at_most:
        page = waiting.order_by("happened_at", "object_id")
        if after is not None:
            page = page.filter(Q(happened_at__gt=after[0]) | Q(happened_at=after[0], object_id__gt=after[1]))
        rows = list(page.values_list("happened_at", "object_id")[:500])
        if not rows:
            break
        after = rows[-1]
        due = due_of(series, today=today, ids=[one for _at, one in rows])
        asked = asked_for(series.kind, list(due))
        free = [due[one] for _at, one in rows if one in due and one not in asked]
        found += [one for one in free if not rules.held_by(matter_of(series.kind, one), holds)]
    return found[:at_most]


def matter_of(kind: str, due: Due) -> rules.Matter:
    """A record as holds look at it."""
    return rules.Matter(
        kind=kind,
        day=due.at.astimezone(profile.local_zone()).date(),
        customer_ids=frozenset(due.customer_ids),
        address_ids=frozenset(due.address_ids),
        numbers=frozenset(due.numbers),
    )
