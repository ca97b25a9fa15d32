"""The five service-level formulas. One set of legs, five answers: the queue says which one it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.rules.counting import Sums


@dataclass(frozen=True)
class Ratio:
    """A share as the two numbers it is made of. `value` is None where nothing was counted."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: "Ratio") -> "Ratio":
        """Shares of several slots together: sums, never the mean of shares."""
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator)


# How a formula is printed beside its number: A answered within the threshold, B abandoned within it, R other removals
# within it, N offered, S short abandons, W answered at all.
FORMULAS: dict[Formula, str] = {
    Formula.STRICT: "A / N",
    Formula.NET_OF_SHORT: "A / (N - S)",
    Formula.NET_OF_ABANDONED: "A / (N - B)",
    Formula.ANY_REMOVAL: "(A + B + R) / N",
    Formula.OF_ANSWERED: "A / W",
}


def service_level(formula: Formula, sums: Sums) -> Ratio:
    """Numerator and denominator of a formula for sums of any number of slots.

    The strict one is what a staffing formula that counts "served within the threshold" predicts. Published sources:
    net of short abandons is the recommended default; any removal counts callers who left and callbacks as met.
    """
    within, offered = sums.answered_within, sums.offered
    if formula == Formula.NET_OF_SHORT:
        return Ratio(within, offered - sums.short_abandoned)
    if formula == Formula.NET_OF_ABANDONED:
        return Ratio(within, offered - sums.abandoned_within)
    if formula == Formula.ANY_REMOVAL:
        return Ratio(within + sums.abandoned_within + sums.removed_within, offered)
    if formula == Formula.OF_ANSWERED:
        return Ratio(within, sums.answered)
    return Ratio(within, offered)


def share_of_intervals_met(formula: Formula, slots: Iterable[Sums], target: Decimal | float) -> Ratio:
    """How many slots with traffic met the target: a day's figure may hide a bad hour, this one does not."""
    met = counted = 0
    for one in slots:
        reached = service_level(formula, one)
        if reached.denominator:
            counted += 1
            met += reached.numerator >= Decimal(target) * reached.denominator
    return Ratio(met, counted)
