"""The share of paid time in which people take no contacts, and how many must be rostered so that enough are there."""

import math
from dataclasses import dataclass

from citydesk.kernel.errors import Invalid, marked

# A whole number that a division missed by a rounding error is that whole number.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """Shares of paid time: `planned` (leave, training, meetings, breaks) and `unplanned` (sick, late, systems down)."""

    planned: float
    unplanned: float

    @property
    def whole(self) -> float:
        return self.planned + self.unplanned


def rostered(net: int, shrinkage: float) -> int:
    """How many to roster so that `net` are at work: net / (1 - shrinkage), rounded up.

    Multiplying by 1 + shrinkage instead falls short: 14 with 0.3 are 20, not 18.2. Leave that is in the roster
    already belongs in no shrinkage. Raises `Invalid` unless 0 <= shrinkage < 1.
    """
    if not 0.0 <= shrinkage < 1.0:
        raise Invalid(marked("Shrinkage is a share from 0 to below 1."), field="shrinkage", hint=marked("Such as 0.3."))
    return math.ceil(net / (1.0 - shrinkage) - _ROUNDING)


def shrinkage_of(paid: float, available: float, planned: float) -> Shrinkage:
    """Shares from seconds paid, seconds available for contacts and seconds planned away; none of time never paid."""
    if paid <= 0.0:
        return Shrinkage(0.0, 0.0)
    away = min(paid, max(0.0, paid - available))
    known = min(away, max(0.0, planned))
    return Shrinkage(known / paid, (away - known) / paid)
