"""Before and after: counts of the same place and code by week, and what numbers of this size allow to be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb

from citydesk.contact.problems.choices import (
    EFFECT_CHANCE,
    EFFECT_EVENTS_LEAST,
    EFFECT_WEEKS,
    EFFECT_WEEKS_LEAST,
    Verdict,
)

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A whole week before (negative `at`, -1 is the last) or after (from 0) the remedy."""

    at: int
    begins: datetime
    count: int


@dataclass(frozen=True)
class Effect:
    """Counts of equally long times before and after, and the verdict. `chance`: how often chance alone differs so."""

    weeks: tuple[Week, ...]
    before: int
    after: int
    span: int
    chance: float
    verdict: Verdict

    @property
    def percent(self) -> int | None:
        """The change in percent; None without anything before."""
        return round(100 * (self.after - self.before) / self.before) if self.before else None


def chance_of(before: int, after: int) -> float:
    """How often two equal times differ at least so much by chance alone: the two-sided exact binomial test at 1/2.

    Given n events in two equally long times of the same rate, each falls into either with 1/2. (8, 1): 0.0391;
    (4, 1): 0.375; (12, 2): 0.0129. With nothing at all: 1.
    """
    n, less = before + after, min(before, after)
    if n == 0 or before == after:
        return 1.0
    tail = sum(comb(n, k) for k in range(less + 1)) / 2**n
    return min(1.0, 2 * tail)


def measure(times: Sequence[datetime], *, since: datetime, now: datetime) -> Effect:
    """Compare as many whole weeks after `since` as have passed (at most twelve) with as many before it.

    `times` are events, reports of the same happening counted once.
    """
    span = max(0, min(EFFECT_WEEKS, (now - since) // WEEK))
    shown = max(span, EFFECT_WEEKS_LEAST)
    weeks = tuple(
        Week(at, since + at * WEEK, sum(since + at * WEEK <= one < since + (at + 1) * WEEK for one in times))
        for at in range(-shown, span)
    )
    before = sum(one.count for one in weeks if -span <= one.at < 0)
    after = sum(one.count for one in weeks if one.at >= 0)
    chance = chance_of(before, after)
    return Effect(weeks, before, after, span, chance, _verdict(before, after, span, chance))


def _verdict(before: int, after: int, span: int, chance: float) -> Verdict:
    if span < EFFECT_WEEKS_LEAST:
        return Verdict.TOO_EARLY
    if before + after < EFFECT_EVENTS_LEAST:
        return Verdict.TOO_FEW
    if chance > EFFECT_CHANCE:
        return Verdict.UNCLEAR
    return Verdict.FEWER if after < before else Verdict.MORE
