"""A figure against its target and against a usual day."""

from collections.abc import Sequence
from dataclasses import dataclass

AT_LEAST = "at_least"
# A usual day differs: only a figure a tenth away from it is worth a word.
NOTABLE = 0.1


@dataclass(frozen=True)
class Judgement:
    """Whether the target is met (None when there is no figure or no target) and how the figure lies to a usual day."""

    is_met: bool | None
    usual: float | None
    # "above", "below", "usual", or "" where there is nothing to compare with.
    against_usual: str


def usual_of(values: Sequence[float | None]) -> float | None:
    """The mean of the days that had a figure."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def judge(value: float | None, target: float | None, direction: str, usual: float | None) -> Judgement:
    """Compare a figure with its target and with a usual day."""
    if value is None:
        return Judgement(None, usual, "")
    is_met = None if target is None else (value >= target if direction == AT_LEAST else value <= target)
    if usual is None:
        return Judgement(is_met, None, "")
    if abs(value - usual) <= NOTABLE * abs(usual):
        return Judgement(is_met, usual, "usual")
    return Judgement(is_met, usual, "above" if value > usual else "below")
