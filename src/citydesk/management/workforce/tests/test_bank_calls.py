"""The forecast on a real call center: a bank's half-hours of 2003, one to ten working days ahead."""

from pathlib import Path

import pytest

from citydesk.management.workforce.rules.forecast.backtest import backtest, best, closed_between, last_week
from citydesk.management.workforce.rules.forecast.calendar import calendar_of
from citydesk.management.workforce.rules.forecast.forecaster import Forecaster
from citydesk.management.workforce.rules.forecast.intraday import corrected
from citydesk.management.workforce.rules.forecast.reading import history_of

SHARED = Path(__file__).resolve().parents[6] / "shared"


@pytest.fixture(scope="module")
def known():
    if not SHARED.exists():
        pytest.skip("no ../shared on this clone")
    with (SHARED / "data/calls/bank_calls_5min_2003.csv").open() as file:
        return history_of(file, 30)


@pytest.fixture(scope="module")
def calendar(known):
    return calendar_of(list(known.by_weekday), known.dates[0], known.dates[-1], closed_between(known))


def test_default_beats_last_week_by_a_quarter_and_ranges_hold(known, calendar):
    tested = backtest(known, calendar, 10, step=2, challengers={"last_week": last_week})
    ours, theirs = tested.default.whole, tested.challengers["last_week"].whole
    print(f"{len(tested.origins)} origins, WAPE {ours.wape:.4f} against {theirs.wape:.4f}, covered {ours.coverage:.3f}")
    assert ours.wape <= 0.75 * theirs.wape
    assert 0.77 <= ours.coverage <= 0.85
    assert abs(ours.bias) < 0.03
    assert list(tested.default.by_horizon) == list(range(1, 11))
    assert best(tested) == "default"


def test_correction_within_the_day_pays(known, calendar):
    forecaster = Forecaster(known, calendar)
    errors = {0.0: 0.0, 0.5: 0.0, 1.0: 0.0}
    for day in known.dates[40:]:
        pairs = [
            (came, said)
            for came, said in zip(known.days[day], forecaster.values(day, day), strict=True)
            if came is not None
        ]
        came, said = [one for one, _other in pairs], [other for _one, other in pairs]
        for gain in errors:
            rest = corrected(said, came[:8], gain)[8:]
            errors[gain] += sum(abs(one - other) for one, other in zip(came[8:], rest, strict=True))
    assert errors[0.5] < 0.95 * errors[0.0]
    assert errors[0.5] < errors[1.0]
