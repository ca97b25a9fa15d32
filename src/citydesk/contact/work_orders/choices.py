"""Codes of this room: states of a work order, results, rights."""

from enum import StrEnum


class WorkOrderState(StrEnum):
    """`done` waits for an inspection where one is asked for; `could_not` goes back to whoever asked."""

    PLANNED = "planned"
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    COULD_NOT = "could_not"
    CANCELLED = "cancelled"


class ResultCode(StrEnum):
    """What came of it, in the crew's words; see `rules.RESULTS` for what each means for the request behind it."""

    DONE = "done"
    MADE_SAFE = "made_safe"
    PARTLY = "partly"
    NO_ACCESS = "no_access"
    NOT_FOUND = "not_found"
    NOT_OURS = "not_ours"
    NOT_NEEDED = "not_needed"
    NEEDS_OTHER_CREW = "needs_other_crew"
    UNSAFE = "unsafe"


class Priority(StrEnum):
    EMERGENCY = "1"
    HIGH = "2"
    NORMAL = "3"
    LOW = "4"


class PhotoKind(StrEnum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class InspectionState(StrEnum):
    NONE = "none"
    WANTED = "wanted"
    PASSED = "passed"
    FAILED = "failed"


OPEN = frozenset({WorkOrderState.PLANNED, WorkOrderState.STARTED, WorkOrderState.PAUSED})
IN_FIELD = frozenset({WorkOrderState.STARTED, WorkOrderState.PAUSED})
FINISHED = frozenset({WorkOrderState.DONE, WorkOrderState.COULD_NOT})

VIEW = "work_orders.view"
EDIT = "work_orders.edit"
CREW = "work_orders.crew"
INSPECT = "work_orders.inspect"
OBJECT = "work_orders.work_order"
