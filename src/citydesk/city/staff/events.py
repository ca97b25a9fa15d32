"""Facts about the people at work that other rooms act on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class PersonDisabled:
    """An account was disabled: work in the person's hands needs another owner."""

    name: ClassVar[str] = "staff.PersonDisabled"
    user_id: int
    username: str


@dataclass(frozen=True)
class SignedOut:
    """A person signed out: what was open for them alone ends."""

    name: ClassVar[str] = "staff.SignedOut"
    user_id: int


@dataclass(frozen=True)
class RightsChanged:
    """Roles or teams of a person changed."""

    name: ClassVar[str] = "staff.RightsChanged"
    user_id: int


@dataclass(frozen=True)
class AbsenceSet:
    """A person is or will be away; `ends_at` None means until further notice."""

    name: ClassVar[str] = "staff.AbsenceSet"
    absence_id: int
    user_id: int
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class AbsenceEnded:
    """A person is back, or the absence was entered by mistake."""

    name: ClassVar[str] = "staff.AbsenceEnded"
    absence_id: int
    user_id: int
