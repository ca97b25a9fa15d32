"""Our pages against its pages, in turns.

A virtual machine's clock wanders by two to four times within an hour, and neighbors come and go: a page measured ten
minutes after the other is compared with another machine. So both are asked in turns of about half a second, ours,
theirs, ours, theirs, and each of theirs is compared with ours right before and after it; the figure is the middle one
of these. In much shorter turns the processor's caches, which the other side has just filled, cost the cheaper page a
third more than when it is asked again and again, as every other figure is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from tests.bench.cost import cost_of
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.helpdesk import Site

ROUNDS = 15


@dataclass(frozen=True)
class Pair:
    """What stands against what: an act of theirs, the figure's name, how many times cheaper ours must be, in words,
    and how often each is asked in one turn, so that both take about as long."""

    theirs: str
    name: str
    target: float | None
    said: str
    our_times: int
    their_times: int


PAIRS = (
    Pair(
        "list",
        "queue_times_cheaper",
        30.0,
        "its ticket list as it opens for its staff (open tickets of all queues by creation, 50 a page: the page and the"
        " rows its script fetches) / our queue of one team by status, sorted by due time, 50 rows",
        100,
        4,
    ),
    Pair(
        "list_one_queue",
        "queue_times_cheaper_one_queue",
        None,
        "its ticket list narrowed to one queue and status, sorted by due date / our queue of one team by status,"
        " sorted by due time; 50 rows each",
        100,
        6,
    ),
    Pair(
        "ticket",
        "request_times_cheaper",
        8.0,
        "its page of an open ticket with two follow-ups / our page of an open request with two lines of history",
        100,
        12,
    ),
    Pair(
        "create",
        "intake_times_cheaper",
        4.0,
        "a ticket made by its REST API as its documentation shows it (Basic credentials with each call, so a password"
        " is hashed each time), mail rendered but not sent / a report over Open311 with an API key",
        40,
        2,
    ),
    Pair(
        "create_in_session",
        "intake_times_cheaper_in_session",
        None,
        "the same with the session of a signed-in browser, which a program would have to get first: no password is"
        " hashed / a report over Open311 with an API key, which is hashed each time",
        40,
        16,
    ),
)


def measure_in_turns(site: Site, size: int, *, rounds: int = ROUNDS) -> list[Figure]:
    """How many times cheaper our pages are at one size of ours, and what theirs cost."""
    ours = _ours(rounds)
    figures = []
    for pair in PAIRS:
        found = in_turns(
            lambda pair=pair: cost_of(ours[pair.name], times=pair.our_times, warm=2).cpu_ms,
            lambda pair=pair: _cpu_ms(site.cost(pair.theirs, pair.their_times)),
            rounds,
        )
        told = f"{pair.said}; {rounds} turns, half of them between {found.lower:.1f} and {found.upper:.1f}"
        print(f"{pair.name}: {found.times:.1f} times; theirs {found.theirs:.1f}, ours {found.ours:.1f}", flush=True)
        figures.append(at_least(pair.name, found.times, "times", pair.target, size, said=told))
        figures.append(_figure_of(pair.theirs, site.cost(pair.theirs, 2), found.theirs, size))
    # The whole list takes seconds each time; it is told beside the others, not compared.
    whole = site.cost("list_whole", 2)
    return [*figures, _figure_of("list_whole", whole, _cpu_ms(whole), size)]


def _ours(rounds: int) -> dict[str, Callable[[], Any]]:
    from tests.bench import intake, pages, work
    from tests.bench.cost import Browser

    queue, (key,) = pages.queue_of_busy_team(), work.make_keys(1)
    report = intake.reporting(Browser(), key, 2 * (rounds + 1) * 50, seed=1)
    return {
        "queue_times_cheaper": queue,
        "queue_times_cheaper_one_queue": queue,
        "request_times_cheaper": pages.requests_of_busy_team(),
        "intake_times_cheaper": report,
        "intake_times_cheaper_in_session": report,
    }


def _figure_of(act: str, cost: dict[str, float], cpu_ms: float, size: int) -> Figure:
    said = f"{cost['statements']:.0f} statements"
    if "found" in cost:
        said += f", {cost['shown']} of {cost['found']} tickets shown"
    return at_most(f"helpdesk_{act}_cpu", cpu_ms, "CPU-ms", None, size, said=said)


def _cpu_ms(cost: dict[str, float]) -> float:
    return cost["web_ms"] + cost["database_ms"]


@dataclass(frozen=True)
class Turns:
    """How many times dearer theirs is (middle of all turns, bounds of their middle half), and what both sides cost."""

    times: float
    lower: float
    upper: float
    ours: float
    theirs: float


def in_turns(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> Turns:
    """Ask both sides by turns; ours once more than theirs, so that each of theirs stands between two of ours."""
    mine, other = [ours()], []
    for _ in range(rounds):
        other.append(theirs())
        mine.append(ours())
    times = sorted(one / ((before + after) / 2) for one, (before, after) in zip(other, pairwise(mine), strict=True))
    return Turns(median(times), times[len(times) // 4], times[-1 - len(times) // 4], median(mine), median(other))
