"""Calls received: put together from records in any order, and joined with the legs of the queues they entered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import CallEnd
from citydesk.contact.traffic.models import ReceivedCall
from citydesk.contact.traffic.rules import CallPart, Trunk, end_of
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.imports.runs import Running

SECTION = "trunks"
_TOGETHER = 2_000
_FLAGS = ("is_answered", "has_queue", "has_person", "has_voicemail", "is_closed", "is_failed")
# A caller is in the greeting for no longer than this before a queue.
_BEFORE = timedelta(hours=2)
# A leg is named by the channel of its caller, or begins with it. Once joined a call stays so: legs are only destroyed.
_JOIN = """
UPDATE traffic_receivedcall c SET queued_at = f.entered_at, outcome = %(queued)s
  FROM (
    SELECT c.id, greatest(min(l.entered_at), c.started_at) AS entered_at
      FROM traffic_receivedcall c CROSS JOIN LATERAL unnest(c.ids) AS one(id)
      JOIN traffic_contactleg l ON split_part(l.source_id, '|', 1) = one.id
     WHERE c.source = %(source)s AND c.started_at >= %(since)s AND c.started_at < %(until)s
       AND l.source = %(source)s AND l.is_current AND l.direction = 'in'
       AND l.entered_at >= %(since)s - interval '1 minute' AND l.entered_at < %(until)s + %(before)s
       AND l.queue_id IN (SELECT id FROM traffic_queue)
     GROUP BY c.id
  ) f
 WHERE c.id = f.id AND (c.queued_at IS NULL OR f.entered_at < c.queued_at)
"""


class CallsWriter:
    """Gathers what records tell of calls and writes one row for each call."""

    def __init__(self, source: str, run: Running, now: datetime) -> None:
        self.source, self.run, self.now = source, run, now
        self._told: dict[str, list[CallPart]] = {}

    def add(self, one: CallPart) -> None:
        """Take what a record tells."""
        self._told.setdefault(one.call_id, []).append(one)

    def write(self) -> tuple[datetime, datetime] | None:
        """Write what was gathered and join it with legs; returns from when to before when calls began that changed."""
        calendars = _calendars(profile.city_today(self.now))
        begun: list[datetime] = []
        ids = sorted(self._told)
        for start in range(0, len(ids), _TOGETHER):
            begun += self._some(ids[start : start + _TOGETHER], calendars)
        if not begun:
            return None
        span = (min(begun), max(begun) + timedelta(seconds=1))
        join_calls(self.source, *span)
        return span

    def _some(self, ids: Sequence[str], calendars: dict[str, str]) -> Iterator[datetime]:
        before = {one.call_id: one for one in ReceivedCall.objects.filter(source=self.source, call_id__in=ids)}
        made: list[ReceivedCall] = []
        changed: list[ReceivedCall] = []
        for call_id in ids:
            row = before.get(call_id)
            call = self._put_together(None if row is None else _call(row), self._told[call_id], calendars)
            if row is not None and call == _call(row):
                continue
            (made if row is None else changed).append(self._row(call, row))
        ReceivedCall.objects.bulk_create(made, batch_size=_TOGETHER)
        ReceivedCall.objects.bulk_update(changed, ["ids", "trunk", "started_at", "ended_at", *_FLAGS, "outcome"])
        return (one.started_at for one in (*made, *changed))

    def _put_together(self, before: CallPart | None, told: Iterable[CallPart], calendars: dict[str, str]) -> CallPart:
        """All that is known of a call, and what of it was new."""
        found = before
        for one in told:
            part = one if self._is_open(one, calendars.get(one.trunk)) else replace(one, is_closed=True)
            together = part if found is None else found + part
            if together == found:
                self.run.tally.known += 1
            elif before is None:
                self.run.tally.added += 1
            else:
                self.run.tally.changed += 1
            found = together
        assert found is not None
        return found

    def _is_open(self, one: CallPart, calendar: str | None) -> bool:
        """Whether the desk was open when a call came, by the trunk's calendar: wherever the switch answers it."""
        if calendar is None:
            return True
        day = one.started_at.astimezone(profile.local_zone()).date()
        return any(a <= one.started_at < b for a, b in profile.calendar(calendar, day).windows_on(day))

    def _row(self, call: CallPart, before: ReceivedCall | None) -> ReceivedCall:
        row = before or ReceivedCall(source=self.source, call_id=call.call_id, run_id=self.run.id)
        row.ids, row.trunk = sorted(call.ids), call.trunk
        row.started_at, row.ended_at = call.started_at, call.ended_at
        for name in _FLAGS:
            setattr(row, name, getattr(call, name))
        row.outcome = end_of(call, is_queued=row.queued_at is not None)
        return row


def join_calls(source: str, since: datetime, until: datetime) -> None:
    """Join calls that began within a time with the legs of the same source, whichever was told first: one statement."""
    given: dict[str, Any] = {
        "source": source,
        "since": since,
        "until": until,
        "before": _BEFORE,
        "queued": CallEnd.QUEUED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, given)


def join_days(source: str, days: Iterable[date]) -> None:
    """Join the calls around days of the city of which legs were told."""
    zone, known = profile.local_zone(), sorted(days)
    join_calls(source, day_bounds(known[0], zone).since - _BEFORE, day_bounds(known[-1], zone).until)


def _call(row: ReceivedCall) -> CallPart:
    flags = {name: getattr(row, name) for name in _FLAGS}
    return CallPart(row.call_id, frozenset(row.ids), row.trunk, row.started_at, row.ended_at, **flags)


def trunks_on(day: date) -> tuple[Trunk, ...]:
    """Where calls from outside arrive, as the profile says."""
    found = profile.entries(SECTION, day).items()
    return tuple(Trunk(code, tuple(body["contexts"]), tuple(body["closed"])) for code, body in found)


def _calendars(day: date) -> dict[str, str]:
    """The calendars of trunks that have one, by code."""
    return {code: body["calendar"] for code, body in profile.entries(SECTION, day).items() if body["calendar"]}
