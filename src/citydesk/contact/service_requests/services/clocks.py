"""The stored side of the clock: rows made from a class, stopped by events, moved by pauses. Arithmetic: rules.sla."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from citydesk.contact.service_requests.choices import StartEvent, StopEvent
from citydesk.contact.service_requests.models import ClockPause, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import sla
from citydesk.kernel.rows import fresh


def plan_clocks(
    sla_code: str,
    *,
    on: date,
    received_at: datetime,
    is_assigned: bool,
    assigned_at: datetime | None = None,
    round: int = 0,
) -> list[RequestClock]:
    """Unsaved clocks of a class, those that start with assignment still standing unless it is assigned already.

    The dates are computed with the calendars of the day `on`.
    """
    found = policy.sla_class(sla_code, on)
    clocks = []
    for position, target in enumerate(found.targets if found else ()):
        clock = fresh(
            RequestClock,
            round=round,
            target=target.code,
            names=dict(target.names),
            position=position,
            sla_code=sla_code,
            policy_date=on,
            calendar_code=target.calendar,
            allowed_seconds=0,
            allowance=target.allowance,
            ends=target.ends,
            hold_reasons=None if target.hold_reasons is None else list(target.hold_reasons),
            is_promised=target.is_promised,
        )
        if target.starts == StartEvent.RECEIVED:
            start_clock(clock, received_at, pauses=(), now=received_at)
        elif is_assigned:
            start_clock(clock, assigned_at or received_at, pauses=(), now=received_at)
        clocks.append(clock)
    return clocks


def start_clock(clock: RequestClock, at: datetime, *, pauses: Sequence[ClockPause], now: datetime) -> None:
    """Let a clock run from a moment: what it allows is fixed now, by the calendar of its policy day.

    Clocks start at whole seconds: the allowed time is stored in seconds, and half a second too much would carry a
    target that ends at closing time into the next morning.
    """
    at = at.replace(microsecond=0)
    calendar = policy.calendar(clock.calendar_code, clock.policy_date)
    allowed = sla.allowed_time(calendar, at, hours=clock.allowance.get("hours"), days=clock.allowance.get("days"))
    clock.started_at = at
    clock.allowed_seconds = max(round(allowed.total_seconds()), 0)
    settle(clock, pauses, now=now)


def settle(clock: RequestClock, pauses: Sequence[ClockPause], *, now: datetime) -> None:
    """Compute a running clock's due time and the moment of its next escalation step from its pauses."""
    if clock.started_at is None:
        return
    calendar = policy.calendar(clock.calendar_code, clock.policy_date)
    counted = pauses_of(clock, pauses)
    clock.due_at = sla.due_at(calendar, clock.started_at, allowed(clock), counted, at=now)
    clock.next_step_at = _step_at(clock, counted, now=now)


def _step_at(clock: RequestClock, counted: Sequence[sla.Pause], *, now: datetime) -> datetime | None:
    """When the next step tells somebody; None while the clock stands, is over, or has no step left."""
    if clock.started_at is None or clock.stopped_at is not None or any(pause.end is None for pause in counted):
        return None
    found = policy.sla_class(clock.sla_code, clock.policy_date)
    steps = found.steps_of(clock.target) if found else ()
    if clock.next_step >= len(steps):
        return None
    step = steps[clock.next_step]
    return sla.step_at(
        step,
        calendar=policy.calendar(clock.calendar_code, clock.policy_date),
        step_calendar=policy.calendar(step.calendar, clock.policy_date),
        start=clock.started_at,
        allowed=allowed(clock),
        pauses=counted,
        at=now,
    )


def allowed(clock: RequestClock) -> timedelta:
    """The service time a clock allows."""
    return timedelta(seconds=clock.allowed_seconds)


def pauses_of(clock: RequestClock, pauses: Sequence[ClockPause]) -> list[sla.Pause]:
    """The pauses that stop this clock, as the rules read them."""
    rows = [sla.Pause(one.started_at, one.ended_at, one.reason) for one in pauses if one.stops_clocks]
    return sla.pauses_that_stop(rows, clock.hold_reasons)


def load(row: ServiceRequest) -> tuple[list[RequestClock], list[ClockPause]]:
    """The clocks of the request's current round and all its pauses, in order."""
    clocks = list(RequestClock.objects.filter(request=row, round=row.reopen_count).order_by("position"))
    return clocks, list(ClockPause.objects.filter(request=row).order_by("started_at"))


def happened(row: ServiceRequest, event: StopEvent, *, now: datetime) -> None:
    """An event starts or ends targets: write clocks, set the request's due time. The caller saves the row."""
    clocks, pauses = load(row)
    apply_event(clocks, pauses, event, now=now)
    save(clocks)
    row.due_at = earliest_due(clocks, row.due_at)


def apply_event(
    clocks: Sequence[RequestClock], pauses: Sequence[ClockPause], event: StopEvent, *, now: datetime
) -> None:
    """Start the clocks that wait for the event, stop those it satisfies."""
    for clock in clocks:
        if clock.started_at is None and event in (StopEvent.ASSIGNED, StopEvent.IN_PROGRESS):
            start_clock(clock, now, pauses=pauses, now=now)
        if clock.stopped_at is None and event in sla.SATISFIED_BY[StopEvent(clock.ends)]:
            stop_clock(clock, pauses, now=now)


def stop_clock(clock: RequestClock, pauses: Sequence[ClockPause], *, now: datetime) -> None:
    """End a clock and judge it. One that never started is met: nothing was due."""
    if clock.started_at is not None:
        settle(clock, pauses, now=now)
    clock.stopped_at = now
    clock.is_met = clock.due_at is None or sla.is_met(clock.due_at, now)
    clock.next_step_at = None


def settle_all(row: ServiceRequest, *, now: datetime) -> None:
    """Compute every running clock anew after a pause began or ended. The caller saves the row."""
    clocks, pauses = load(row)
    for clock in clocks:
        if clock.stopped_at is None:
            settle(clock, pauses, now=now)
    save(clocks)
    row.due_at = earliest_due(clocks, row.due_at)


def earliest_due(clocks: Sequence[RequestClock], otherwise: datetime | None = None) -> datetime | None:
    """The due time of the request: the earliest of its running clocks, else what it was."""
    running = [clock.due_at for clock in clocks if clock.stopped_at is None and clock.due_at is not None]
    return min(running) if running else otherwise


def promised_due(clocks: Sequence[RequestClock]) -> datetime | None:
    """The due time that is told to the resident."""
    return next((clock.due_at for clock in clocks if clock.is_promised), None)


def save(clocks: Sequence[RequestClock]) -> None:
    """Write what a clock's life changes."""
    if clocks:
        RequestClock.objects.bulk_update(
            clocks,
            ["started_at", "allowed_seconds", "due_at", "stopped_at", "is_met", "next_step", "next_step_at"],
        )
