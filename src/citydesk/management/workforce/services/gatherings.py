"""Trainings and meetings put on a week; who solves it places them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.management.workforce.choices import ActivityKind
from citydesk.management.workforce.models import Gathering
from citydesk.management.workforce.queries.seen import monday_of, seen_group
from citydesk.management.workforce.rules.planning import STEP
from citydesk.management.workforce.services.schedules import require_planner, tidy

KINDS = (ActivityKind.TRAINING, ActivityKind.MEETING, ActivityKind.COACHING)
SHORTEST, LONGEST = 15, 480


@dataclass(frozen=True)
class NewGathering:
    """A training or meeting: how long, on which days it may lie, for whom (nobody named: the whole group).
    One that is not together may be split in two where it `may_split`."""

    kind: str
    title: str
    minutes: int
    first: date
    last: date
    is_together: bool = False
    people: tuple[int, ...] = ()
    may_split: bool = False


def plan_gathering(*, group_id: int, new: NewGathering, access: Access, now: datetime) -> int:
    """Put a training or meeting on a week; returns its id. Raises `Invalid`, `NotFound`, `NotAllowed`."""
    group = seen_group(access, group_id)
    require_planner(access, group)
    if new.kind not in set(KINDS):
        raise Invalid(_("Choose training, meeting or coaching."), field="kind")
    if not new.title.strip():
        raise Invalid(_("Say what it is."), field="title")
    if not SHORTEST <= new.minutes <= LONGEST or new.minutes % STEP:
        raise Invalid(_("From 15 to 480 minutes, in quarter hours."), field="minutes")
    if new.last < new.first or monday_of(new.first) != monday_of(new.last):
        raise Invalid(_("Both days lie in one week, the first one first."), field="last")
    row = Gathering.objects.create(
        group_id=group.id,
        week_start=monday_of(new.first),
        kind=new.kind,
        title=tidy(new.title)[:120],
        minutes=new.minutes,
        first=new.first,
        last=new.last,
        is_together=new.is_together,
        may_split=new.may_split and not new.is_together,
        people=list(new.people),
        made_at=now,
        made_by_id=access.actor.staff_id or 0,
    )
    return row.pk


def drop_gathering(*, gathering_id: int, access: Access, now: datetime) -> None:
    """Take a training or meeting off its week; schedules already solved keep it. Raises `NotFound`, `NotAllowed`."""
    with transaction.atomic():
        row = Gathering.objects.select_for_update().filter(pk=gathering_id, dropped_at=None).first()
        if row is None:
            raise NotFound(_("There is nothing here."))
        require_planner(access, seen_group(access, row.group_id))
        row.dropped_at = now
        row.save(update_fields=["dropped_at"])
