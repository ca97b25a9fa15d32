"""Facts interactions publish: ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ContactSaved:
    """A contact was finished with its outcomes."""

    name: ClassVar[str] = "interactions.ContactSaved"
    interaction_id: int
    number: str
    channel: str
    caller_class: str
    outcome_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusTold:
    """A resident asked again about an existing record and was told how it stands: a repeat contact."""

    name: ClassVar[str] = "interactions.StatusTold"
    interaction_id: int
    target_type: str
    target_id: int
    target_number: str


@dataclass(frozen=True)
class ContactRelinked:
    """A saved contact belongs to another person than was picked. Links and messages to the wrong one must stop."""

    name: ClassVar[str] = "interactions.ContactRelinked"
    interaction_id: int
    number: str
    from_customer_id: int | None
    to_customer_id: int | None


@dataclass(frozen=True)
class HelpCalled:
    """A clerk asks the supervisor, or pressed the panic key."""

    name: ClassVar[str] = "interactions.HelpCalled"
    help_call_id: int
    kind: str
    user_id: int


@dataclass(frozen=True)
class PromiseMade:
    name: ClassVar[str] = "interactions.PromiseMade"
    promise_id: int
    owner_id: int
    due_at: str
    interaction_id: int = 0


@dataclass(frozen=True)
class PromiseTied:
    """A promise made while its contact was a draft (a dropped call) belongs to the saved contact now."""

    name: ClassVar[str] = "interactions.PromiseTied"
    promise_id: int
    interaction_id: int


@dataclass(frozen=True)
class PromiseSettled:
    """A promise ended: kept in time, broken (done late), moved to a later one, or withdrawn."""

    name: ClassVar[str] = "interactions.PromiseSettled"
    promise_id: int
    interaction_id: int
    owner_id: int
    state: str


@dataclass(frozen=True)
class RawStored:
    """Raw input was kept and waits to be worked."""

    name: ClassVar[str] = "interactions.RawStored"
    raw_intake_id: int
    source: str
