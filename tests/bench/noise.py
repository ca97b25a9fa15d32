"""How the machine is while a figure is taken: who else works on it, and how fast it runs at this moment.

The load average remembers a minute, so the bench's own loading would count as noise. Therefore the bench rests for a
moment before and after each measure and looks at how many cores are busy without it. A virtual machine's clock wanders
as well, by two to four times within an hour, and every CPU-ms with it: the same fixed work is timed at each look.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, load_now

# The loop below on the two-core machine all published figures are from, in its fast state: 2026-11-22, Python 3.11.7.
REFERENCE_LOOP_MS = 209.0
_TURNS, _TRIPS = 2_000_000, 300

REST = 1.0
# A load above this may be our own work of the last minute; it counts as noise when somebody works while we rest.
LOAD = 1.5
CORES_BESIDE, CORES_BESIDE_ALWAYS = 0.2, 0.5


@dataclass(frozen=True)
class Quiet:
    """One look at the machine: the load average, the cores that others kept busy while the bench rested, and what
    fixed work took: CPU-ms of the loop, microseconds of a SELECT 1 and back (0 where it was not looked at)."""

    load: float
    others: float
    loop_ms: float = 0.0
    trip_us: float = 0.0

    @property
    def is_noisy(self) -> bool:
        return self.others > CORES_BESIDE_ALWAYS or (self.load > LOAD and self.others > CORES_BESIDE)


def look(rest: float = REST) -> Quiet:
    """Rest and see what others use meanwhile, then time the fixed work."""
    load = load_now()
    before = _busy_seconds()
    began = time.perf_counter()
    time.sleep(rest)
    others = round((_busy_seconds() - before) / (time.perf_counter() - began), 2)
    return Quiet(load, others, round(loop_ms(), 1), round(trip_us(), 1))


def loop_ms() -> float:
    """CPU-ms of a Python loop that has nothing to do with Citydesk."""
    began = time.process_time()
    total = 0
    for one in range(_TURNS):
        total += one * one % 7
    return (time.process_time() - began) * 1000


def trip_us() -> float:
    """Microseconds of a SELECT 1 and back; 0 where the database of the moment is gone already."""
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            began = time.perf_counter()
            for _ in range(_TRIPS):
                cursor.execute("SELECT 1")
                cursor.fetchone()
            return (time.perf_counter() - began) * 1e6 / _TRIPS
    except DatabaseError:
        return 0.0


def speed_of(figure: Figure, before: Quiet, after: Quiet) -> dict[str, Any]:
    """How fast the machine was around a figure (the mean of both looks), and what a CPU-ms figure with its target
    would be were the loop as quick as at the reference."""
    loop = round((before.loop_ms + after.loop_ms) / 2, 1)
    scaled = figure.value * REFERENCE_LOOP_MS / loop if loop and figure.unit == "CPU-ms" else None
    return {
        "loop_ms": loop or None,
        "trip_us": round((before.trip_us + after.trip_us) / 2, 1) or None,
        "at_reference": None if scaled is None else round(scaled, 4),
        "met_at_reference": None if scaled is None or figure.target is None else scaled <= figure.target,
    }


def _busy_seconds() -> float:
    """Seconds of all cores that were neither idle nor waiting for a disk, since the machine started."""
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    steal = rest[2] if len(rest) > 2 else 0
    return (user + nice + system + sum(rest[:2]) + steal) / 100
