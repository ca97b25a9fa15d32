"""Erlang A step by step: the chain of states itself, and a caller followed through it by uniformization.

This is the definition. `erlang_a` reckons the same figures in a fiftieth of the time; each is tested by the other, and
the simulation by both. Time is in one unit for all rates, whatever it is.
"""

import math
from dataclasses import dataclass

# Where the chain is cut: states this far below the likeliest in natural logarithms, past the last person at work.
_DEPTH = 45.0


@dataclass(frozen=True, slots=True)
class Chain:
    """Long-run shares of the states 0 to K (contacts in the house), with what made them."""

    arrivals: float
    service: float
    leaving: float
    agents: int
    shares: tuple[float, ...]

    @property
    def waits(self) -> float:
        """The share that finds nobody free."""
        return math.fsum(self.shares[self.agents :])

    @property
    def queue(self) -> float:
        """How many wait on average."""
        return math.fsum(one * share for one, share in enumerate(self.shares[self.agents :]))

    @property
    def abandoned(self) -> float:
        """The share that hangs up."""
        return self.leaving * self.queue / self.arrivals

    @property
    def wait(self) -> float:
        """The mean wait of all."""
        return self.queue / self.arrivals

    @property
    def occupancy(self) -> float:
        """The share of their time that people are busy; nobody at work is nobody busy."""
        if not self.agents:
            return 0.0
        return self.arrivals * (1.0 - self.abandoned) / (self.agents * self.service)


def chain_of(arrivals: float, service: float, leaving: float, agents: int) -> Chain:
    """Birth `arrivals`, death min(k, n) `service` + max(k - n, 0) `leaving`; shares as logarithms of p(k)/p(0)."""
    logs, top = [0.0], 0.0
    while True:
        state = len(logs)
        death = min(state, agents) * service + max(state - agents, 0) * leaving
        logs.append(logs[-1] + math.log(arrivals / death))
        top = max(top, logs[-1])
        if state > agents and logs[-1] < top - _DEPTH and arrivals < death:
            break
    weights = [math.exp(one - top) for one in logs]
    whole = math.fsum(weights)
    return Chain(arrivals, service, leaving, agents, tuple(one / whole for one in weights))


def served_and_left(chain: Chain, within: float) -> tuple[float, float]:
    """The shares of all that are served, and that hang up, within a time from when they came.

    A caller with j before them moves up at rate n mu + j theta and leaves at rate theta; with one clock of rate
    R = n mu + (J + 1) theta for all j, the number of ticks until `within` is Poisson.
    """
    ahead = chain.shares[chain.agents :]
    served = math.fsum(chain.shares[: chain.agents])
    busy, theta = chain.agents * chain.service, chain.leaving
    clock = busy + len(ahead) * theta
    up = [(busy + one * theta) / clock for one in range(len(ahead))]
    away = theta / clock
    standing, left, ticks = list(ahead), 0.0, clock * within
    done, gone = [], []
    log_weight, tick = -ticks, 0
    # Mass of the Poisson weights beyond the mean and a dozen deviations is below what numbers can say.
    while tick < ticks + 12.0 * math.sqrt(ticks) + 40.0:
        weight = math.exp(log_weight)
        done.append(weight * served)
        gone.append(weight * left)
        served += standing[0] * up[0]
        left += away * math.fsum(standing)
        following = [*standing[1:], 0.0]
        standing = [
            stays * (1.0 - up[one] - away) + comes * (up[one + 1] if one + 1 < len(up) else 0.0)
            for one, (stays, comes) in enumerate(zip(standing, following, strict=True))
        ]
        tick += 1
        log_weight += math.log(ticks / tick) if ticks else -math.inf
    return math.fsum(done), math.fsum(gone)
