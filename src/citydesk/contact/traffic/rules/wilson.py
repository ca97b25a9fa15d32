"""What a share of few cases is worth: the range that holds the true share in 95 of 100 such samples (Wilson 1927)."""

import math

Z95 = 1.959963984540054


def wilson(hits: int, whole: int, z: float = Z95) -> tuple[float, float]:
    """The lower and upper end for `hits` of `whole`. Of nothing everything is possible."""
    if whole <= 0:
        return 0.0, 1.0
    share, square = hits / whole, z * z
    middle = share + square / (2 * whole)
    half = z * math.sqrt(share * (1.0 - share) / whole + square / (4.0 * whole * whole))
    scale = 1.0 + square / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
