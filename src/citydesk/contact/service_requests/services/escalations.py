"""Steps of the escalation: somebody is told in their service hours when a share of a target's time is used."""

from datetime import datetime

from django.db import transaction

from citydesk.contact.service_requests.events import RequestEscalated
from citydesk.contact.service_requests.models import ClockPause, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import sla
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, keep
from citydesk.contact.service_requests.services.notices import note_step
from citydesk.kernel.actors import SYSTEM


def escalate_due(*, now: datetime, limit: int = 200) -> int:
    """Take every step that is due, one transaction each; returns how many. Two runs at once share the work."""
    ids = RequestClock.objects.filter(next_step_at__lte=now).order_by("next_step_at").values_list("pk", flat=True)
    return sum(_escalate(clock_id, now) for clock_id in list(ids[:limit]))


def _escalate(clock_id: int, now: datetime) -> int:
    with transaction.atomic():
        request_id = RequestClock.objects.filter(pk=clock_id).values_list("request_id", flat=True).first() or 0
        row = (
            ServiceRequest.objects.defer("search")
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=request_id, is_open=True, is_held=False)
            .first()
        )
        if row is None:
            return 0
        clock = RequestClock.objects.filter(pk=clock_id, next_step_at__lte=now, stopped_at__isnull=True).first()
        found = policy.sla_class(clock.sla_code, clock.policy_date) if clock else None
        steps = found.steps_of(clock.target) if found and clock else ()
        if clock is None or clock.next_step >= len(steps):
            return 0
        _tell(row, clock, steps[clock.next_step], now)
        clock.next_step += 1
        clocks.settle(clock, list(ClockPause.objects.filter(request=row)), now=now)
        clock.save(update_fields=["next_step", "next_step_at"])
        return 1


def _tell(row: ServiceRequest, clock: RequestClock, step: sla.Step, now: datetime) -> None:
    row.escalation += 1
    after = {
        "target": clock.target,
        "names": clock.names,
        "percent": step.percent,
        "to": step.to,
        "told": note_step(row, clock, step, clock.next_step, now),
    }
    keep(
        row,
        ["escalation"],
        [act_on(row, "escalated", after=after)],
        actor=SYSTEM,
        now=now,
        event=RequestEscalated(row.pk, row.number, clock.target, step.percent, step.to),
    )
