"""Counts per interval as a table with a header: where a switch tells no single contacts, or for years gone by.

Needed: a time and the number of contacts offered. Other columns may be there; what a file does not say stays unsaid. A
time without a zone is the city's clock: the hour that comes twice in autumn is taken in the order of the rows, a time
that never was is a bad row.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from citydesk.contact.traffic.providers.settings import Settings, Told
from citydesk.contact.traffic.rules import CountRecord
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow

# Our column, and the names it usually has.
USUAL = {
    "since": ("since", "start", "datetime", "date_time", "interval", "interval_start", "timestamp", "time"),
    "offered": ("offered", "calls", "calls_offered", "contacts", "contacts_offered", "volume", "count"),
    "queue": ("queue", "queue_name", "skill", "vdn"),
    "minutes": ("minutes", "interval_minutes"),
    "answered": ("answered", "handled", "calls_answered", "contacts_handled"),
    "answered_within": ("answered_within", "answered_in_threshold", "in_service_level"),
    "abandoned": ("abandoned", "calls_abandoned", "contacts_abandoned"),
    "wait_answered_s": ("wait_answered_s", "queue_time_s", "answer_wait_s"),
    "handle_s": ("handle_s", "handle_time_s", "aht_total_s"),
}
_COUNTS = ("answered", "answered_within", "abandoned", "wait_answered_s", "handle_s")
_MOST = 1_000_000_000


class IntervalCounts:
    """Reads one table."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._seen: set[tuple[str, datetime]] = set()

    def read(self, lines: Iterable[str]) -> Iterator[Told]:
        """A count for each row. Without `minutes` anywhere the length is the shortest step between two rows.

        Raises `Invalid` when time or number of contacts has no column.
        """
        rows = csv.reader(lines)
        headers = [one.strip().lstrip("\ufeff") for one in next(rows, [])]
        places = self._places(headers)
        kept: list[CountRecord] = []
        for cells in rows:
            if not any(one.strip() for one in cells):
                continue
            line = rows.line_num
            row = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
            try:
                if len(cells) < len(headers):
                    raise ValueError("The row is cut off: it has fewer cells than the header.")
                kept.append(self._count(row, line))
            except ValueError as error:
                yield BadRow(line, row.get("since", "")[:80], "", str(error))
        yield from self._with_length(kept)

    def _places(self, headers: list[str]) -> Mapping[str, int]:
        folded = [one.casefold().replace(" ", "_") for one in headers]
        places = {}
        for name, usual in USUAL.items():
            said = self.settings.columns.get(name)
            names = (said.casefold().replace(" ", "_"),) if said else usual
            found = next((folded.index(one) for one in names if one in folded), None)
            if found is None and (said or name in ("since", "offered")):
                raise Invalid(f"The file has no column {said or usual[0]} (for {name}).", field="columns")
            if found is not None:
                places[name] = found
        return places

    def _count(self, row: Mapping[str, str], line: int) -> CountRecord:
        queue = row.get("queue") or self.settings.queue
        if not queue:
            raise ValueError("It names no queue. Say --queue.")
        return CountRecord(
            queue=queue[:120],
            since=self._moment(row.get("since", ""), queue),
            minutes=_whole(row["minutes"], "minutes") if row.get("minutes") else self.settings.minutes,
            offered=_whole(row.get("offered", ""), "offered"),
            line=line,
            **{name: _whole(row[name], name) for name in _COUNTS if row.get(name)},
        )

    def _moment(self, text: str, queue: str) -> datetime:
        try:
            shown = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text[:40]!r} is no time.") from None
        if shown.tzinfo is None:
            shown = self._by_clock(shown, queue)
        moment = shown.astimezone(UTC)
        if (queue, moment) in self._seen:
            raise ValueError(f"{text[:40]!r} is there twice.")
        self._seen.add((queue, moment))
        return moment

    def _by_clock(self, shown: datetime, queue: str) -> datetime:
        there = shown.replace(tzinfo=self.settings.zone)
        if there.astimezone(UTC).astimezone(self.settings.zone).replace(tzinfo=None) != shown:
            raise ValueError(f"{shown.isoformat(' ')} never was: clocks went forward.")
        if (queue, there.astimezone(UTC)) in self._seen:
            there = there.replace(fold=1)
        return there

    def _with_length(self, kept: list[CountRecord]) -> Iterator[Told]:
        usual = _usual_length(kept)
        for one in kept:
            minutes = one.minutes or usual
            if 0 < minutes <= 1440:
                yield CountRecord(
                    **{**{name: getattr(one, name) for name in CountRecord.__slots__}, "minutes": minutes}
                )
            else:
                yield BadRow(one.line, one.since.isoformat(), "minutes", "Nobody said how long the interval is.")


def _usual_length(kept: list[CountRecord]) -> int:
    """The shortest step between two rows of a queue, in minutes; 0 when there is none."""
    steps = []
    by_queue: dict[str, list[datetime]] = {}
    for one in kept:
        by_queue.setdefault(one.queue, []).append(one.since)
    for moments in by_queue.values():
        moments.sort()
        steps += [after - before for before, after in pairwise(moments)]
    return int(min(steps) / timedelta(minutes=1)) if steps else 0


def _whole(text: str, name: str) -> int:
    cut = text.removesuffix(".0")
    if not cut.isdecimal() or int(cut) > _MOST:
        raise ValueError(f"{text[:20]!r} is no whole number ({name}).")
    return int(cut)
