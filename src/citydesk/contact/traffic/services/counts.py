"""Counts of intervals written; a count told anew with other numbers becomes a new revision."""

from datetime import date, datetime
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.models import IntervalCount, Queue
from citydesk.contact.traffic.rules import CountRecord
from citydesk.contact.traffic.services.names import Names
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.runs import Running

_TOLD = ("minutes", "offered", "answered", "answered_within", "abandoned", "wait_answered_s", "handle_s")


class CountsWriter:
    """Gathers counts per queue and writes them together."""

    def __init__(self, source: str, run: Running, names: Names) -> None:
        self.source, self.run, self.names = source, run, names
        self._told: dict[int, dict[datetime, CountRecord]] = {}

    def add(self, one: CountRecord) -> None:
        """Take a count; one that fits no interval of its queue is refused."""
        queue = self.names.queue(one.queue)
        reason = f"There is no queue {one.queue[:60]}." if queue is None else _fault(one, queue)
        if queue is None or reason:
            self.run.refuse(BadRow(one.line, one.since.isoformat(), "queue" if queue is None else "minutes", reason))
            return
        self._told.setdefault(queue.pk, {})[one.since] = one

    def write(self) -> set[tuple[int, date]]:
        """Write what was gathered; returns the days of queues whose sums change."""
        touched: set[tuple[int, date]] = set()
        zone = profile.local_zone()
        for queue_id, told in self._told.items():
            rows = self._kept(queue_id, told)
            made = []
            for since, one in told.items():
                before = rows.get(since)
                values: dict[str, Any] = {name: getattr(one, name) for name in _TOLD}
                if before is not None and all(getattr(before, name) == value for name, value in values.items()):
                    self.run.tally.known += 1
                    continue
                made.append(self._row(queue_id, one, before, values))
                touched.add((queue_id, since.astimezone(zone).date()))
            replaced = [rows[one.starts_at].pk for one in made if one.starts_at in rows]
            IntervalCount.objects.filter(pk__in=replaced).update(is_current=False)
            IntervalCount.objects.bulk_create(made, batch_size=5_000)
            self.run.tally.changed += len(replaced)
            self.run.tally.added += len(made) - len(replaced)
        return touched

    def _kept(self, queue_id: int, told: dict[datetime, CountRecord]) -> dict[datetime, IntervalCount]:
        span = (min(told), max(told))
        rows = IntervalCount.objects.filter(source=self.source, queue_id=queue_id, is_current=True)
        return {one.starts_at: one for one in rows.filter(starts_at__range=span)}

    def _row(
        self, queue_id: int, one: CountRecord, before: IntervalCount | None, values: dict[str, Any]
    ) -> IntervalCount:
        return IntervalCount(
            source=self.source,
            queue_id=queue_id,
            starts_at=one.since,
            revision=before.revision + 1 if before else 1,
            run_id=self.run.id,
            line=one.line,
            **values,
        )


def _fault(one: CountRecord, queue: Queue) -> str:
    if queue.slot_minutes % one.minutes:
        return f"Intervals of {one.minutes} min cannot be put into those of {queue.slot_minutes} min of {queue.code}."
    return ""
