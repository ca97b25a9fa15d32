"""A file of counts: a time and a number on each line. Anything else is refused by the number of its line."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules.forecast.history import History, slots_of

Rows = list[tuple[datetime, float]]


def history_of(lines: Iterable[str], slot_minutes: int) -> History:
    """The counts of a file in slots of so many minutes. A slot of which rows are missing is left out, not counted low.

    The first two columns are a local time (ISO 8601) and a count; a first line of words is a heading. A time given
    twice is refused, unless its offsets differ: then it is the hour that a clock set back repeats, and the mean counts.
    """
    slots_of(slot_minutes)
    rows = _rows(lines)
    step = _step_of(rows)
    if slot_minutes % step:
        raise Invalid(f"The file counts every {step} minutes; a slot is a multiple of that.", field="slot")
    cells: dict[tuple[date, int], list[float]] = defaultdict(list)
    for moment, count in _once(rows):
        cells[moment.date(), (moment.hour * 60 + moment.minute) // slot_minutes].append(count)
    days: dict[date, list[float | None]] = {}
    for (day, slot), counts in cells.items():
        values = days.setdefault(day, [None] * slots_of(slot_minutes))
        values[slot] = sum(counts) if len(counts) == slot_minutes // step else None
    return History(slot_minutes, {day: tuple(values) for day, values in sorted(days.items())})


def _rows(lines: Iterable[str]) -> Rows:
    found = []
    for number, row in enumerate(csv.reader(lines), 1):
        if not row or (number == 1 and not row[0][:1].isdigit()):
            continue
        found.append(_row(row, number))
    if len(found) < 2:
        raise Invalid("The file has no counts.", field="file", hint="Two columns: a time and a number.")
    return found


def _row(row: list[str], number: int) -> tuple[datetime, float]:
    try:
        moment, count = datetime.fromisoformat(row[0].strip()), float(row[1])
    except (ValueError, IndexError) as error:
        raise Invalid(f"Line {number} is not a time and a number.", field="file") from error
    if not 0 <= count < float("inf"):
        raise Invalid(f"Line {number} counts less than nothing or without end.", field="file")
    return moment, count


def _step_of(rows: Rows) -> int:
    """Minutes from one row to the next, as most rows have it."""
    steps = Counter(
        int((after.replace(tzinfo=None) - before.replace(tzinfo=None)).total_seconds() // 60)
        for (before, _one), (after, _other) in pairwise(rows)
    )
    step = next((minutes for minutes, _times in steps.most_common() if minutes > 0), 0)
    if not step:
        raise Invalid("The times of the file do not go forward.", field="file")
    return step


def _once(rows: Rows) -> Iterable[tuple[datetime, float]]:
    """Each wall-clock time once."""
    seen: dict[datetime, Rows] = defaultdict(list)
    for moment, count in rows:
        seen[moment.replace(tzinfo=None)].append((moment, count))
    for wall, same in seen.items():
        if len({one.utcoffset() for one, _count in same}) < len(same):
            raise Invalid(f"The time {wall.isoformat(' ')} is in the file twice.", field="file")
        yield wall, sum(count for _one, count in same) / len(same)
