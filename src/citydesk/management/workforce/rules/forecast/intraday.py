"""The rest of a day after some of it was seen: half of the difference is believed.

All of it would be too much: after a few half-hours a full correction makes the rest of the day worse than none.
"""

from collections.abc import Sequence

GAIN = 0.5
# Half-hours after which the correction begins.
AFTER = 8


def correction(seen: Sequence[float], expected: Sequence[float], gain: float = GAIN, after: int = AFTER) -> float:
    """The factor for the slots still to come, from those seen so far and what was foretold of them.

    1 until `after` slots with any expectation were seen.
    """
    pairs = [(came, said) for came, said in zip(seen, expected, strict=True) if said > 0.0]
    whole = sum(said for _came, said in pairs)
    if len(pairs) < after or whole <= 0.0:
        return 1.0
    return 1.0 + gain * (sum(came for came, _said in pairs) / whole - 1.0)


def corrected(foretold: Sequence[float], seen: Sequence[float], gain: float = GAIN, after: int = AFTER) -> list[float]:
    """The day's slots: what was seen, then the corrected rest. Never below zero."""
    factor = correction(seen, foretold[: len(seen)], gain, after)
    return [*seen, *(max(0.0, one * factor) for one in foretold[len(seen) :])]
