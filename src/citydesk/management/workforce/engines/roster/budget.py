"""How long a solver may work: CPU-seconds of one core, or ticks, which count work and so repeat on any machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from citydesk.management.workforce.rules.roster.shifts import Roster

CELLS_A_TICK = 1_000_000
ROOM = 500  # a budget of fewer ticks goes without what counts none
ROSTER_EVERY = 5.0  # CPU-seconds between two rosters told of within a stage


@dataclass(frozen=True)
class News:
    """How far a solver is: what the best roster costs, what none can cost less than, CPU-seconds, the stage, and now
    and then the best roster itself."""

    cost: int | None
    bound: float
    seconds: float
    stage: str
    roster: Roster | None = field(default=None, repr=False)


@dataclass
class Budget:
    """`seconds` depend on the machine, `ticks` do not; whichever ends first ends the work. `is_canceled` is asked
    often; `tell` hears of progress."""

    seconds: float | None = None
    ticks: float | None = None
    is_canceled: Callable[[], bool] | None = None
    tell: Callable[[News], None] | None = None
    spent_ticks: float = 0.0
    began: float = field(default_factory=time.process_time)
    last_kept: float = 0.0
    last_stage: str = ""
    began_wall: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> float:
        """CPU-seconds of this process since the budget began."""
        return time.process_time() - self.began

    def work(self, ticks: float) -> None:
        self.spent_ticks += ticks

    def is_over(self, share: float = 1.0) -> bool:
        """Whether this share of the budget is spent, or somebody canceled."""
        if self.is_canceled and self.is_canceled():
            return True
        if self.seconds is not None and self.spent >= self.seconds * share:
            return True
        return self.ticks is not None and self.spent_ticks >= self.ticks * share

    @property
    def has_room(self) -> bool:
        """Whether there is room for work of HiGHS alone, which counts no ticks."""
        return not self.is_over() and (self.ticks is None or self.ticks >= ROOM)

    def left(self) -> float | None:
        """CPU-seconds that are left, None without such an end."""
        return None if self.seconds is None else max(0.0, self.seconds - self.spent)

    def wall_left(self, share: float = 1.0) -> float | None:
        """Seconds of the wall that this share of what is left will take, as busy as the machine has been so far."""
        left = self.left()
        if left is None:
            return None
        busy = (time.monotonic() - self.began_wall) / self.spent if self.spent > 0.2 else 1.0
        return left * share * max(1.0, busy)

    def report(self, cost: int | None, bound: float, stage: str, roster: Callable[[], Roster] | None = None) -> None:
        """Tell of progress; with a better roster when the stage is new or the last one was told a while ago."""
        if not self.tell:
            return
        is_due = stage != self.last_stage or self.spent - self.last_kept > ROSTER_EVERY
        held = roster() if roster is not None and is_due else None
        if held is not None:
            self.last_kept, self.last_stage = self.spent, stage
        self.tell(News(cost, bound, round(self.spent, 2), stage, held))
