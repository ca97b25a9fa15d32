"""The square-root rule (Halfin, Whitt; Garnett, Mandelbaum, Reiman): right for large centers, wrong for small ones.

Never the answer, only a check of it. At 8 people the share that waits is off by a fifth; use the exact formulas.
"""

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def waiting_share(beta: float) -> float:
    """About the share that waits with load + beta x root(load) people, when nobody hangs up. Beta is zero or more."""
    return 1.0 / (1.0 + beta * _NORMAL.cdf(beta) / _NORMAL.pdf(beta))


def waiting_and_abandoned(agents: int, erlangs: float, handle: float, patience: float) -> tuple[float, float]:
    """About the share that waits, and of those the share that hangs up."""
    beta = (agents - erlangs) / math.sqrt(erlangs)
    ratio = math.sqrt(handle / patience)
    delta = beta / ratio
    waits = 1.0 / (1.0 + ratio * _hazard(delta) / _hazard(-beta))
    return waits, ratio * (_hazard(delta) - delta) / math.sqrt(agents)


def people_for(erlangs: float, beta: float) -> int:
    """Load + beta x root(load), rounded up."""
    return math.ceil(erlangs + beta * math.sqrt(erlangs))


def _hazard(at: float) -> float:
    """The normal law's density over its upper tail."""
    tail = _NORMAL.cdf(-at)
    # Beyond this the tail is lost in rounding; the hazard is then the value itself and a little more.
    return _NORMAL.pdf(at) / tail if tail > 1e-280 else at + 1.0 / at
