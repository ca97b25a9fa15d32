"""Readers of what switches write, behind one interface: lines in, records out. Pure: no table, no clock, no network.

A reader is made for one file or delivery and asked once: `read(lines)` gives legs, states, counts, calls, oddities and
bad rows as they become known. What was going on before the first line is asked of `Before`, so that a log cut in two by
its rotation reads like one. Adding a switch is one module with such a class, a line in `READERS`, and a golden file in
the tests.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from citydesk.contact.traffic.choices import SourceFormat
from citydesk.contact.traffic.providers.cdr import CallRecords
from citydesk.contact.traffic.providers.connect import ConnectRecords
from citydesk.contact.traffic.providers.intervals import IntervalCounts
from citydesk.contact.traffic.providers.queue_log import QueueLog
from citydesk.contact.traffic.providers.settings import Before, Settings, Told

__all__ = ["READERS", "Before", "Reader", "Settings", "Told"]


class Reader(Protocol):
    """What a reader of a source does."""

    def read(self, lines: Iterable[str]) -> Iterator[Told]:
        """The records the lines tell, in their order. Raises `Invalid` only when nothing of it can be read."""
        ...


READERS: Mapping[SourceFormat, Callable[[Settings], Reader]] = {
    SourceFormat.QUEUE_LOG: QueueLog,
    SourceFormat.CONNECT: ConnectRecords,
    SourceFormat.INTERVALS: IntervalCounts,
    SourceFormat.CDR: CallRecords,
}
