"""Rosters: the published instances against their best known costs, and a week of desks of three sizes. No database.

The instances' files are third parties' data and lie beside this clone or nowhere; the desks are made from a seed.
"""

from pathlib import Path

from citydesk.management.workforce.engines.roster.apart import solve_apart
from citydesk.management.workforce.engines.roster.budget import News
from citydesk.management.workforce.engines.roster.solve import Solution
from citydesk.management.workforce.rules.roster.benchmark import read_benchmark
from citydesk.management.workforce.tests.roster_cases import week_of
from tests.bench.figures import Figure, at_most
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


def measure_rosters(is_quick: bool) -> list[Figure]:
    """Costs, bounds and CPU-seconds; a quick run takes the three small instances and the smallest desk."""
    found: list[Figure] = []
    for number in list(KNOWN)[: 3 if is_quick else None]:
        found += _instance(number, 20 if is_quick else SECONDS)
    for agents in list(DESKS)[: 1 if is_quick else None]:
        found += _desk(agents, QUICK if is_quick else 1.0)
    return found


def _instance(number: int, seconds: int) -> list[Figure]:
    path = FOLDER / f"Instance{number}.txt"
    if not path.is_file():
        return []
    best, share = KNOWN[number]
    solved = solve_apart(read_benchmark(path.read_text()), seconds=seconds, seed=SEED)
    _hold(solved)
    name, said = f"roster_instance{number}", f"best known {best}; bound {solved.bound:.0f}"
    return [
        at_most(f"{name}_cost", solved.cost, "cost", best * (1 + share), 1, floor=solved.bound, said=said),
        at_most(f"{name}_cpu", solved.seconds * 1000, "CPU-ms", seconds * 1000, 1, said="until proven or spent"),
    ]


def _desk(agents: int, share: float) -> list[Figure]:
    """How long until a roster holds and until it is near the bound of the end, with the seconds of this machine."""
    first, near = DESKS[agents]
    told: list[News] = []
    slower = max(1.0, loop_ms() / REFERENCE_LOOP_MS)
    solved = solve_apart(week_of(agents, SEED), seconds=near * slower * share, seed=SEED, on_news=told.append)
    _hold(solved)
    costs = [one for one in told if one.cost is not None]
    when = next((one.seconds for one in costs if (one.cost or 0) <= solved.bound * NEAR), None)
    name, said = f"roster_week_{agents}", f"cost {solved.cost}, bound {solved.bound:.0f}"
    gap = solved.cost / solved.bound if solved.bound else 0.0
    figures = [
        at_most(f"{name}_first_cpu", costs[0].seconds * 1000, "CPU-ms", first * 1000, agents, said=said),
        at_most(f"{name}_gap", gap, "times the bound", NEAR, agents, said=said),
    ]
    if when is not None:
        figures.append(at_most(f"{name}_near_cpu", when * 1000, "CPU-ms", near * 1000, agents, said=said))
    return figures


def _hold(solved: Solution) -> None:
    if not solved.is_verified:
        raise RuntimeError(f"a roster breaks rules: {solved.breaches[0]}")
