"""When an act on many requests needs a second person: above the number in the role's limits of the profile."""

from collections.abc import Mapping
from decimal import Decimal

# `limits = { bulk = ..., export = ... }` of a role; so many where the city's profile names no number.
ALONE = {"bulk": 50, "export": 5000}


def most_alone(limits: Mapping[str, str], code: str = "bulk") -> int:
    """How many requests a person changes (`bulk`) or takes out of the house (`export`) in one act alone."""
    given = limits.get(code)
    return int(Decimal(given)) if given is not None else ALONE[code]


def needs_second(count: int, limits: Mapping[str, str], code: str = "bulk") -> bool:
    """Whether an act on so many requests waits for a second person."""
    return count > most_alone(limits, code)
