"""Facts this room publishes. They carry ids and codes, never words of a complaint."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ComplaintOpened:
    name: ClassVar[str] = "complaints.ComplaintOpened"
    complaint_id: int
    number: str
    request_id: int
    class_code: str


@dataclass(frozen=True)
class ComplaintDecided:
    """The decision's letter was approved: from now on it is told."""

    name: ClassVar[str] = "complaints.ComplaintDecided"
    complaint_id: int
    number: str
    request_id: int


@dataclass(frozen=True)
class ComplaintAppealed:
    name: ClassVar[str] = "complaints.ComplaintAppealed"
    complaint_id: int
    number: str
    request_id: int


@dataclass(frozen=True)
class ComplaintClosed:
    name: ClassVar[str] = "complaints.ComplaintClosed"
    complaint_id: int
    number: str
    request_id: int
