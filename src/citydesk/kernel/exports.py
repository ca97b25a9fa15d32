"""What rooms hand over of a record when it leaves the house: plain fields with their class, and the files beside it."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: words, and the days between which the records were made (of the city, both included)."""

    text: str
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200


@dataclass(frozen=True)
class Found:
    """A record that may answer: its id, number, when it was made, one line of what it is about."""

    id: int
    number: str
    at: datetime
    summary: str
    is_confidential: bool = False


@dataclass(frozen=True)
class Field:
    """One value of a record. `data_class` is public, internal, personal or confidential, as the table declares it."""

    code: str
    label: str
    text: str
    data_class: str = "internal"
    # Somebody else's own: left out of a person's copy of their data.
    is_of_others: bool = False


@dataclass(frozen=True)
class Record:
    """A whole record as it is read outside the house."""

    id: int
    number: str
    title: str
    at: datetime | date
    fields: tuple[Field, ...]
    file_ids: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class UnderGlass:
    """A record that is kept from a reader and may be opened in an emergency: whose it is, nothing of what it says.

    `owner_id` is who works on it, `team_id` their team; `has_reporter` whether it is kept who reported it.
    """

    id: int
    number: str
    owner_id: int | None
    team_id: int | None
    has_reporter: bool = False


@dataclass(frozen=True)
class Emergency:
    """A kind of record kept from most readers that may be opened in an emergency, one at a time (the records room).

    Dotted paths: `find(access, number) -> UnderGlass | None`, a query that gives what is kept from this
    reader and nothing else; `read(actor, object_id) -> Record`, a query that reads it whole for somebody
    who opened it; `reporter(object_id=, reason=, actor=, now=) -> facts`, a service that opens who reported it.
    """

    code: str
    label: object
    find: str
    read: str
    reporter: str = ""
