"""Bringing records of a switch in: from a file, or from a delivery. One transaction: all of it, or nothing.

The same records again add nothing; records told anew become new revisions. What is odd becomes an anomaly, what cannot
be taken is refused by line and reason, and the intervals that were touched are counted again in the same transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import IMPORT_KIND, AgentStateKind, SourceFormat
from citydesk.contact.traffic.models import ContactSource
from citydesk.contact.traffic.providers import READERS, Settings, Told
from citydesk.contact.traffic.queries.before import KeptBefore
from citydesk.contact.traffic.rules import CallPart, CountRecord, LegRecord, Oddity, StateRecord
from citydesk.contact.traffic.services.agents_time import rebuild_states
from citydesk.contact.traffic.services.anomalies import note_oddities
from citydesk.contact.traffic.services.counts import CountsWriter
from citydesk.contact.traffic.services.legs import LegsWriter
from citydesk.contact.traffic.services.names import Names, most_after
from citydesk.contact.traffic.services.rebuilding import rebuild_days
from citydesk.contact.traffic.services.received import CallsWriter, join_days, trunks_on
from citydesk.contact.traffic.services.states import StatesWriter
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.runs import Running, Tally, running, trial

_EACH = 5_000
_ODDITIES_TOGETHER = 2_000


def import_contacts(
    *,
    file: Path,
    format: SourceFormat | str,
    source: str = "",
    queue: str = "",
    minutes: int = 0,
    columns: Mapping[str, str] | None = None,
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Import a file of a switch's records; `queue` and `minutes` stand where the file does not say them.

    Raises `Invalid` for a file that cannot be read, `Conflict` while another import from this source runs.
    """
    kind = SourceFormat(format)
    name = (source or file.stem)[:60]
    result = Tally()
    options = {"format": kind.value, "queue": queue}
    given: dict[str, Any] = {"kind": IMPORT_KIND, "source": name, "file": file, "options": options, "actor": actor}
    with running(**given, now=now, is_dry=is_dry, tally=result) as run, _lines(file) as lines:
        settings = settings_of(kind, name, queue=queue, minutes=minutes, columns=columns or {}, now=now)
        with trial(is_dry):
            _Taking(name, run, now).take(READERS[kind](settings).read(_counted(lines, advance)))
    return result


def take_records(*, lines: Iterable[str], format: SourceFormat | str, source: str, now: datetime) -> Tally:
    """Take the records of one delivery, in the caller's transaction; no run of its own is put on record.

    Raises `Invalid` when nothing of it can be read.
    """
    kind = SourceFormat(format)
    result = Tally()
    with transaction.atomic():
        run = Running(IMPORT_KIND, source, None, result)
        _Taking(source, run, now).take(READERS[kind](settings_of(kind, source, now=now)).read(lines))
    return result


def take_told(*, told: Iterable[Told], source: str, now: datetime) -> Tally:
    """Take records that are in our words already, in the caller's transaction; no run of its own is put on record.

    A switch of that name has been heard.
    """
    result = Tally()
    with transaction.atomic():
        ContactSource.objects.filter(code=source).update(heard_at=now)
        _Taking(source, Running(IMPORT_KIND, source, None, result), now).take(told)
    return result


def settings_of(
    kind: SourceFormat,
    source: str,
    *,
    queue: str = "",
    minutes: int = 0,
    columns: Mapping[str, str] | None = None,
    now: datetime,
) -> Settings:
    """How a source is read: the city's clock, its words for pauses, and what was kept of the source before."""
    pauses = {
        word: AgentStateKind(body["state"])
        for body in profile.entries("pauses", profile.city_today(now)).values()
        for word in body["words"]
    }
    return Settings(
        before=KeptBefore(source),
        queue=queue,
        zone=profile.local_zone(),
        minutes=minutes,
        columns=columns or {},
        pauses=pauses,
        most_after=most_after(),
        trunks=trunks_on(profile.city_today(now)),
    )


@contextmanager
def _lines(file: Path) -> Iterator[Iterable[str]]:
    """The lines of a text file. What is no UTF-8 is read with marks in its place: numbers and events are ASCII."""
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            yield opened
    except OSError as error:
        raise Invalid(f"The file {file.name} cannot be read.", field="file") from error


def _counted(lines: Iterable[str], advance: Callable[[int], Any]) -> Iterator[str]:
    for place, line in enumerate(lines, 1):
        if place % _EACH == 0:
            advance(_EACH)
        yield line


class _Taking:
    """Sorts what a reader tells and gives each kind to its writer."""

    def __init__(self, source: str, run: Running, now: datetime) -> None:
        self.run, self.now = run, now
        self.source = source
        names = Names(source)
        self.legs = LegsWriter(source, run, names)
        self.states = StatesWriter(source, run, names)
        self.counts = CountsWriter(source, run, names)
        self.calls = CallsWriter(source, run, now)
        self.oddities: list[Oddity] = []

    def take(self, told: Iterable[Any]) -> None:
        """Write everything, then count what it touched."""
        for one in told:
            if isinstance(one, Oddity):
                self.oddities.append(one)
                if len(self.oddities) >= _ODDITIES_TOGETHER:
                    self._note()
            elif isinstance(one, BadRow):
                self.run.tally.read += 1
                self.run.refuse(one)
            else:
                self.run.tally.read += 1
                self._give(one)
        legs = self.legs.write()
        touched = legs | self.counts.write()
        states = self.states.write()
        self.oddities += [*self.legs.oddities, *self.states.oddities]
        self._note()
        rebuild_days(touched)
        self.calls.write()
        if legs:
            join_days(self.source, [day for _queue, day in legs])
        if states is not None:
            rebuild_states(since=states.since, until=states.until, agent_ids=states.agent_ids)
        self.run.flush()

    def _note(self) -> None:
        note_oddities(source=self.source, oddities=self.oddities, run_id=self.run.id, now=self.now)
        self.oddities = []

    def _give(self, one: LegRecord | StateRecord | CountRecord | CallPart) -> None:
        if isinstance(one, LegRecord):
            self.legs.add(one)
        elif isinstance(one, StateRecord):
            self.states.add(one)
        elif isinstance(one, CallPart):
            self.calls.add(one)
        else:
            self.counts.add(one)
