"""What a room above tells the month of traffic: rostered time that nobody had planned to lose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lost:
    """Seconds: rostered, and of them sick, late or not there, and something did not work."""

    rostered_s: int = 0
    sick_s: int = 0
    away_s: int = 0
    broken_s: int = 0

    @property
    def lost_s(self) -> int:
        return self.sick_s + self.away_s + self.broken_s

    @property
    def share(self) -> float | None:
        """Unplanned shrinkage: of rostered time; None where none was measured."""
        return self.lost_s / self.rostered_s if self.rostered_s else None

    def __add__(self, other: "Lost") -> "Lost":
        return Lost(
            self.rostered_s + other.rostered_s,
            self.sick_s + other.sick_s,
            self.away_s + other.away_s,
            self.broken_s + other.broken_s,
        )


def change(now: float | None, before: float | None) -> float | None:
    """How much more than before, as a share of it; None where one of them is not known or there was nothing."""
    return (now - before) / before if now is not None and before else None
