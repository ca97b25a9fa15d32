"""What a reader of a profile hands back: items that hold, problems that do not."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from citydesk.kernel.errors import CitydeskError, NotFound


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: the file (relative to the profile), the line (from 1), and the reason in words."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Item:
    """One entry as a section read it. `valid_until` is the last day in force; None is open.

    `bulk` is handed to the section's projection and not stored in the profile.
    """

    code: str
    body: dict[str, Any]
    file: str = ""
    line: int = 1
    valid_from: date | None = None
    valid_until: date | None = None
    bulk: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Reference:
    """A code of another section that an entry names."""

    file: str
    line: int
    key: str
    section: str
    code: str


class ProfileRefused(CitydeskError):
    """The profile has mistakes; nothing was written. `problems` lists them by file and line."""

    code = "profile_refused"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(f"The profile was refused: {len(self.problems)} problems.")

    def __str__(self) -> str:
        return "\n".join([self.message, *map(str, self.problems)])


class UnknownEntry(NotFound):
    """The profile has no such code in force on that day."""

    code = "unknown_profile_entry"
