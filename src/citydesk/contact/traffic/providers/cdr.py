"""Asterisk's call detail records as its module `cdr_csv` writes them (`Master.csv`): no header, one record a line.

Sixteen columns, then the unique id and the user's field where `cdr.conf` asks for them (`loguniqueid`, `loguserfield`),
then peer account, linked id and sequence (`newcdrcolumns`). Without the unique id nothing could be known again, so it
is needed. Records of one call share the linked id, else the unique id of the caller's channel; records of calls that
did not come from outside tell nothing here. Caller and called number are read and not kept.

Times have no zone: the machine's clock, or that of Greenwich (`usegmtime`). The unique id begins with the second in
which the channel was made, which says whose clock it is, and which of the two hours that autumn repeats.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from citydesk.contact.traffic.providers.settings import Settings, Told
from citydesk.contact.traffic.rules.received import CallPart, Trunk
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow

_FORM = "%Y-%m-%d %H:%M:%S"
_PLAIN = 16
# With the unique id; and the user's field; and the three newer columns after one or both.
_LENGTHS = {17: None, 18: None, 20: 18, 21: 19}
_CONTEXT, _DSTCHANNEL, _APP, _START, _DURATION, _BILLSEC, _DISPOSITION, _UNIQUE = 3, 6, 7, 9, 12, 13, 14, 16
_UNIQUE_ID = re.compile(r"(?:.{0,60}-)?(\d{9,11})\.\d{1,12}")
_LINKED_ID = re.compile(r"[\w.:@-]{1,120}")
_DISPOSITIONS = frozenset({"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION"})
_FAILED = frozenset({"BUSY", "FAILED", "CONGESTION"})
_QUEUES, _PEOPLE = frozenset({"queue"}), frozenset({"dial"})
_MAILS = frozenset({"voicemail", "voicemailmain", "minivmrecord"})
# A record further from its channel's beginning than this was written by a clock that nobody can tell.
_NEAR = timedelta(hours=13)
_MOST_S = 7 * 86_400


class CallRecords:
    """Reads one file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def read(self, lines: Iterable[str]) -> Iterator[Told]:
        """What each record of a call from outside tells of it.

        Raises `Invalid` where the profile says of no trunk, and for a file written without unique ids.
        """
        if not self.settings.trunks:
            words = "The profile does not say where calls from outside arrive: queues.toml has no [trunk.<code>]."
            raise Invalid(words, field="format")
        is_first = True
        for place, line in enumerate(lines, 1):
            if line.isspace():
                continue
            cells: list[str] = []
            try:
                cells = _cells(line)
                if is_first and len(cells) == _PLAIN:
                    raise Invalid("The records have no unique id: cdr.conf needs loguniqueid=yes.", field="file")
                is_first = False
                part = self._part(cells)
            except ValueError as error:
                yield BadRow(place, cells[_UNIQUE][:80] if len(cells) > _UNIQUE else "", "", str(error))
                continue
            if part is not None:
                yield part

    def _part(self, cells: Sequence[str]) -> CallPart | None:
        """A record; None for one of a call that did not come from outside."""
        if len(cells) not in _LENGTHS:
            raise ValueError(f"It has {len(cells)} columns; records with a unique id have 17, 18, 20 or 21.")
        unique = _UNIQUE_ID.fullmatch(cells[_UNIQUE])
        if unique is None:
            raise ValueError(f"{cells[_UNIQUE][:40]!r} is no unique id.")
        linked = cells[_LENGTHS[len(cells)] or 0] if _LENGTHS[len(cells)] else ""
        if linked and not _LINKED_ID.fullmatch(linked):
            raise ValueError(f"{linked[:40]!r} is no linked id.")
        disposition = cells[_DISPOSITION].upper()
        if disposition not in _DISPOSITIONS:
            raise ValueError(f"{disposition[:20]!r} is no disposition.")
        lasted, spoken = _whole(cells[_DURATION], "duration"), _whole(cells[_BILLSEC], "billsec")
        if spoken > lasted:
            raise ValueError("It was answered for longer than it lasted.")
        started = self._moment(cells[_START], datetime.fromtimestamp(int(unique[1]), UTC))
        context = cells[_CONTEXT]
        trunk = next((one for one in self.settings.trunks if one.takes(context)), None)
        if trunk is None:
            return None
        return _told(cells, trunk, linked or unique[0], started, timedelta(seconds=lasted))

    def _moment(self, text: str, made: datetime) -> datetime:
        try:
            shown = datetime.strptime(text, _FORM)  # noqa: DTZ007 - whose clock it is, is found out below
        except ValueError:
            raise ValueError(f"{text[:40]!r} is no time.") from None
        here = [shown.replace(tzinfo=self.settings.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        best = min((*here, shown.replace(tzinfo=UTC)), key=lambda one: abs(one - made))
        return best if abs(best - made) <= _NEAR else here[0]


def _cells(line: str) -> list[str]:
    """The columns of a record, which never goes over a line's end."""
    if not line.endswith("\n"):
        raise ValueError("The file ends within this line.")
    try:
        (cells,) = csv.reader([line.replace("\x00", "")], strict=True)
    except csv.Error as error:
        raise ValueError(f"It is no CSV: {str(error)[:120]}.") from None
    return [one.strip() for one in cells]


def _told(cells: Sequence[str], trunk: Trunk, call_id: str, started: datetime, lasted: timedelta) -> CallPart:
    program, disposition = cells[_APP].casefold(), cells[_DISPOSITION].upper()
    is_answered = disposition == "ANSWERED"
    return CallPart(
        call_id=call_id,
        ids=frozenset({cells[_UNIQUE], call_id}),
        trunk=trunk.code,
        started_at=started,
        ended_at=started + lasted,
        is_answered=is_answered,
        has_queue=program in _QUEUES,
        has_person=is_answered and program in _PEOPLE and bool(cells[_DSTCHANNEL]),
        has_voicemail=is_answered and program in _MAILS,
        is_closed=trunk.is_closed(cells[_CONTEXT]),
        is_failed=disposition in _FAILED,
    )


def _whole(text: str, name: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_S:
        raise ValueError(f"{text[:20]!r} is no number of seconds ({name}).")
    return int(text)
