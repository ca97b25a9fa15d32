"""Erlang A, exact and quick: calls at random, people with the same work, callers who hang up after a random patience.

States above n (all busy, j wait) weigh p(n+j) = p(n) eta^j / ((c+1) ... (c+j)) with eta = lambda/theta, c = n mu/theta.
Whoever stands behind j callers gets through after V = sum of exponentials of the rates n mu + i theta, i = 0..j, so
exp(-theta V) is Beta(c, j+1); summed over j the densities close into one integral over time:

    P(waits, V <= T) = p(n) n mu  integral 0..T  exp(eta (1 - exp(-theta t)) - n mu t) dt

and with another factor exp(-theta t) the same for those whose patience lasts. No state is cut off, nothing is counted
in steps. (Zeltyn, Mandelbaum 2005 give the integrals; `birth_death` is the chain they come from.)
"""

import math
from typing import NamedTuple

from citydesk.management.workforce.rules.erlang import Blocking, empty
from citydesk.management.workforce.rules.loads import Figures, Load
from citydesk.management.workforce.rules.quadrature import PLACES

# Terms smaller than this part of the largest change no digit.
_NEGLIGIBLE = 1e-18
_LARGE, _LOG_LARGE = 1e250, math.log(1e250)
# Beyond so many waiting at the likeliest state the sum starts there instead of at none.
_FAR = 2_000
# One panel of the quadrature spans at most this in the exponent, by slope and by curve: all digits are then right.
_RISE, _BEND = 6.0, 8.0
_SILENT = -60.0


class Waiting(NamedTuple):
    """The long run above n: ln p(n), the share that waits, how many wait."""

    log_all_busy: float
    share: float
    queue: float


class Within(NamedTuple):
    """Of all offered within a time: answered, hung up."""

    answered: float
    left: float


def waiting(load: Load, agents: int, blocking: Blocking) -> Waiting:
    """Who waits in the long run. The load has a patience and is not empty."""
    patience = load.patience or math.inf
    log_scale, whole, weighted = _sums(load.rate * patience, agents * patience / load.handle)
    below = (blocking.inverse(agents) - 1.0) * math.exp(-log_scale)
    everything = whole + below
    return Waiting(-log_scale - math.log(everything), whole / everything, weighted / everything)


def _sums(eta: float, base: float) -> tuple[float, float, float]:
    """(ln of the scale, sum of w(j), sum of j w(j)) with w(0) = 1/scale, w(j) = w(j-1) eta / (base + j)."""
    mode = int(max(0.0, eta - base))
    if mode > _FAR:
        return _sums_around(eta, base, mode)
    log_scale, term, whole, weighted, one = 0.0, 1.0, 1.0, 0.0, 0
    while term > whole * _NEGLIGIBLE or one < mode:
        one += 1
        term *= eta / (base + one)
        whole += term
        weighted += one * term
        if whole > _LARGE:
            log_scale += _LOG_LARGE
            term, whole, weighted = term / _LARGE, whole / _LARGE, weighted / _LARGE
    return log_scale, whole, weighted


def _sums_around(eta: float, base: float, mode: int) -> tuple[float, float, float]:
    """The same sums from the likeliest state outwards, its weight as the scale."""
    log_scale = mode * math.log(eta) - math.lgamma(base + mode + 1.0) + math.lgamma(base + 1.0)
    whole, weighted = 1.0, float(mode)
    term, one = 1.0, mode
    while term > _NEGLIGIBLE:
        one += 1
        term *= eta / (base + one)
        whole += term
        weighted += one * term
    term, one = 1.0, mode
    while term > _NEGLIGIBLE and one > 0:
        term *= (base + one) / eta
        one -= 1
        whole += term
        weighted += one * term
    return log_scale, whole, weighted


def within(load: Load, agents: int, seconds: float, found: Waiting) -> Within:
    """The shares answered and hung up within `seconds` of coming in."""
    theta = 1.0 / (load.patience or math.inf)
    still = math.exp(-theta * seconds)
    if not agents:
        return Within(0.0, 1.0 - still)
    served, through, _moment = _integrals(load, agents / load.handle, seconds, found.log_all_busy)
    not_through = max(0.0, found.share - through)
    left = max(0.0, found.share - served - still * not_through)
    return Within(min(1.0, 1.0 - found.share + served), left)


def answered_within(load: Load, agents: int, seconds: float, found: Waiting) -> float:
    """The share answered within `seconds`, alone."""
    if not agents:
        return 0.0
    return min(1.0, 1.0 - found.share + _integrals(load, agents / load.handle, seconds, found.log_all_busy)[0])


def wait_of_answered(load: Load, agents: int) -> float | None:
    """The mean wait in seconds of those who are answered, those at once among them; None where nobody is."""
    if load.rate <= 0.0:
        return 0.0
    if not agents:
        return None
    found = waiting(load, agents, Blocking(load.erlangs))
    served, _through, moment = _integrals(load, agents / load.handle, math.inf, found.log_all_busy)
    answered = 1.0 - found.share + served
    return moment / answered if answered > 0.0 else None


def _integrals(load: Load, busy: float, seconds: float, log_all_busy: float) -> tuple[float, float, float]:
    """From 0 to `seconds`: waits and is answered by then; would be through by then; seconds waited by the answered.

    Panels are as wide as slope and curve of the exponent let twelve nodes be exact.
    """
    patience = load.patience or math.inf
    eta, theta, rate = load.rate * patience, 1.0 / patience, load.rate
    start = log_all_busy + math.log(busy)
    exp, expm1 = math.exp, math.expm1
    served = through = moment = 0.0
    at = _first_heard(start, eta, theta, busy, rate)
    height, alive = start + eta * -expm1(-theta * at) - busy * at, exp(-theta * at)
    while at < seconds:
        slope = rate * alive - busy
        if height < _SILENT and slope <= 0.0:
            break
        width = min(seconds - at, _RISE / max(abs(slope), 1e-300), math.sqrt(_BEND / (rate * theta * alive)))
        end = at + width
        alive = exp(-theta * end)
        top, height = height, start + eta * -expm1(-theta * end) - busy * end
        if top > _SILENT or height > _SILENT:
            half, middle = width / 2.0, at + width / 2.0
            for node, weight in PLACES:
                moment_at = middle + half * node
                slack = -expm1(-theta * moment_at)
                one = weight * half * exp(start + eta * slack - busy * moment_at)
                through += one
                one *= 1.0 - slack
                served += one
                moment += one * moment_at
        at = end
    return served, through, moment


def _first_heard(start: float, eta: float, theta: float, busy: float, rate: float) -> float:
    """Where the integrand begins to count: at once, or, far too few people at work, shortly before its peak."""
    if start >= _SILENT or rate <= busy:
        return 0.0
    low, high = 0.0, math.log(rate / busy) / theta
    for _turn in range(60):
        middle = (low + high) / 2.0
        if start - eta * math.expm1(-theta * middle) - busy * middle < _SILENT:
            low = middle
        else:
            high = middle
    return low


def figures_a(load: Load, agents: int, threshold: float, short: float, blocking: Blocking | None = None) -> Figures:
    """What Erlang A says of `agents` people: always stable, for who waits too long leaves."""
    erlangs, patience = load.erlangs, load.patience or math.inf
    if erlangs <= 0.0:
        return empty(agents)
    found = waiting(load, agents, blocking or Blocking(erlangs))
    wait = found.queue / load.rate
    abandoned = min(1.0, wait / patience)
    by_then = within(load, agents, threshold, found)
    left_short = within(load, agents, short, found).left if short > 0.0 else 0.0
    occupancy = erlangs * (1.0 - abandoned) / agents if agents else 0.0
    return Figures(
        agents=agents,
        erlangs=erlangs,
        waits=found.share,
        abandoned=abandoned,
        wait=wait,
        queue=found.queue,
        occupancy=min(1.0, occupancy),
        answered_within=by_then.answered,
        left_within=by_then.left,
        left_short=left_short,
    )
