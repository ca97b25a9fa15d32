"""Codes of this room: service-level formulas."""

from enum import StrEnum


class Formula(StrEnum):
    """How a service level is counted. A = answered within the threshold, B = hung up within it, N = offered.

    `SL1` A/N. `SL2` A/(N - hung up sooner than the short time). `SL3` A/(N - B). `SL4` (A + B)/N. `SL5` A/answered.
    """

    SL1 = "sl1"
    SL2 = "sl2"
    SL3 = "sl3"
    SL4 = "sl4"
    SL5 = "sl5"


# Flatters: whoever hung up after a long wait vanishes. Never a headline.
NO_HEADLINE = (Formula.SL5,)
