"""A person's figures beside what the mix of their work lets expect.

Contacts are put into cells: queue, reason, class of work (plain, interpreted, escalated). What a cell lets expect is
what the contacts of **everybody else** in it came to. Where they are too few, a wider cell of the same class stands for
it; a class never stands for another one. What no cell of others covers is left out on both sides, and counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from citydesk.contact.traffic.choices import MonitorCode, WorkClass
from citydesk.contact.traffic.rules.service_level import Ratio

# Fewer contacts of others, or contacts of fewer others, say nothing about a cell, or too much about a colleague.
ENOUGH_OF_OTHERS = 20
ENOUGH_OTHERS = 3
HOUR = 3600
# The person sees a week at once; others see it when it is over for so many days, unless the profile says more.
OWN_FIRST_DAYS = 3


class Cell(NamedTuple):
    """A kind of contact. `reason` is the code the desk recorded, empty where there is no record."""

    queue_id: int
    reason: str
    work: WorkClass


@dataclass(frozen=True)
class Work:
    """Sums over contacts that were answered and have ended; seconds."""

    contacts: int = 0
    handle_s: int = 0
    after_s: int = 0
    hold_s: int = 0
    transfers: int = 0
    records: int = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


SUM_OF: dict[MonitorCode, str] = {
    MonitorCode.HANDLE_TIME: "handle_s",
    MonitorCode.AFTER_WORK: "after_s",
    MonitorCode.HOLD: "hold_s",
    MonitorCode.TRANSFERS: "transfers",
    MonitorCode.RECORDS: "records",
}


@dataclass(frozen=True)
class Compared:
    """A figure and what was to be expected of the same contacts. `expected` is None where others had too few.

    `left_out` are contacts of a kind that too few others had: in neither number. Contacts by hour are kept as contacts
    times 3,600 by seconds.
    """

    code: MonitorCode
    own: Ratio
    expected: float | None
    left_out: int

    @property
    def share(self) -> float | None:
        """Own by expected: 1.1 is a tenth more than expected. None where either is not known or expected is zero."""
        return self.own.value / self.expected if self.own.value is not None and self.expected else None


@dataclass(frozen=True)
class CellLine:
    """A cell of a person's week: own sums, others' mean of a figure by code, and the cell that stood for it."""

    cell: Cell
    own: Work
    others: Work | None
    stood_for: str


def widths(cell: Cell) -> tuple[tuple[str, Cell], ...]:
    """The cell itself, then wider ones of the same class: any reason of the queue, any queue. Code and key of each."""
    return (
        ("same", cell),
        ("queue", Cell(cell.queue_id, "*", cell.work)),
        ("class", Cell(0, "*", cell.work)),
    )


def widened(others: Mapping[int, Mapping[Cell, Work]]) -> dict[Cell, Work]:
    """What others' contacts came to in every cell, the wider ones too, where enough of enough people are in it."""
    sums: dict[Cell, Work] = {}
    people: dict[Cell, set[int]] = {}
    for person, work in others.items():
        for cell, one in work.items():
            for _code, key in widths(cell):
                sums[key] = sums.get(key, Work()) + one
                people.setdefault(key, set()).add(person)
    return {
        key: one for key, one in sums.items() if one.contacts >= ENOUGH_OF_OTHERS and len(people[key]) >= ENOUGH_OTHERS
    }


def lines_of(own: Mapping[Cell, Work], others: Mapping[int, Mapping[Cell, Work]]) -> list[CellLine]:
    """Each cell of a person's week, the largest first, with what others did in it or in the cell that stands for it.

    `others` holds everybody else's sums by person.
    """
    wide = widened(others)
    found = []
    for cell, sums in sorted(own.items(), key=lambda one: (-one[1].contacts, one[0])):
        code, key = next((one for one in widths(cell) if one[1] in wide), ("", cell))
        found.append(CellLine(cell, sums, wide.get(key) if code else None, code))
    return found


def by_queue(work: Mapping[Cell, Work]) -> dict[Cell, Work]:
    """The same sums with nothing told apart but the queue."""
    found: dict[Cell, Work] = {}
    for cell, one in work.items():
        key = Cell(cell.queue_id, "", WorkClass.PLAIN)
        found[key] = found.get(key, Work()) + one
    return found


def compare(
    own: Mapping[Cell, Work], others: Mapping[int, Mapping[Cell, Work]], codes: Iterable[MonitorCode]
) -> list[Compared]:
    """A person's figures by contact beside what others' contacts of the same kinds let expect; `per_hour` is apart.

    Whether a contact has a record is compared by queue alone: reason and class are known from the record itself.
    """
    lines = lines_of(own, others)
    flat = lines_of(by_queue(own), {person: by_queue(work) for person, work in others.items()})
    return [_compared(flat if code == MonitorCode.RECORDS else lines, code) for code in codes if code in SUM_OF]


def per_hour(
    own: Mapping[Cell, Work], own_s: int, others: Mapping[int, Mapping[Cell, Work]], others_s: Mapping[int, int]
) -> Compared:
    """Contacts by hour of a person beside what their mix lets expect; `own_s` and `others_s` are seconds there for
    contacts: on them, working after them, free.

    Everybody else spent a share of such time on contacts. At that share, with contacts that take as long as others take
    for the same kinds, so many come to an hour. Contacts of a kind too few others had are left out with the time they
    took. Where nothing can be expected there is no figure at all: how many, alone, says nothing of a person.
    """
    known = {person: work for person, work in others.items() if others_s.get(person)}
    lines = lines_of(own, known)
    left_out = sum(one.own.contacts for one in lines if one.others is None)
    contacts = sum(one.own.contacts for one in lines if one.others is not None)
    seconds = own_s - sum(one.own.handle_s for one in lines if one.others is None)
    taken = sum(one.own.contacts * one.others.handle_s / one.others.contacts for one in lines if one.others is not None)
    base_s = sum(others_s[person] for person in known)
    base_handle = sum(work.handle_s for cells in known.values() for work in cells.values())
    if len(known) < ENOUGH_OTHERS or not taken or not base_handle or seconds <= 0:
        return Compared(MonitorCode.PER_HOUR, Ratio(0, 0), None, left_out + contacts)
    expected = HOUR * (base_handle / base_s) / (taken / contacts)
    return Compared(MonitorCode.PER_HOUR, Ratio(contacts * HOUR, seconds), expected, left_out)


def _compared(lines: Iterable[CellLine], code: MonitorCode) -> Compared:
    """Own sums, and the others' means weighted by the person's own contacts."""
    name = SUM_OF[code]
    sums, contacts, left_out, expected = 0, 0, 0, 0.0
    for one in lines:
        if one.others is None:
            left_out += one.own.contacts
            continue
        sums += getattr(one.own, name)
        contacts += one.own.contacts
        expected += one.own.contacts * getattr(one.others, name) / one.others.contacts
    return Compared(code, Ratio(sums, contacts), expected / contacts if contacts else None, left_out)
