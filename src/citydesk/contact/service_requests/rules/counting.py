"""How durations are counted: buckets 5 percent wide, and percentiles from them with their error."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

BASE = 1.05
# Durations under one second (closed on receipt) have a bucket of their own.
INSTANT = -1


@dataclass(frozen=True)
class Percentile:
    """A percentile read from a histogram, in seconds: the true one lies from `low` to `high`."""

    value: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """The greatest relative error of `value`, as a share."""
        return 0.0 if not self.value else max(self.high - self.value, self.value - self.low) / self.value


def bucket_of(seconds: float) -> int:
    """The bucket of a duration. The SQL in `services.facts` says the same."""
    return INSTANT if seconds < 1 else math.floor(math.log(seconds) / math.log(BASE) + 1e-9)


def bounds(bucket: int) -> tuple[float, float]:
    """From and up to which seconds a bucket holds."""
    return (0.0, 1.0) if bucket == INSTANT else (BASE**bucket, BASE ** (bucket + 1))


def percentile(histogram: Mapping[int, int], share: float) -> Percentile | None:
    """The share-th percentile (0 to 1) of a histogram bucket -> count; None when it is empty.

    The value is the geometric middle of the bucket that holds it, at most 2.5 percent away from the truth.
    """
    total = sum(histogram.values())
    if total <= 0:
        return None
    wanted = share * total
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= wanted and histogram[bucket] > 0:
            low, high = bounds(bucket)
            return Percentile(math.sqrt(low * high) if low else 0.0, low, high)
    return None
