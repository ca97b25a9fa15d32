"""When a city calls: seasons per kind of trouble, busy Mondays, quiet nights, one storm. Pure."""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Share of a day's contacts by hour, 0 to 23: the shape of a city hall's telephone, with the web at night.
HOURS = (2, 1, 1, 1, 1, 3, 10, 38, 74, 92, 96, 88, 70, 76, 84, 80, 70, 52, 26, 16, 12, 10, 7, 4)
# Monday to Sunday against an average weekday.
WEEKDAYS = (1.28, 1.08, 1.0, 0.94, 1.02, 0.24, 0.16)


@dataclass(frozen=True)
class Rhythm:
    """What a city reports. `services`: share of the year's requests, month of its height (None: all year), swing;
    `storm`: shares of what a storm brings."""

    services: Mapping[str, tuple[int, int | None, float]]
    storm: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """One request to come: when the resident spoke, and about what."""

    at: datetime
    service: str
    is_storm: bool = False


def season(peak: int | None, swing: float, day: date) -> float:
    """A service's weight on a day against its yearly mean: a cosine with its height in the given month."""
    if peak is None:
        return 1.0
    angle = 2 * math.pi * (day.timetuple().tm_yday - (peak - 0.5) * 30.44) / 365.25
    return 1.0 + swing * math.cos(angle)


def _moment(day: date, zone: ZoneInfo, chance: random.Random) -> datetime:
    hour = chance.choices(range(24), HOURS)[0]
    return datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), zone)


def plan_year(*, rhythm: Rhythm, until: datetime, count: int, zone: ZoneInfo, chance: random.Random) -> list[Plan]:
    """About `count` requests over the 365 days before `until`, and a storm three days before it, in order of time."""
    days = [until.astimezone(zone).date() - timedelta(days=back) for back in range(365, -1, -1)]
    weights = [WEEKDAYS[day.weekday()] for day in days]
    plans = [*_ordinary(rhythm, days, weights, count, zone, chance), *_storm(rhythm, until, zone, count, chance)]
    return sorted((plan for plan in plans if plan.at < until), key=lambda plan: plan.at)


def _ordinary(
    rhythm: Rhythm, days: list[date], weights: list[float], count: int, zone: ZoneInfo, chance: random.Random
) -> Iterator[Plan]:
    names = list(rhythm.services)
    for day in chance.choices(days, weights, k=count):
        shares = [share * season(peak, swing, day) for share, peak, swing in rhythm.services.values()]
        yield Plan(_moment(day, zone, chance), chance.choices(names, shares)[0])


def _storm(rhythm: Rhythm, until: datetime, zone: ZoneInfo, count: int, chance: random.Random) -> Iterator[Plan]:
    """A line of storms in the small hours three days ago: two days of calls, most of them the first morning."""
    begin = datetime.combine(until.astimezone(zone).date() - timedelta(days=3), time(4, 30), zone)
    for _one in range(max(12, count // 12) if rhythm.storm else 0):
        after = timedelta(hours=chance.gammavariate(2.0, 5.0))
        service = chance.choices(list(rhythm.storm), list(rhythm.storm.values()))[0]
        yield Plan(begin + after, service, is_storm=True)
