"""Small cells: a count of a few may name a person to somebody who knows the street. Pure."""

from collections.abc import Sequence


def is_small(count: int | None, under: int) -> bool:
    """Whether a count is too small to be shown to everybody: from 1 to less than the profile's number."""
    return count is not None and 0 < count < under


def hidden(counts: Sequence[int | None], under: int, at_risk: Sequence[bool] | None = None) -> list[bool]:
    """Which cells of one column to hide: the small ones and, where it would be the only one, the next smallest.

    `at_risk` names the cells that hold what the reader may not know of; without it every small cell is hidden. One
    hidden cell beside a total is no secret: the rest tells it. Zeros stay, they are about nobody.
    """
    risks = at_risk if at_risk is not None else [True] * len(counts)
    hides = [is_small(count, under) and risk for count, risk in zip(counts, risks, strict=True)]
    if sum(hides) != 1:
        return hides
    left = [(count, at) for at, count in enumerate(counts) if count and not hides[at]]
    if left:
        hides[min(left)[1]] = True
    return hides
