"""Gauss-Legendre: the twelve places at which a smooth function is read to know its integral to all digits."""

import math

_ORDER = 12


def _legendre(order: int, at: float) -> tuple[float, float]:
    """The Legendre polynomial of an order and its slope."""
    before, value = 1.0, at
    for one in range(2, order + 1):
        before, value = value, ((2 * one - 1) * at * value - (one - 1) * before) / one
    return value, order * (at * value - before) / (at * at - 1.0)


def _place(number: int) -> tuple[float, float]:
    """The node between -1 and 1 by Newton's method, and its weight."""
    at = math.cos(math.pi * (number + 0.75) / (_ORDER + 0.5))
    for _turn in range(8):
        value, slope = _legendre(_ORDER, at)
        at -= value / slope
    slope = _legendre(_ORDER, at)[1]
    return at, 2.0 / ((1.0 - at * at) * slope * slope)


# (place between -1 and 1, weight)
PLACES = tuple(_place(one) for one in range(_ORDER))
