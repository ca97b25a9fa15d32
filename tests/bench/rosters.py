"""Rosters: the published instances against their best known costs, and a week of desks of three sizes. No database.

The instances' files are third parties' data and lie beside this clone or nowhere; the desks are made from a seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from citydesk.management.workforce.engines.roster.apart import solve_apart
from citydesk.management.workforce.engines.roster.budget import News
from citydesk.management.workforce.rules.roster.benchmark import read_benchmark
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.tests.roster_cases import week_of
from tests.bench.figures import Figure, at_most, load_now
from tests.bench.noise import REFERENCE_LOOP_MS, loop_ms

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/shifts/schedulingbenchmarks"
# Instance to the best known cost and how far above it a cost may lie.
KNOWN = {1: (607, 0.0), 2: (828, 0.0), 3: (1001, 0.0), 4: (1716, 0.01), 5: (1143, 0.05), 6: (1950, 0.05)}
KNOWN |= {7: (1056, 0.05), 8: (1300, 0.15)}
SECONDS = 600
# Agents to CPU-seconds, at the reference's speed, until a roster holds, and until it lies within 1 % of the bound.
DESKS = {20: (2, 10), 60: (5, 30), 200: (20, 120)}
NEAR, SEED = 1.01, 1
QUICK = 0.2  # share of a desk's seconds in a quick run, whose figures mean nothing


@dataclass(frozen=True)
class Row:
    """A line of the table: what was solved, and how far."""

    name: str
    cost: int
    bound: float
    first: float | None  # CPU-seconds until a roster held
    near: float | None  # CPU-seconds until the cost lay within 1 % of the bound of the end
    seconds: float
    is_verified: bool
    loop: float
    load: float

    def words(self) -> str:
        """The line as it is printed."""
        gap = f"{100 * (self.cost / self.bound - 1):.2f} %" if self.bound else "-"
        first, near = (f"{one:.1f}" if one is not None else "-" for one in (self.first, self.near))
        cells = (self.name, self.cost, f"{self.bound:.0f}", gap, first, near, f"{self.seconds:.1f}")
        verified = "yes" if self.is_verified else "NO"
        return "".join(str(one).rjust(WIDTH) for one in (*cells, verified, f"{self.loop:.0f}", f"{self.load:.1f}"))


TITLES = ("roster", "cost", "bound", "gap", "first", "within 1 %", "CPU-s", "verified", "loop ms", "load")
WIDTH = 12


def measure_rosters(is_quick: bool, seconds: int = SECONDS, instances: Sequence[int] = ()) -> list[Figure]:
    """Costs, bounds and CPU-seconds, with a table; a quick run takes the three small instances and the smallest desk.
    Some instances alone where they are named."""
    print("".join(one.rjust(WIDTH) for one in TITLES), flush=True)
    found: list[Figure] = []
    for number in instances or list(KNOWN)[: 3 if is_quick else None]:
        found += _instance(number, min(20, seconds) if is_quick else seconds)
    for agents in () if instances else list(DESKS)[: 1 if is_quick else None]:
        found += _desk(agents, QUICK if is_quick else 1.0)
    return found


def _row(name: str, problem: Problem, seconds: float, seed: int = SEED) -> Row:
    """Solve, print the line, and hold that the verifier agrees."""
    told: list[News] = []
    loop, load = loop_ms(), load_now()
    solved = solve_apart(problem, seconds=seconds, seed=seed, on_news=told.append)
    costs = [one for one in told if one.cost is not None]
    first = costs[0].seconds if costs else None
    near = next((one.seconds for one in costs if (one.cost or 0) <= solved.bound * NEAR), None)
    row = Row(name, solved.cost, solved.bound, first, near, solved.seconds, solved.is_verified, loop, load)
    print(row.words(), flush=True)
    if not solved.is_verified:
        raise RuntimeError(f"a roster breaks rules: {solved.breaches[0]}")
    return row


def _instance(number: int, seconds: int) -> list[Figure]:
    path = FOLDER / f"Instance{number}.txt"
    if not path.is_file():
        return []
    best, share = KNOWN[number]
    row = _row(f"Instance{number}", read_benchmark(path.read_text()), seconds)
    name, said = f"roster_instance{number}", f"best known {best}; bound {row.bound:.0f}"
    return [
        at_most(f"{name}_cost", row.cost, "cost", best * (1 + share), 1, floor=row.bound, said=said),
        at_most(f"{name}_cpu", row.seconds * 1000, "CPU-ms", seconds * 1000, 1, said="until proven or spent"),
    ]


def _desk(agents: int, share: float) -> list[Figure]:
    """How long until a roster holds and until it is near the bound of the end, with the seconds of this machine."""
    first, near = DESKS[agents]
    slower = max(1.0, loop_ms() / REFERENCE_LOOP_MS)
    row = _row(f"{agents} people", week_of(agents, SEED), near * slower * share)
    name, said = f"roster_week_{agents}", f"cost {row.cost}, bound {row.bound:.0f}"
    gap = row.cost / row.bound if row.bound else 0.0
    figures = [
        at_most(f"{name}_first_cpu", (row.first or 0.0) * 1000, "CPU-ms", first * 1000, agents, said=said),
        at_most(f"{name}_gap", gap, "times the bound", NEAR, agents, said=said),
    ]
    if row.near is not None:
        figures.append(at_most(f"{name}_near_cpu", row.near * 1000, "CPU-ms", near * 1000, agents, said=said))
    return figures
