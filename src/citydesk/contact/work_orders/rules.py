"""Pure decisions about work orders: which move follows which, what a result means, in which order a crew drives."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from citydesk.contact.work_orders.choices import InspectionState, ResultCode, WorkOrderState

S = WorkOrderState


@dataclass(frozen=True)
class Result:
    """A result code's meaning: the state it leads to, and whether the words why are needed."""

    state: WorkOrderState
    needs_note: bool


RESULTS: dict[ResultCode, Result] = {
    ResultCode.DONE: Result(S.DONE, needs_note=False),
    ResultCode.MADE_SAFE: Result(S.PAUSED, needs_note=False),
    ResultCode.PARTLY: Result(S.PAUSED, needs_note=True),
    ResultCode.NO_ACCESS: Result(S.COULD_NOT, needs_note=True),
    ResultCode.NOT_FOUND: Result(S.COULD_NOT, needs_note=True),
    ResultCode.NOT_OURS: Result(S.COULD_NOT, needs_note=True),
    ResultCode.NOT_NEEDED: Result(S.DONE, needs_note=True),
    ResultCode.NEEDS_OTHER_CREW: Result(S.COULD_NOT, needs_note=True),
    ResultCode.UNSAFE: Result(S.COULD_NOT, needs_note=True),
}

# One table of moves: what may be done in which state.
MOVES: dict[WorkOrderState, frozenset[str]] = {
    S.PLANNED: frozenset({"plan", "start", "finish", "cancel", "note", "line", "external"}),
    S.STARTED: frozenset({"plan", "pause", "finish", "cancel", "check", "note", "line", "external"}),
    S.PAUSED: frozenset({"plan", "start", "finish", "cancel", "check", "note", "line", "external"}),
    S.DONE: frozenset({"inspect", "reopen", "line", "note", "external"}),
    S.COULD_NOT: frozenset({"reopen", "note", "line", "external"}),
    S.CANCELLED: frozenset({"reopen"}),
}


def may_move(state: WorkOrderState, move: str, *, inspection: InspectionState = InspectionState.NONE) -> bool:
    """Whether a move fits the state; an inspection only while one is wanted."""
    if move == "inspect" and inspection != InspectionState.WANTED:
        return False
    return move in MOVES[state]


@dataclass(frozen=True)
class Stop:
    """A work order as a place on the crew's round. `due_at` is the promise; coordinates may be unknown."""

    id: int
    priority: str
    due_at: datetime | None
    lat: float | None
    lon: float | None
    is_started: bool = False


def _apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in meters, flat-earth; good to a percent within a city."""
    dy = (a[0] - b[0]) * 111_195
    dx = (a[1] - b[1]) * 111_195 * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(dx, dy)


def order_round(stops: Sequence[Stop], here: tuple[float, float] | None, now: datetime) -> list[int]:
    """Ids in driving order: what is started, then emergencies and promises due within two hours by promise, then the
    nearest next stop from where the crew is. Stops without coordinates come last, by promise.
    """

    def promise(stop: Stop) -> tuple[float, int]:
        return (stop.due_at.timestamp() if stop.due_at else math.inf, stop.id)

    def is_pressing(stop: Stop) -> bool:
        return stop.priority == "1" or bool(stop.due_at and (stop.due_at - now).total_seconds() < 2 * 3600)

    started = sorted((stop for stop in stops if stop.is_started), key=promise)
    pressing = sorted((stop for stop in stops if not stop.is_started and is_pressing(stop)), key=promise)
    rest = [stop for stop in stops if not stop.is_started and not is_pressing(stop)]
    placed = [stop for stop in rest if stop.lat is not None and stop.lon is not None]
    unplaced = sorted((stop for stop in rest if stop.lat is None or stop.lon is None), key=promise)
    ordered = started + pressing
    last = next(((s.lat, s.lon) for s in reversed(ordered) if s.lat is not None and s.lon is not None), here)
    return [stop.id for stop in ordered + _nearest_first(placed, last) + unplaced]


def _nearest_first(stops: list[Stop], here: tuple[float, float] | None) -> list[Stop]:
    """A greedy round: always the nearest stop left; without a starting point, the earliest promise starts it."""
    left = sorted(stops, key=lambda stop: (stop.due_at.timestamp() if stop.due_at else math.inf, stop.id))
    ordered: list[Stop] = []
    while left:
        at = here
        chosen = left[0] if at is None else min(left, key=lambda stop: _apart(at, (stop.lat or 0.0, stop.lon or 0.0)))
        left.remove(chosen)
        ordered.append(chosen)
        here = (chosen.lat or 0.0, chosen.lon or 0.0)
    return ordered


def line_cost(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Quantity times unit cost in cents, half up."""
    return (quantity * unit_cost).quantize(Decimal("0.01"), ROUND_HALF_UP)


def photos_wanted(taken: Sequence[str], *, needs_photo: bool, result: ResultCode) -> bool:
    """Whether finishing still lacks the photo "after" that the work asks for."""
    return needs_photo and result == ResultCode.DONE and "after" not in taken
