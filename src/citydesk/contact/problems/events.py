"""Facts this room publishes: past tense, ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RecurrenceFound:
    """A recurrence was seen for the first time, or came back after it was dismissed or its problem closed."""

    name: ClassVar[str] = "problems.RecurrenceFound"
    detection_id: int
    rule: str
    by: str
    count: int


@dataclass(frozen=True)
class ActionRequested:
    """A department was asked to remedy a problem."""

    name: ClassVar[str] = "problems.ActionRequested"
    problem_id: int
    number: str
    action_id: int
    department_id: int


@dataclass(frozen=True)
class ActionAnswered:
    """A department accepted, declined or reported the action as done."""

    name: ClassVar[str] = "problems.ActionAnswered"
    problem_id: int
    number: str
    action_id: int
    state: str


@dataclass(frozen=True)
class ProblemClosed:
    """A problem was closed with a result."""

    name: ClassVar[str] = "problems.ProblemClosed"
    problem_id: int
    number: str
    result: str


@dataclass(frozen=True)
class ResearchAsked:
    """Somebody was asked to find something out by a time."""

    name: ClassVar[str] = "problems.ResearchAsked"
    research_id: int
    assignee_id: int


@dataclass(frozen=True)
class ResearchAnswered:
    """A research task got its written finding."""

    name: ClassVar[str] = "problems.ResearchAnswered"
    research_id: int
    asked_by_id: int
