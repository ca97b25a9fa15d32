"""Erlang B and C: people with the same work, calls that come at random, nobody hangs up.

Erlang B by its recursion, turned over: 1/B(0) = 1, 1/B(n) = 1 + n/a x 1/B(n-1). All terms are positive.
"""

import math

from citydesk.management.workforce.rules.loads import Figures, Load


class Blocking:
    """1/B(n) for one load in Erlangs; numbers of people already asked for are kept."""

    __slots__ = ("erlangs", "known")

    def __init__(self, erlangs: float) -> None:
        self.erlangs = erlangs
        self.known = [1.0]

    def inverse(self, agents: int) -> float:
        """1/B(agents); infinite where no call is lost within what numbers can say."""
        known, erlangs = self.known, self.erlangs
        if agents >= len(known):
            if erlangs <= 0.0:
                return math.inf
            last, add = known[-1], known.append
            for one in range(len(known), agents + 1):
                last = 1.0 + last * one / erlangs
                add(last)
        return known[agents]


def erlang_b(agents: int, erlangs: float) -> float:
    """The share of calls lost when nobody may wait."""
    return 1.0 / Blocking(erlangs).inverse(agents)


def erlang_c(agents: int, erlangs: float) -> float:
    """The share of calls that must wait; 1 where the load is as large as the people or larger."""
    return waiting_share(agents, Blocking(erlangs))


def waiting_share(agents: int, blocking: Blocking) -> float:
    """Erlang C from the recursion of Erlang B: C = B / (1 - rho (1 - B))."""
    erlangs = blocking.erlangs
    if erlangs <= 0.0:
        return 0.0
    if agents <= erlangs:
        return 1.0
    use = erlangs / agents
    return 1.0 / (use + (1.0 - use) * blocking.inverse(agents))


def answered_within(load: Load, agents: int, threshold: float, waits: float) -> float:
    """The share answered within `threshold` seconds, of a stable queue in which `waits` must wait."""
    return 1.0 - waits * math.exp(-(agents - load.erlangs) * threshold / load.handle)


def figures_c(load: Load, agents: int, threshold: float, blocking: Blocking | None = None) -> Figures:
    """What Erlang C says; an unstable queue says that it is one."""
    erlangs = load.erlangs
    if erlangs <= 0.0:
        return empty(agents)
    if agents <= erlangs:
        # Those at work are always busy and the line grows for as long as this lasts.
        return Figures(agents, erlangs, 1.0, 0.0, None, None, 1.0, 0.0, 0.0, 0.0, is_stable=False)
    waits = waiting_share(agents, blocking or Blocking(erlangs))
    wait = waits * load.handle / (agents - erlangs)
    within = answered_within(load, agents, threshold, waits)
    return Figures(agents, erlangs, waits, 0.0, wait, load.rate * wait, erlangs / agents, within, 0.0, 0.0)


def empty(agents: int) -> Figures:
    """Nothing comes: nobody waits, whoever is there."""
    return Figures(agents, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
