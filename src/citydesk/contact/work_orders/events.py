"""Facts this room publishes. Whoever asked for the work reads `source_type` and `source_id`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class WorkOrderCreated:
    name: ClassVar[str] = "work_orders.WorkOrderCreated"
    work_order_id: int
    number: str
    source_type: str
    source_id: int | None
    crew_id: int | None


@dataclass(frozen=True)
class WorkOrderStarted:
    name: ClassVar[str] = "work_orders.WorkOrderStarted"
    work_order_id: int
    number: str
    source_type: str
    source_id: int | None
    crew_id: int | None


@dataclass(frozen=True)
class WorkOrderCompleted:
    """A result was reported; `state` says whether the order is over (done, could_not) or goes on (paused)."""

    name: ClassVar[str] = "work_orders.WorkOrderCompleted"
    work_order_id: int
    number: str
    source_type: str
    source_id: int | None
    result_code: str
    state: str


@dataclass(frozen=True)
class WorkOrderReopened:
    name: ClassVar[str] = "work_orders.WorkOrderReopened"
    work_order_id: int
    number: str
    source_type: str
    source_id: int | None


@dataclass(frozen=True)
class WorkOrderCancelled:
    name: ClassVar[str] = "work_orders.WorkOrderCancelled"
    work_order_id: int
    number: str
    source_type: str
    source_id: int | None
