"""`citydesk roster solve FILE`: solve a rostering problem in the text format of schedulingbenchmarks.org.

Exit codes: 0 solved and verified, 1 the verifier found breaches, 3 refused (a bad file, a problem without any roster).
Ctrl-C ends the search and keeps the best roster so far.
"""

import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from citydesk.kernel.command_line import Console, Exit, verbs_of
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules.roster.benchmark import BadFile, read_benchmark
from citydesk.management.workforce.rules.roster.problem import Impossible, Problem

LARGEST = 5_000_000


def register(subparsers: Any) -> None:
    """Add `roster solve`."""
    verbs = verbs_of(subparsers, "roster", "rosters from a file")
    parser = verbs.add_parser("solve", help="find the cheapest roster of a benchmark file, with a bound and a check")
    parser.add_argument("file", type=Path, help="text format of schedulingbenchmarks.org")
    parser.add_argument("--seconds", type=float, default=600, help="CPU-seconds of one core (600)")
    parser.add_argument("--seed", type=int, default=1, help="another seed finds another roster (1)")
    parser.add_argument("--ticks", type=float, help="an amount of work instead, the same on every machine")
    parser.add_argument("--memory", type=int, default=2_048, help="MB that the solver may use (2048)")
    parser.add_argument("--roster", action="store_true", help="print who works what as well")
    parser.set_defaults(run=run_solve)


def run_solve(given: Namespace, console: Console) -> int:
    """Solve in a process of its own and report `cost, bound, seconds, verified`."""
    from citydesk.management.workforce.engines.roster.apart import OutOfRoom, solve_apart
    from citydesk.management.workforce.engines.roster.generate import NoLine

    _check(given)
    problem = _read(given.file)
    with _interruptible() as is_canceled, console.progress("Solving") as step:
        try:
            found = solve_apart(
                problem,
                seconds=None if given.ticks else given.seconds,
                ticks=given.ticks,
                seed=given.seed,
                megabytes=given.memory,
                on_news=lambda news: step.describe(f"{news.stage}: cost {news.cost}, bound {news.bound:.0f}"),
                is_canceled=is_canceled,
            )
        except (NoLine, Impossible, OutOfRoom) as reason:
            raise Invalid(str(reason)) from reason
    data: dict[str, Any] = {
        "cost": found.cost,
        "bound": found.bound,
        "seconds": found.seconds,
        "verified": found.is_verified,
        "gap": round(found.gap, 4),
        "seed": given.seed,
        "breaches": [str(one) for one in found.breaches],
    }
    if given.roster:
        data["roster"] = [[one.person, one.day, one.pattern.template] for one in found.roster]
    text = f"cost {found.cost}, bound {found.bound:.0f} (gap {found.gap:.1%}), {found.seconds} CPU-seconds"
    said = "every rule is kept" if found.is_verified else "\n".join(map(str, found.breaches))
    console.report(data, "\n".join([f"{text}; {said}", *(_lines(problem, found.roster) if given.roster else [])]))
    return Exit.OK if found.is_verified else Exit.PROBLEMS


def _check(given: Namespace) -> None:
    """Refuse an amount of work that is none."""
    for name, amount in (("seconds", given.seconds), ("ticks", given.ticks), ("memory", given.memory)):
        if amount is not None and not 0 < amount < float("inf"):
            raise Invalid(f"--{name} {amount:g} is no amount: give more than 0.")


def _read(path: Path) -> Problem:
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(f"{path.name} is larger than {LARGEST:,} bytes, which no file of this format is.")
        return read_benchmark(path.read_text(encoding="utf-8"))
    except OSError as reason:
        raise Invalid(f"{path} cannot be read: {reason.strerror}.") from reason
    except UnicodeDecodeError as reason:
        raise Invalid(f"{path.name} is no text: byte {reason.start} is not UTF-8.") from reason
    except BadFile as reason:
        raise Invalid(f"{path.name}: {reason}.") from reason


def _lines(problem: Problem, roster: Any) -> list[str]:
    """A line for each person, a column for each day."""
    held = {(one.person, one.day): one.pattern.template for one in roster}
    width = max((len(one.code) for one in problem.templates), default=1) + 1
    return [
        f"{person.code:<6}" + "".join(held.get((person.code, day), "-").ljust(width) for day in range(problem.horizon))
        for person in problem.people
    ]


@contextmanager
def _interruptible() -> Iterator[Any]:
    """The first Ctrl-C asks the solver to stop, the second stops the command."""
    asked: list[int] = []

    def stop(number: int, frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
