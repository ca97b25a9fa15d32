"""The desk's own contacts told as legs and states: what came over the counter, by mail or web, no switch tells."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.interactions import queries as interactions
from citydesk.contact.traffic.choices import DESK, QueueChannel, ToldKind
from citydesk.contact.traffic.models import ToldDay
from citydesk.contact.traffic.rules import LegRecord, StateRecord
from citydesk.contact.traffic.rules.desk import CHANNELS, DeskQueue, Taken, leg_of, queue_of, stays_of
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.contact.traffic.services.importing import take_told
from citydesk.kernel.imports.runs import Tally

# A contact is received before it is saved, seldom by more: so much before the last day told is looked at again.
_AGAIN = timedelta(days=2)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def tell_desk_contacts(*, now: datetime, since: datetime | None = None) -> Tally:
    """Tell the contacts saved since the last days told (or since a moment) as legs and states of the source "desk".

    The same contacts again add nothing. One transaction; two at a time wait for each other.
    """
    with transaction.atomic():
        last = ToldDay.objects.filter(source=DESK, kind=ToldKind.LEGS).aggregate(last=Max("day"))["last"]
        begin = since or _begin(last, now)
        queues = _queues(profile.city_today(now))
        return take_told(told=_told(begin, now, queues), source=DESK, now=now)


def _begin(last: date | None, now: datetime) -> datetime:
    if last is None:
        return _BEGINNING
    return min(day_bounds(last, profile.local_zone()).since, now) - _AGAIN


def _queues(on: date) -> list[DeskQueue]:
    """The queues whose contacts the desk tells, in the profile's order."""
    known = profile.entries("queues", on)
    return [
        DeskQueue(code, QueueChannel(body["channel"]), frozenset(body.get("languages", ())))
        for code, body in sorted(known.items(), key=lambda one: (one[1]["order"], one[0]))
        if body.get("from_desk")
    ]


def _told(since: datetime, until: datetime, queues: Sequence[DeskQueue]) -> Iterator[LegRecord | StateRecord]:
    names = {one.id: one.username for one in staff.list_people()}
    channels = {CHANNELS[one.channel] for one in queues}
    for one in interactions.list_handled(since=since, until=until, channels=channels):
        queue = queue_of(one.channel, one.language, queues)
        if not queue:
            continue
        taken = Taken(
            number=one.number,
            queue=queue,
            agent=names.get(one.taken_by_id or 0, ""),
            received_at=one.received_at,
            started_at=one.started_at,
            recorded_at=one.recorded_at,
            handle_s=one.active_seconds,
            active=one.active,
            passed=one.passed,
        )
        yield leg_of(taken)
        yield from stays_of(taken)
