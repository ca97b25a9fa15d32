"""What a measurement is written as: a row of build/bench.json."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured figure. `floor` and `ratio` are a value measured in the same run and how many times it this is;
    `said` tells what was measured where the name alone does not."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool | None
    floor: float | None
    ratio: float | None
    rows: int
    load: float
    said: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def at_most(
    name: str,
    value: float,
    unit: str,
    target: float | None,
    rows: int,
    *,
    floor: float | None = None,
    said: str = "",
) -> Figure:
    """A figure that should be small."""
    met = None if target is None else value <= target
    ratio = round(value / floor, 2) if floor else None
    return Figure(name, round(value, 4), unit, target, met, floor, ratio, rows, load_now(), said)


def at_least(
    name: str,
    value: float,
    unit: str,
    target: float | None,
    rows: int,
    *,
    floor: float | None = None,
    said: str = "",
) -> Figure:
    """A figure that should be large."""
    met = None if target is None else value >= target
    ratio = round(value / floor, 2) if floor else None
    return Figure(name, round(value, 4), unit, target, met, floor, ratio, rows, load_now(), said)


def load_now() -> float:
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def seconds_of(act: Callable[[], Any], *, times: int = 3) -> float:
    """The middle wall time of some runs, after one that warms the cache."""
    act()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return median(spent)
