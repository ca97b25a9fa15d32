"""Solves in a process of its own: with a limit on memory, news on the way, and a cancel that keeps the best so far.

What the solver's libraries allocate cannot be given back or bounded from within, and one that runs out of memory may
take its process with it. So the worker starts a child and listens to it; if the child dies, the last roster that it
told of is the answer.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Roster

from .budget import Budget, News
from .columns import Answer
from .solve import Solution, Wanted, checked, near, solve, solve_again

MEGABYTE = 1 << 20
MEMORY = 2_048
WAIT = 0.2
PATIENCE = 10.0  # seconds of the wall in which a canceled solver may come to an end by itself


class OutOfRoom(RuntimeError):
    """The solver's process ended before it had any roster, most likely for want of memory."""


def solve_apart(
    problem: Problem,
    *,
    seconds: float | None = None,
    ticks: float | None = None,
    seed: int = 1,
    before: Roster | None = None,
    wanted: Wanted | None = None,
    megabytes: int = MEMORY,
    on_news: Callable[[News], None] | None = None,
    is_canceled: Callable[[], bool] | None = None,
) -> Solution:
    """The best roster within CPU-seconds of one core (or ticks); with a roster `before`, one near to it, as
    `solve_again` says. Raises what the solver raises about the problem."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    canceled = context.Event()
    asked = _Asked(problem, seconds, ticks, seed, before, wanted, megabytes * MEGABYTE)
    child = context.Process(target=_work, args=(theirs, canceled, asked), daemon=True)
    child.start()
    theirs.close()
    try:
        answer, last = _listen(ours, canceled, on_news, is_canceled)
    finally:
        ours.close()
        child.join(timeout=5)
        if child.is_alive():
            child.kill()
            child.join()
    if isinstance(answer, Exception):
        raise answer
    if answer is None and last is not None and last.roster is not None and last.cost is not None:
        held = near(problem, before) if before is not None else problem
        found = checked(held, Answer(last.roster, last.cost, last.bound), Budget(), wanted)
        return replace(found, seconds=last.seconds)
    if answer is None:
        raise OutOfRoom(f"the solver ended with code {child.exitcode}; it may use {megabytes} MB")
    return answer


def _listen(
    ours: Connection,
    canceled: Any,
    on_news: Callable[[News], None] | None,
    is_canceled: Callable[[], bool] | None,
) -> tuple[Solution | Exception | None, News | None]:
    """What the child says until it is done or gone, and its last news with a roster. One that hears no cancel, since
    it is deep in a library, is left alone after a while once it has told of a roster."""
    last: News | None = None
    asked: float | None = None
    while True:
        if asked is None and is_canceled and is_canceled():
            canceled.set()
            asked = time.monotonic()
        if asked is not None and last is not None and time.monotonic() - asked > PATIENCE:
            return None, last
        try:
            if not ours.poll(WAIT):
                continue
            said = ours.recv()
        except (EOFError, OSError):
            return None, last
        if isinstance(said, News):
            last = said if said.roster is not None else last
            if on_news:
                on_news(said)
        else:
            return said, last


@dataclass(frozen=True)
class _Asked:
    """What the child is to do."""

    problem: Problem
    seconds: float | None
    ticks: float | None
    seed: int
    before: Roster | None
    wanted: Wanted | None
    memory: int


def _work(theirs: Connection, canceled: Any, asked: _Asked) -> None:
    """In the child: solve and tell."""
    resource.setrlimit(resource.RLIMIT_AS, (asked.memory, asked.memory))
    budget = Budget(seconds=asked.seconds, ticks=asked.ticks, is_canceled=canceled.is_set, tell=theirs.send)
    try:
        if asked.before is None:
            theirs.send(solve(asked.problem, budget, asked.seed, asked.wanted))
        else:
            theirs.send(solve_again(asked.problem, asked.before, budget, asked.seed, asked.wanted))
    except (ValueError, RuntimeError) as reason:
        theirs.send(reason)
    except MemoryError:
        theirs.close()  # the last roster told of is the answer
