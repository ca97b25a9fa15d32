"""What due times of open requests would be by the classes and calendars of a day, and how moves are written."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from django.db.models import QuerySet

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.models import ClockPause, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.recomputes import POLICY_SECTIONS, in_scope
from citydesk.contact.service_requests.services import clocks
from citydesk.kernel.statements import run

BATCH = 500


@dataclass(frozen=True)
class Shift:
    """How the due time of one open request would move; `clocks_moved` of its targets get another one."""

    request_id: int
    number: str
    service: str
    sla_code: str
    was: datetime | None
    will_be: datetime | None
    promised_at: datetime | None
    clocks_moved: int = 0

    @property
    def kind(self) -> str:
        """`same`, `targets` (another target than the one due first), `later`, `earlier`."""
        if self.was == self.will_be:
            return "targets" if self.clocks_moved else "same"
        if self.was is None or (self.will_be is not None and self.will_be > self.was):
            return "later"
        return "earlier"

    def marks(self, now: datetime) -> list[str]:
        """Its kind, and what follows for the resident: `newly_late`, `past_promise`."""
        found = [self.kind]
        if self.will_be is None or self.kind == "same":
            return found
        if self.will_be < now and (self.was is None or self.was >= now):
            found.append("newly_late")
        if self.promised_at is not None and self.will_be > self.promised_at:
            found.append("past_promise")
        return found


@dataclass(frozen=True)
class Renewed:
    """A request's shift with its clocks as they would be."""

    shift: Shift
    clocks: Sequence[RequestClock]


def batches(scope: Mapping[str, list[str]], on: date, now: datetime) -> Iterator[list[Renewed]]:
    """Every open request of the scope as it would be under the profile of a day."""
    last = 0
    while found := batch_after(in_scope(scope), last, BATCH, on, now):
        last = found[-1].shift.request_id
        yield found


def batch_after(rows: QuerySet[ServiceRequest], last: int, most: int, on: date, now: datetime) -> list[Renewed]:
    """The next requests after an id, in order. Locks them if the rows given do."""
    columns = ("pk", "number", "service__code", "sla_code", "due_at", "promised_at", "reopen_count")
    found = list(rows.filter(pk__gt=last).order_by("pk").values_list(*columns)[:most])
    by_clock, by_pause = _children([row[0] for row in found])
    done = []
    for pk, number, service, sla_code, due, promised, round_ in found:
        mine = [one for one in by_clock.get(pk, []) if one.round == round_]
        moved = _renew(mine, by_pause.get(pk, []), sla_code, on, now)
        will_be = clocks.earliest_due(mine, due)
        done.append(Renewed(Shift(pk, number, service, sla_code, due, will_be, promised, moved), mine))
    return done


def count_into(figures: Counter[str], shifts: Sequence[Shift], now: datetime) -> None:
    """Add shifts to the counts: looked at, each kind, newly late, past what was told."""
    for shift in shifts:
        figures["looked_at"] += 1
        figures.update(shift.marks(now))


def _children(ids: list[int]) -> tuple[dict[int, list[RequestClock]], dict[int, list[ClockPause]]]:
    by_clock: dict[int, list[RequestClock]] = {}
    by_pause: dict[int, list[ClockPause]] = {}
    for clock in RequestClock.objects.filter(request_id__in=ids).order_by("request_id", "position"):
        by_clock.setdefault(clock.request_id, []).append(clock)
    for pause in ClockPause.objects.filter(request_id__in=ids).order_by("started_at"):
        by_pause.setdefault(pause.request_id, []).append(pause)
    return by_clock, by_pause


def _renew(rows: list[RequestClock], pauses: list[ClockPause], sla_code: str, on: date, now: datetime) -> int:
    """Give running clocks the terms of a day and compute them; ended ones and targets that are gone stay. Returns how
    many get another due time.

    A clock that stands still is computed as of the moment it stopped, as when the pause began: else whatever is on hold
    would seem to move, and would move a little more each time.
    """
    moved = 0
    found = policy.sla_class(sla_code, on)
    targets = {target.code: target for target in found.targets} if found else {}
    at = min([now, *(one.started_at for one in pauses if one.ended_at is None)])
    for clock in rows:
        target = targets.get(clock.target)
        if clock.stopped_at is not None or target is None:
            continue
        clock.policy_date, clock.calendar_code = on, target.calendar
        clock.allowance = target.allowance
        clock.hold_reasons = None if target.hold_reasons is None else list(target.hold_reasons)
        if clock.started_at is not None:
            was = clock.due_at
            clocks.start_clock(clock, clock.started_at, pauses=pauses, now=at)
            moved += clock.due_at != was
    return moved


def write_moves(moved: Sequence[Renewed], now: datetime) -> None:
    """Write clocks and due times of locked requests under a new version, two statements for all of them."""
    running = [clock for one in moved for clock in one.clocks if clock.stopped_at is None]
    run(_CLOCKS, (orjson.dumps([_terms(clock) for clock in running]).decode(),))
    dues = [{"id": one.shift.request_id, "due_at": one.shift.will_be} for one in moved]
    run(_REQUESTS, (now, orjson.dumps(dues).decode()))


def _terms(clock: RequestClock) -> dict[str, object]:
    return {
        "id": clock.pk,
        "policy_date": clock.policy_date,
        "calendar_code": clock.calendar_code,
        "allowed_seconds": clock.allowed_seconds,
        "allowance": clock.allowance,
        "hold_reasons": clock.hold_reasons,
        "due_at": clock.due_at,
        "next_step_at": clock.next_step_at,
    }


_CLOCKS = """
UPDATE service_requests_requestclock AS clock SET
  policy_date = given.policy_date, calendar_code = given.calendar_code, allowed_seconds = given.allowed_seconds,
  allowance = given.allowance, hold_reasons = given.hold_reasons, due_at = given.due_at,
  next_step_at = given.next_step_at
FROM json_populate_recordset(NULL::service_requests_requestclock, %s::json) AS given WHERE clock.id = given.id
"""
_REQUESTS = """
UPDATE service_requests_servicerequest AS request SET
  due_at = given.due_at, version = request.version + 1, updated_at = %s
FROM json_populate_recordset(NULL::service_requests_servicerequest, %s::json) AS given WHERE request.id = given.id
"""


def policy_digest(on: date) -> str:
    """SHA-256 over classes, calendars and holidays in force on a day: what an approval is about."""
    bodies = {section: profile.entries(section, on) for section in POLICY_SECTIONS}
    return hashlib.sha256(json.dumps(bodies, sort_keys=True, default=str).encode()).hexdigest()
