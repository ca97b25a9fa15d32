"""Time from another clock: rows of a sheet become entries of their people. The same again adds nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.destruction import Eraser
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid
from citydesk.kernel.imports.columns import BadRow, Mapped, identifier_of
from citydesk.kernel.imports.runs import New, Running, Tally, digest, running, trial
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by
from citydesk.kernel.imports.undo import Used
from citydesk.management.timekeeping.choices import EntryKind, EntrySource, SheetState
from citydesk.management.timekeeping.models import TimeEntry, Timesheet
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.rules.imported import FIELDS, KINDS, NEEDED, PEOPLE, ImportedTime, read_time
from citydesk.management.timekeeping.rules.spans import local_day
from citydesk.management.timekeeping.rules.weeks import split_by_week
from citydesk.management.timekeeping.services.rows import NewEntry, week_day, write

KIND = "time"
OBJECT_TYPE = "timekeeping.entry"


def import_time(
    *,
    file: Path,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    mapping: Path | None = None,
    zone: str = "",
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Import a CSV or XLSX of time. A row is known by its identifier, or by person and beginning; one that came before
    with other times is refused, since a person may have looked at it since. A row in a week that is submitted, or that
    overlaps what is here, is refused, too.

    Raises `Invalid` for a file that cannot be read or lacks a column.
    """
    people = [one.username for one in staff.list_people()]
    words = {KINDS: [one.value for one in EntryKind], PEOPLE: people}
    usual = str(profile.local_zone())
    read = load_columns(
        mapping=mapping, fields=FIELDS, words=words, source=source, zone=zone, usual_zone=usual, given=columns or {}
    )
    result = Tally()
    rows = rows_by(file, read, needed=NEEDED, said=columns or {}, identifier="id")
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": {"mapping": read.name}}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        taking = _Taking(run, read, actor, now)
        # A dry run keeps what it writes until its end, so that rows of one file that overlap are told.
        with trial(is_dry) if is_dry else nullcontext():
            for line, row in rows:
                result.read += 1
                taking.take(line, row)
                advance(1)
    return result


class _Taking:
    """One run over a file."""

    def __init__(self, run: Running, read: Mapped, actor: Actor, now: datetime) -> None:
        self.run, self.read, self.now = run, read, now
        self.seen: dict[str, str] = {}
        # Whoever started the import writes for all; nothing here asks for a right.
        self.access = Access(actor, frozenset())
        people = staff.list_people()
        self.people = {one.email.casefold(): one.id for one in people if one.email}
        self.people |= {one.username.casefold(): one.id for one in people}

    def take(self, line: int, row: Row | BadRow) -> None:
        if isinstance(row, BadRow):
            self.run.refuse(row)
            return
        try:
            one = read_time(self.read, row)
            with transaction.atomic():
                outcome = self._write(one)
            setattr(self.run.tally, outcome, getattr(self.run.tally, outcome) + 1)
        except CitydeskError as error:
            name = identifier_of(self.read, row, "id")[:80] or str(line)
            self.run.refuse(BadRow(line, name, error.field or "", str(error.message)))

    def _write(self, one: ImportedTime) -> str:
        """Write the row's entries; returns the count it belongs to."""
        mark = digest(*one.facts())
        known = self.seen.get(one.id) or self._before(one.id)
        if known:
            if known == mark:
                return "known"
            raise Conflict("It came before and said something else then. Correct it here.", field="id")
        person = self._person(one.person)
        self._require_open(person, one)
        note = mask_numbers(one.note).text
        reason = f"{self.run.source}: {note}" if note else f"From {self.run.source}"
        new = NewEntry(one.span, one.kind, EntrySource.IMPORT, reason[:400], one.is_relieved)
        keys = write(person, new, access=self.access, now=self.now)
        self.seen[one.id] = mark
        self.run.remember(
            [New(one.id if at == 0 else f"{one.id} ({at + 1})", OBJECT_TYPE, key, mark) for at, key in enumerate(keys)]
        )
        return "added"

    def _before(self, identifier: str) -> str:
        """What a row said when it came in an earlier run; nothing where it never came."""
        found = self.run.known([identifier]).get(identifier)
        return found.digest if found is not None else ""

    def _person(self, said: str) -> int:
        found = self.people.get(self.read.words.get(PEOPLE, {}).get(said, said).casefold())
        if found is None:
            raise Invalid(f"Nobody signs in as {said[:60]!r}. Say in the mapping's [people] who it is.", field="person")
        return found

    def _require_open(self, person: int, one: ImportedTime) -> None:
        """A locked week is changed by people alone: what they change is an adjustment somebody answers for."""
        zone = profile.local_zone()
        policy = policy_on(local_day(one.span.start, zone))
        days = [week.first_day for week, _part in split_by_week(one.span, policy, zone)]
        sheets = Timesheet.objects.filter(user_id=person, week_start__in=days).exclude(state=SheetState.OPEN)
        if sheets.exists():
            raise Conflict("The week is submitted or paid. Its person corrects it here.", field="starts_at")


def used_time(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Entries that were corrected since, and those of weeks that are submitted or further."""
    names = {one.object_id: one.external_id for one in items}
    rows = list(TimeEntry.objects.filter(pk__in=names))
    states = {
        (user, week): state
        for user, week, state in Timesheet.objects.filter(user_id__in={row.user_id for row in rows}).values_list(
            "user_id", "week_start", "state"
        )
    }
    found = []
    for row in rows:
        label = f"{row.starts_at:%Y-%m-%d}"
        if not row.is_effective:
            found.append(Used(names[row.pk], label, "it was corrected"))
        elif states.get((row.user_id, week_day(row))) != SheetState.OPEN:
            found.append(Used(names[row.pk], label, "its week is submitted or paid"))
    return found


def take_back_time(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the entries a run wrote."""
    eraser.delete(TimeEntry.objects.filter(pk__in=[one.object_id for one in items]))
    return len(items)
