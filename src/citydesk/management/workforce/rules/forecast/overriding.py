"""A person's word in place of the model's: a factor, or a number of contacts for all its slots together."""

from collections.abc import Sequence

from citydesk.kernel.errors import Invalid, marked
from citydesk.management.workforce.choices import ChangeKind

MOST_FACTOR = 20.0


def overridden(model: Sequence[float], kind: ChangeKind, amount: float) -> list[float]:
    """The values in force of slots the model gave values for.

    A total is shared out as the model has it; evenly where the model has nothing, as on a day it takes for closed.
    Raises `Invalid`.
    """
    if not 0.0 <= amount < float("inf"):
        raise Invalid(marked("The value must be zero or more."), field="amount")
    if kind is ChangeKind.FACTOR:
        if amount > MOST_FACTOR:
            raise Invalid(marked("The factor is too large."), field="amount")
        return [one * amount for one in model]
    whole = sum(model)
    if whole <= 0.0:
        return [amount / len(model)] * len(model) if model else []
    return [one * amount / whole for one in model]


def scaled(model: float, value: float, low: float, high: float) -> tuple[float, float]:
    """The range around a value in force: the model's, moved with it. Where the model has nothing, none is known."""
    if model <= 0.0:
        return value, value
    return low * value / model, high * value / model
