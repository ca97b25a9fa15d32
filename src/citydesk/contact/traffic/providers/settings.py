"""What every reader gives and may ask."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from citydesk.contact.traffic.choices import AgentStateKind
from citydesk.contact.traffic.rules import CallPart, CountRecord, LegRecord, Oddity, StateRecord, Trunk
from citydesk.kernel.imports.columns import BadRow

Told: TypeAlias = LegRecord | StateRecord | CountRecord | CallPart | Oddity | BadRow
_NOT_DIGITS = re.compile(r"\D+")


class Before(Protocol):
    """What was kept of a source before a file begins."""

    def legs(self, at: datetime) -> Iterable[LegRecord]:
        """Legs that had not ended at a moment, as they were then."""
        ...

    def states(self, at: datetime) -> Iterable[StateRecord]:
        """Agents' states that had not ended at a moment."""
        ...


class Nothing:
    """Nothing was kept."""

    def legs(self, at: datetime) -> Iterable[LegRecord]:
        return ()

    def states(self, at: datetime) -> Iterable[StateRecord]:
        return ()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a source is read. `queue` stands where a row names none, `zone` where a time says none; `pauses` are words of
    the city's own; a leg without an end is told after `lost_after`. `most_after`: by the name of a queue in small
    letters, the longest work after a contact in seconds; what a pause lasts beyond it is the agent's alone.
    `trunks` are where calls from outside arrive.
    """

    before: Before = field(default_factory=Nothing)
    queue: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    minutes: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    pauses: Mapping[str, AgentStateKind] = field(default_factory=dict)
    most_after: Mapping[str, int] = field(default_factory=dict)
    lost_after: timedelta = timedelta(hours=4)
    trunks: Sequence[Trunk] = ()


def digits_of(number: str) -> str:
    """A telephone number as its digits; empty for a hidden one."""
    return _NOT_DIGITS.sub("", number)[:20]
