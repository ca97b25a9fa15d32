"""Decisions that wait for a person: each room says how many it has for a reader, the desk gathers them on one card."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """What waits for one reader: how many, since when the oldest, and the arguments of that one's address."""

    count: int
    since: datetime
    oldest: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Decision:
    """A kind of decision that somebody has to take. Shown to holders of `permission`.

    `waiting` is the dotted path of a query `(access, now) -> Waiting | None`, in the same number of statements for one
    as for many. It counts only what this reader may decide now: nothing of their own, nothing they have said yes to
    already, nothing beyond their authority. `url_name` with `query` is where all of them are, `one_url_name` the page
    of the oldest.
    """

    code: str
    label: Any
    waiting: str
    permission: str
    url_name: str
    query: str = ""
    one_url_name: str = ""
    order: int = 100
