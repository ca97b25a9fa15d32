"""Who else works on this machine while a figure is taken: one measured beside others is marked, so nobody quotes it.

The load average remembers a minute, so the bench's own loading would count as noise. Therefore the bench rests for a
moment before and after each measure and looks at how many cores are busy without it.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import load_now

REST = 1.0
# A load above this may be our own work of the last minute; it counts as noise when somebody works while we rest.
LOAD = 1.5
CORES_BESIDE, CORES_BESIDE_ALWAYS = 0.2, 0.5


@dataclass(frozen=True)
class Quiet:
    """One look at the machine: the load average, and the cores that others kept busy while the bench rested."""

    load: float
    others: float

    @property
    def is_noisy(self) -> bool:
        return self.others > CORES_BESIDE_ALWAYS or (self.load > LOAD and self.others > CORES_BESIDE)


def look(rest: float = REST) -> Quiet:
    """Rest and see what others use meanwhile."""
    load = load_now()
    before = _busy_seconds()
    began = time.perf_counter()
    time.sleep(rest)
    return Quiet(load, round((_busy_seconds() - before) / (time.perf_counter() - began), 2))


def _busy_seconds() -> float:
    """Seconds of all cores that were neither idle nor waiting for a disk, since the machine started."""
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    steal = rest[2] if len(rest) > 2 else 0
    return (user + nice + system + sum(rest[:2]) + steal) / 100
