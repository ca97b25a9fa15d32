"""Which method foretells: the one in use stays until another was really better on the past."""

from dataclasses import dataclass

from citydesk.management.workforce.choices import Model, Verdict
from citydesk.management.workforce.rules.forecast.backtest import BETTER_BY, LEAST_ORIGINS, Backtest, Score


@dataclass(frozen=True, slots=True)
class Decision:
    """The method from now on, and why."""

    chosen: Model
    verdict: Verdict


def wholes(tested: Backtest) -> dict[Model, Score]:
    """The score of each method over all origins and horizons."""
    found = {Model(name): result.whole for name, result in tested.challengers.items()}
    return {Model.DEFAULT: tested.default.whole, **found}


def choose(in_use: Model, tested: Backtest) -> Decision:
    """Another method takes over where its error is smaller by more than half a point of the volume, over six origins.

    A method in use that was not tried falls back to the default. Where nothing came, nothing is learned.
    """
    known = {model: wape for model, score in wholes(tested).items() if (wape := score.wape) is not None}
    mine = in_use if in_use in known else Model.DEFAULT
    if mine not in known:
        return Decision(mine, Verdict.NOTHING)
    if len(tested.origins) < LEAST_ORIGINS:
        return Decision(mine, Verdict.TOO_FEW)
    best = min(known, key=lambda one: (known[one], one is not mine))
    if best is not mine and known[best] < known[mine] - BETTER_BY:
        return Decision(best, Verdict.SWITCHED)
    return Decision(mine, Verdict.KEPT if mine is in_use else Verdict.SWITCHED)
