"""Holt and Winters as a challenger: days by exponential smoothing with a season of a week, spread over slots."""

import warnings
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean

from citydesk.management.workforce.rules.forecast.history import History, Slots, slots_of

# Weeks of days that are smoothed, and same weekdays whose mean shape a day is spread by.
WEEKS, SHAPE_DAYS = 16, 4
# Below two seasons there is nothing to tell the level from the season.
LEAST_SEASONS = 3


def holt_winters(known: History, days: Sequence[date]) -> list[Slots]:
    """The slots of each day from what is known, as a method of `backtest`. Too short a history says nothing (None)."""
    weekdays = sorted(known.by_weekday)
    calendar = _open_days(known.dates[0], max(days), weekdays)
    past = [day for day in calendar if day <= known.dates[-1]][-WEEKS * len(weekdays) :]
    ahead = [day for day in calendar if day > known.dates[-1]]
    if len(past) < LEAST_SEASONS * len(weekdays) or len(weekdays) < 2:
        return [(None,) * slots_of(known.slot_minutes)] * len(days)
    totals = dict(zip(ahead, _smoothed(_filled(known, past), len(weekdays), len(ahead)), strict=True))
    return [_spread(known, day, totals.get(day, 0.0)) for day in days]


def _open_days(first: date, last: date, weekdays: Sequence[int]) -> list[date]:
    span = (first + timedelta(days=one) for one in range((last - first).days + 1))
    return [day for day in span if day.weekday() in weekdays]


def _filled(known: History, past: Sequence[date]) -> list[float]:
    """The totals of the days; a closed day has the last same weekday's, so that the season stays in step."""
    latest: dict[int, float] = {}
    found = []
    for day in past:
        total = known.totals.get(day) or latest.get(day.weekday()) or fmean(known.totals.values())
        latest[day.weekday()] = total
        found.append(max(total, 1.0))
    return found


def _smoothed(totals: Sequence[float], season: int, ahead: int) -> list[float]:
    """The totals of the next days: damped level, season in proportion."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        # The optimizer says where it stopped; the backtest says whether that is any good.
        warnings.simplefilter("ignore")
        fitted = ExponentialSmoothing(
            totals,
            trend="add",
            damped_trend=True,
            seasonal="mul",
            seasonal_periods=season,
            initialization_method="heuristic",
        ).fit()
        return [max(0.0, float(one)) for one in fitted.forecast(ahead)]


def _spread(known: History, day: date, total: float) -> Slots:
    """A day's total by the mean share of each slot on the last same weekdays."""
    same = known.by_weekday.get(day.weekday(), known.dates)[-SHAPE_DAYS:]
    columns = zip(*(known.days[one] for one in same), strict=True)
    means = [fmean(seen) if (seen := [one for one in column if one is not None]) else None for column in columns]
    whole = sum(one for one in means if one is not None)
    return tuple(None if one is None or not whole else total * one / whole for one in means)
