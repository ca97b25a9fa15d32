"""Small cells: a count of one to four may name a person to somebody who knows the street."""

from collections.abc import Sequence

from citydesk.management.statistics.choices import SMALL


def is_small(count: int | None) -> bool:
    """Whether a count must not be shown to everybody."""
    return count is not None and 0 < count < SMALL


def hidden(counts: Sequence[int | None]) -> list[bool]:
    """Which cells of one column to hide: the small ones and, where it would be the only one, the next smallest.

    One hidden cell beside a total is no secret: the rest tells it. Zeros stay, they are about nobody.
    """
    hides = [is_small(count) for count in counts]
    if sum(hides) != 1:
        return hides
    left = [(count, at) for at, count in enumerate(counts) if count and not hides[at]]
    if left:
        hides[min(left)[1]] = True
    return hides
