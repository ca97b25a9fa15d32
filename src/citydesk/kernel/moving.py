"""Work that goes to a colleague while somebody is away: what a room hands back so that it can be taken back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MovedThings:
    """What went over, as `(id, version after the move)` in plain lists, and a sentence for each that stays."""

    rows: list[list[int]]
    stays: tuple[str, ...] = ()
