"""A person's word in place of a forecast: beside the model's value, with the reason, taken back at any time."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.traffic import queries as traffic
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.management.workforce.choices import FORECAST, ChangeKind
from citydesk.management.workforce.models import ForecastOverride, ForecastPoint, GroupQueue
from citydesk.management.workforce.rules.forecast.overriding import MOST_FACTOR, overridden
from citydesk.management.workforce.services.requiring import require_for_queue

OBJECT = "workforce.queue"
MOST_CONTACTS = 100_000


def override_forecast(
    *,
    queue_code: str,
    starts_at: datetime,
    ends_at: datetime,
    kind: ChangeKind,
    amount: Decimal,
    reason: str,
    access: Access,
    now: datetime,
) -> int:
    """Put one's own word in place of the forecast of the slots that begin from one moment to before another.

    A factor of the model's values, or the contacts of all these slots together. An earlier word within the same slots
    gives way to it. The staff required of these weeks is computed anew. Returns the override's id. Raises `NotAllowed`,
    `NotFound`, `Invalid`, and `Conflict` where an earlier word reaches beyond these slots.
    """
    access.require(FORECAST)
    queue = traffic.get_queue(queue_code)
    words = reason.strip()
    _check(kind, amount, words)
    if starts_at <= now:
        raise Invalid(_("What has begun is no forecast any more. Begin with a later slot."), field="starts")
    with transaction.atomic():
        hold_queue(queue.id)
        points = _points(queue.id, starts_at, ends_at)
        if not points:
            raise Invalid(_("There is no forecast of these slots."), field="starts")
        made = _replace(queue.id, starts_at, ends_at, now, access)
        row = ForecastOverride.objects.create(
            queue_id=queue.id,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=kind,
            amount=amount,
            reason=words,
            made_at=now,
            made_by_id=_person(access),
        )
        ForecastOverride.objects.filter(pk__in=made).update(replaced_by=row)
        _note(queue, "workforce.override_made", access, now, words, amount=_words(kind, amount))
        _applied(queue.id, points, now)
    return row.pk


def end_override(*, override_id: int, access: Access, now: datetime) -> None:
    """Take a word back: the model's own values stand again. Raises `NotAllowed`, `NotFound`, `Conflict`."""
    access.require(FORECAST)
    with transaction.atomic():
        row = ForecastOverride.objects.select_for_update().filter(pk=override_id).first()
        if row is None:
            raise NotFound(_("There is no such override."))
        if not row.is_current:
            raise Conflict(_("It was replaced or taken back already."))
        hold_queue(row.queue_id)
        row.is_current, row.ended_at, row.ended_by_id = False, now, _person(access)
        row.save(update_fields=["is_current", "ended_at", "ended_by"])
        queue = next(one for one in traffic.list_queues(only_active=False) if one.id == row.queue_id)
        _note(queue, "workforce.override_ended", access, now, row.reason)
        _applied(row.queue_id, _points(row.queue_id, row.starts_at, row.ends_at), now)


def hold_queue(queue_id: int) -> None:
    """Whoever makes a queue's points waits for who does already. Raises `Invalid` for a queue no group takes."""
    if GroupQueue.objects.select_for_update().filter(queue_id=queue_id).first() is None:
        raise Invalid(_("No group takes this queue."), field="queue")


def apply_overrides(queue_id: int, first: date, last: date) -> None:
    """Put the words in force on the current points of these days (both in); elsewhere the model's values stand."""
    points = ForecastPoint.objects.filter(queue_id=queue_id, is_current=True, day__gte=first, day__lte=last)
    _apply(queue_id, list(points.order_by("starts_at")))


def _apply(queue_id: int, points: list[ForecastPoint]) -> None:
    if not points:
        return
    spans = ForecastOverride.objects.filter(
        queue_id=queue_id, is_current=True, starts_at__lte=points[-1].starts_at, ends_at__gt=points[0].starts_at
    )
    wanted: dict[int, tuple[Decimal, int]] = {}
    for word in spans:
        mine = [one for one in points if word.starts_at <= one.starts_at < word.ends_at]
        values = overridden([float(one.model) for one in mine], ChangeKind(word.kind), float(word.amount))
        wanted |= {one.pk: (Decimal(str(round(value, 3))), word.pk) for one, value in zip(mine, values, strict=True)}
    changed = []
    for one in points:
        value, word_id = wanted.get(one.pk, (one.model, None))
        if (one.value, one.override_id) != (value, word_id):
            one.value, one.override_id = value, word_id
            changed.append(one)
    ForecastPoint.objects.bulk_update(changed, ["value", "override"], batch_size=500)


def _applied(queue_id: int, points: list[ForecastPoint], now: datetime) -> None:
    days = sorted({one.day for one in points})
    if days:
        apply_overrides(queue_id, days[0], days[-1])
        require_for_queue(queue_id, days, now)


def _points(queue_id: int, starts_at: datetime, ends_at: datetime) -> list[ForecastPoint]:
    found = ForecastPoint.objects.filter(queue_id=queue_id, is_current=True, starts_at__gte=starts_at)
    return list(found.filter(starts_at__lt=ends_at).order_by("starts_at"))


def _replace(queue_id: int, starts_at: datetime, ends_at: datetime, now: datetime, access: Access) -> list[int]:
    """End the earlier words within the stretch; returns them."""
    earlier = ForecastOverride.objects.select_for_update().filter(
        queue_id=queue_id, is_current=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    found = list(earlier)
    for one in found:
        if one.starts_at < starts_at or one.ends_at > ends_at:
            raise Conflict(_("An earlier override reaches beyond these slots. Take it back first."), field="starts")
    ids = [one.pk for one in found]
    ForecastOverride.objects.filter(pk__in=ids).update(is_current=False, ended_at=now, ended_by_id=_person(access))
    return ids


def _check(kind: ChangeKind, amount: Decimal, reason: str) -> None:
    if not reason:
        raise Invalid(_("Say why."), field="reason")
    most = MOST_FACTOR if kind is ChangeKind.FACTOR else MOST_CONTACTS
    if not 0 <= amount <= Decimal(str(most)):
        raise Invalid(_("Write a number from 0 to %(most)s.") % {"most": f"{most:,.0f}"}, field="amount")


def _person(access: Access) -> int:
    if access.actor.staff_id is None:
        raise NotAllowed(_("Only a person may say so."))
    return access.actor.staff_id


def _words(kind: ChangeKind, amount: Decimal) -> str:
    shown = f"{amount.normalize():f}"
    return f"× {shown}" if kind is ChangeKind.FACTOR else shown


def _note(queue: traffic.QueueLine, code: str, access: Access, now: datetime, reason: str, **facts: str) -> None:
    name = next(iter(queue.name.values()), queue.code)
    act = audit.Act(code, OBJECT, queue.id, name, after=facts or None, reason=reason)
    audit.record(act, actor=access.actor, now=now)
