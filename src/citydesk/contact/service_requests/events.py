"""Facts this room publishes: past tense, ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RequestRecorded:
    """A request was recorded and routed (or released by a spam brake)."""

    name: ClassVar[str] = "service_requests.RequestRecorded"
    request_id: int
    number: str
    service_code: str
    channel: str
    team_id: int | None
    urgency: str


@dataclass(frozen=True)
class RequestAssigned:
    """A request got another team or owner."""

    name: ClassVar[str] = "service_requests.RequestAssigned"
    request_id: int
    number: str
    team_id: int | None
    owner_id: int | None
    was_team_id: int | None


@dataclass(frozen=True)
class RequestStateChanged:
    """A request moved between open states. `question` tells that the resident was asked something."""

    name: ClassVar[str] = "service_requests.RequestStateChanged"
    request_id: int
    number: str
    state: str
    was: str
    reason: str


@dataclass(frozen=True)
class ActUndone:
    """An act on many requests (`act`: assign, take, hold) was taken back for this one: where it lies and stands now."""

    name: ClassVar[str] = "service_requests.ActUndone"
    request_id: int
    number: str
    act: str
    state: str
    team_id: int | None
    owner_id: int | None


@dataclass(frozen=True)
class RequestClosed:
    """A request was closed, with the reason's code."""

    name: ClassVar[str] = "service_requests.RequestClosed"
    request_id: int
    number: str
    service_code: str
    reason: str
    on_time: bool | None
    # Parts closed by the same act: their people are told by this event, and `is_told_by_main` keeps theirs silent.
    parts: tuple[int, ...] = ()
    is_told_by_main: bool = False


@dataclass(frozen=True)
class RequestReopened:
    """A closed request was opened again; the count says how often."""

    name: ClassVar[str] = "service_requests.RequestReopened"
    request_id: int
    number: str
    count: int


@dataclass(frozen=True)
class RequestCorrected:
    """Code, place, customer or answers were corrected; `what` names them."""

    name: ClassVar[str] = "service_requests.RequestCorrected"
    request_id: int
    number: str
    what: str


@dataclass(frozen=True)
class RequestReturned:
    """A department gave a request back; from the second time on a supervisor rules."""

    name: ClassVar[str] = "service_requests.RequestReturned"
    request_id: int
    number: str
    team_id: int | None
    count: int


@dataclass(frozen=True)
class RequestEscalated:
    """A step of the escalation was reached."""

    name: ClassVar[str] = "service_requests.RequestEscalated"
    request_id: int
    number: str
    target: str
    percent: int
    to: str


@dataclass(frozen=True)
class PublicUpdateWritten:
    """A public note was written: whoever follows is told."""

    name: ClassVar[str] = "service_requests.PublicUpdateWritten"
    request_id: int
    number: str
    note_id: int


@dataclass(frozen=True)
class ResidentAsked:
    """The resident was asked a question; the request waits for the answer."""

    name: ClassVar[str] = "service_requests.ResidentAsked"
    request_id: int
    number: str
    note_id: int


@dataclass(frozen=True)
class FollowerAdded:
    """Somebody asked to be told about a request, or has the same trouble."""

    name: ClassVar[str] = "service_requests.FollowerAdded"
    request_id: int
    number: str
    follower_id: int
    kind: str
