"""How long callers wait before they hang up, estimated from what the queue saw."""

from dataclasses import dataclass

# With fewer the estimate is noise and the usual value stands in for it, marked as such.
ENOUGH = 30
USUAL = 180.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Mean patience in seconds and the number of hang-ups behind it; `is_usual` where those were too few."""

    seconds: float
    abandoned: int
    is_usual: bool


def patience_of(waited: float, abandoned: int) -> Patience:
    """The mean patience of callers: the seconds that all of them waited, answered or not, for each that hung up.

    That is the most likely value where patience is exponential and answered callers hide the end of theirs.
    """
    if abandoned < ENOUGH or waited <= 0.0:
        return Patience(USUAL, abandoned, is_usual=True)
    return Patience(waited / abandoned, abandoned, is_usual=False)
