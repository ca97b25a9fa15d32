"""What comes in and what becomes of it: the load of a stretch of time, the figures of a number of people under it."""

import math
from dataclasses import dataclass

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.errors import Invalid, marked

# Above this no formula of the room is meant: a city's whole telephone desk is below 300.
MOST_ERLANGS = 20_000.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Load:
    """Contacts a second, mean handle time in seconds, mean patience in seconds (None: nobody hangs up)."""

    rate: float
    handle: float
    patience: float | None = None

    @property
    def erlangs(self) -> float:
        """The work that comes in, in people who would be busy all the time."""
        return self.rate * self.handle


@dataclass(frozen=True, slots=True)
class Figures:
    """What `agents` people make of a load in the long run. Shares are of all offered, times are seconds.

    `wait` is the mean wait of all. `answered_within` and `left_within` are shares answered and hung up within the
    threshold, `left_short` hung up within the short time.
    An unstable queue grows without end: nothing is answered within any time, `wait` is None.
    """

    agents: int
    erlangs: float
    waits: float
    abandoned: float
    wait: float | None
    queue: float | None
    occupancy: float
    answered_within: float
    left_within: float
    left_short: float
    is_stable: bool = True

    def service_level(self, formula: Formula) -> float:
        """The share by one of the five formulas; 0 where the formula has nothing to divide by."""
        return service_level(formula, self.answered_within, self.left_within, self.left_short, 1.0 - self.abandoned)


def service_level(formula: Formula, within: float, left_within: float, left_short: float, answered: float) -> float:
    """One of the five formulas; all given as shares of what was offered."""
    if formula is Formula.STRICT:
        return within
    if formula is Formula.ANY_REMOVAL:
        return min(1.0, within + left_within)
    aside = left_short if formula is Formula.NET_OF_SHORT else left_within
    whole = answered if formula is Formula.OF_ANSWERED else 1.0 - aside
    return min(1.0, within / whole) if whole > 0.0 else 0.0


def load_of(volume: float, interval: float, handle: float, patience: float | None = None) -> Load:
    """The load of `volume` contacts in an interval (seconds), `handle` seconds each. Raises `Invalid` by field."""
    _positive(interval, "interval", marked("The interval must be longer than nothing."))
    _positive(handle, "aht", marked("The handle time must be longer than nothing."))
    if not (math.isfinite(volume) and volume >= 0):
        raise Invalid(marked("The volume must be zero or more."), field="volume")
    if patience is not None:
        _positive(patience, "patience", marked("Patience must be longer than nothing."))
        if patience > DAY:
            raise Invalid(
                marked("Patience is at most a day."), field="patience", hint=marked("Leave it out if nobody hangs up.")
            )
    load = Load(volume / interval, handle, patience)
    if load.erlangs > MOST_ERLANGS:
        words = marked("This is more than %(people)s people's work at a time.")
        raise Invalid(words, field="volume", values={"people": f"{MOST_ERLANGS:,.0f}"})
    return load


def _positive(value: float, field: str, words: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise Invalid(words, field=field)
