"""A forecast tried on the past: from each day on as if the rest were still to come, against what then came."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from citydesk.kernel.errors import Invalid, marked
from citydesk.management.workforce.rules.forecast.calendar import Calendar
from citydesk.management.workforce.rules.forecast.forecaster import Forecaster
from citydesk.management.workforce.rules.forecast.history import History, Slots

# Days of history before the first origin: eight weeks of five days, of which four make the first base.
LEAST_HISTORY = 40
LEAST_ORIGINS = 6
# A challenger takes over only where it is better by more than this share of the volume.
BETTER_BY = 0.005

# From what was known and the days wanted, the slots of each.
Method = Callable[[History, Sequence[date]], list[Slots]]


@dataclass(slots=True)
class Score:
    """Sums over slots. WAPE: absolute errors over what came; bias: foretold too much (+) or little, over the same."""

    errors: float = 0.0
    signed: float = 0.0
    came: float = 0.0
    slots: int = 0
    covered: int = 0
    ranged: int = 0

    @property
    def wape(self) -> float | None:
        return self.errors / self.came if self.came else None

    @property
    def bias(self) -> float | None:
        return self.signed / self.came if self.came else None

    @property
    def coverage(self) -> float | None:
        """The share of slots inside their range; None for a method without ranges."""
        return self.covered / self.ranged if self.ranged else None

    def add(self, came: float, said: float) -> None:
        self.errors += abs(said - came)
        self.signed += said - came
        self.came += came
        self.slots += 1

    def add_range(self, came: float, low: float, high: float) -> None:
        self.ranged += 1
        self.covered += low <= came <= high


@dataclass(slots=True)
class Result:
    """Scores of one method, of all and by days ahead (the first open day is 1)."""

    whole: Score = field(default_factory=Score)
    by_horizon: dict[int, Score] = field(default_factory=dict)

    def at(self, horizon: int) -> tuple[Score, Score]:
        return self.whole, self.by_horizon.setdefault(horizon, Score())


@dataclass(frozen=True, slots=True)
class Backtest:
    """The default and its challengers over the same origins and slots."""

    origins: tuple[date, ...]
    default: Result
    challengers: dict[str, Result]


def backtest(
    history: History,
    calendar: Calendar,
    horizon: int,
    *,
    step: int = 1,
    challengers: Mapping[str, Method] | None = None,
    least_history: int = LEAST_HISTORY,
) -> Backtest:
    """Try the default and each challenger from every `step`-th day on, `horizon` open days ahead. Raises `Invalid`."""
    dates = history.dates
    if horizon < 1 or step < 1:
        raise Invalid(marked("At least one day ahead."), field="horizon")
    starts = range(least_history, len(dates) - horizon + 1, step)
    if not starts:
        words = marked("There are %(known)s days; %(needed)s are needed.")
        values = {"known": len(dates), "needed": least_history + horizon}
        raise Invalid(words, field="file", hint=marked("A longer history, or a shorter horizon."), values=values)
    forecaster, default = Forecaster(history, calendar), Result()
    others = {name: Result() for name in challengers or {}}
    for start in starts:
        days = dates[start : start + horizon]
        _score_default(forecaster, days, default)
        known = history.before(days[0])
        for name, method in (challengers or {}).items():
            for ahead, (day, said) in enumerate(zip(days, method(known, days), strict=True), 1):
                _score_values(history.days[day], said, others[name].at(ahead))
    return Backtest(tuple(dates[one] for one in starts), default, others)


def _score_default(forecaster: Forecaster, days: Sequence[date], result: Result) -> None:
    cutoff = days[0]
    for ahead, day in enumerate(days, 1):
        said, came = forecaster.values(day, cutoff), forecaster.history.days[day]
        scores = result.at(ahead)
        _score_values(came, said, scores)
        span = forecaster.ranges.at(cutoff, (day - cutoff).days)
        for one, value in zip(came, said, strict=True):
            if one is not None and value is not None:
                low, high = span.around(value)
                for score in scores:
                    score.add_range(one, low, high)


def _score_values(came: Slots, said: Slots, scores: tuple[Score, Score]) -> None:
    """A slot that was open is counted, also where a method had nothing to say: then it said zero."""
    for one, value in zip(came, said, strict=True):
        if one is not None:
            for score in scores:
                score.add(one, value or 0.0)


def last_week(known: History, days: Sequence[date]) -> list[Slots]:
    """What came on the last same weekday: the simplest forecast there is, and the one to beat."""
    return [_latest(known, day) for day in days]


def _latest(known: History, day: date) -> Slots:
    same = known.by_weekday.get(day.weekday(), known.dates)
    return known.days[same[-1]]


def best(tested: Backtest) -> str:
    """The method to use: a challenger's name where it is really better over enough origins, else "default"."""
    ours = tested.default.whole.wape
    if ours is None or len(tested.origins) < LEAST_ORIGINS:
        return "default"
    better = {
        name: wape
        for name, result in tested.challengers.items()
        if (wape := result.whole.wape) is not None and wape < ours - BETTER_BY
    }
    return min(better, key=lambda name: better[name], default="default")


def closed_between(history: History) -> list[date]:
    """Days without any count on which the desk is open in other weeks: it was closed then, and was known to be."""
    dates = history.dates
    if not dates:
        return []
    span = (dates[0] + timedelta(days=one) for one in range((dates[-1] - dates[0]).days))
    seen = set(dates)
    return [day for day in span if day.weekday() in history.by_weekday and day not in seen]
