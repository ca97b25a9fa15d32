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

# Requests a year per 1,000 of all, by code, and the month each is at its height (None: all year).
SERVICES: Mapping[str, tuple[int, int | None, float]] = {
    "missed_trash": (130, None, 0.0),
    "bulk_pickup": (120, 5, 0.4),
    "missed_recycling": (55, None, 0.0),
    "missed_yard_waste": (25, 10, 0.8),
    "brush_pickup": (60, 4, 0.6),
    "cart_request": (35, 6, 0.2),
    "cart_repair": (30, None, 0.0),
    "dead_animal": (28, 7, 0.3),
    "illegal_dumping": (38, 5, 0.3),
    "pothole": (85, 2, 0.8),
    "street_light_out": (50, 12, 0.4),
    "sign_down": (24, None, 0.0),
    "signal_fault": (18, None, 0.0),
    "road_debris": (16, None, 0.0),
    "sidewalk_damage": (14, 4, 0.3),
    "storm_drain_blocked": (30, 10, 0.5),
    "street_flooding": (10, 3, 0.6),
    "sewer_odor": (14, 8, 0.5),
    "sewer_backup": (12, 3, 0.3),
    "water_main_leak": (14, 1, 0.6),
    "no_water": (8, 1, 0.6),
    "hydrant_damage": (4, None, 0.0),
    "tree_down": (20, 6, 0.5),
    "tree_trim": (34, 5, 0.5),
    "tree_removal": (10, 4, 0.4),
    "overgrown_lot": (52, 7, 0.9),
    "abandoned_vehicle": (26, None, 0.0),
    "graffiti": (20, 6, 0.4),
    "housing_condition": (14, 1, 0.3),
    "animal_loose": (40, 6, 0.3),
    "animal_neglect": (8, None, 0.0),
    "park_maintenance": (16, 6, 0.6),
    "parking_violation": (22, None, 0.0),
    "noise": (14, 7, 0.6),
    "employee_feedback": (3, None, 0.0),
    "no_code_fits": (4, None, 0.0),
}
STORM_SERVICES: Mapping[str, int] = {
    "tree_down": 46,
    "storm_drain_blocked": 22,
    "street_flooding": 12,
    "signal_fault": 8,
    "street_light_out": 8,
    "road_debris": 14,
    "brush_pickup": 10,
}


@dataclass(frozen=True)
class Plan:
    """One request to come: when the resident spoke, and about what."""

    at: datetime
    service: str
    is_storm: bool = False


def season(service: str, day: date) -> float:
    """A service's weight on a day against its yearly mean: a cosine with its height in the given month."""
    _share, peak, swing = SERVICES[service]
    if peak is None:
        return 1.0
    angle = 2 * math.pi * (day.timetuple().tm_yday - (peak - 0.5) * 30.44) / 365.25
    return 1.0 + swing * math.cos(angle)


def _moment(day: date, zone: ZoneInfo, chance: random.Random) -> datetime:
    hour = chance.choices(range(24), HOURS)[0]
    return datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), zone)


def plan_year(*, until: datetime, count: int, zone: ZoneInfo, chance: random.Random) -> list[Plan]:
    """About `count` requests over the 365 days before `until`, and a storm three days before it, in order of time."""
    days = [until.astimezone(zone).date() - timedelta(days=back) for back in range(365, -1, -1)]
    weights = [WEEKDAYS[day.weekday()] for day in days]
    plans = [*_ordinary(days, weights, count, zone, chance), *_storm(until, zone, count, chance)]
    return sorted((plan for plan in plans if plan.at < until), key=lambda plan: plan.at)


def _ordinary(
    days: list[date], weights: list[float], count: int, zone: ZoneInfo, chance: random.Random
) -> Iterator[Plan]:
    names = list(SERVICES)
    for day in chance.choices(days, weights, k=count):
        shares = [SERVICES[name][0] * season(name, day) for name in names]
        yield Plan(_moment(day, zone, chance), chance.choices(names, shares)[0])


def _storm(until: datetime, zone: ZoneInfo, count: int, chance: random.Random) -> Iterator[Plan]:
    """A line of storms in the small hours three days ago: two days of calls, most of them the first morning."""
    begin = datetime.combine(until.astimezone(zone).date() - timedelta(days=3), time(4, 30), zone)
    for _one in range(max(12, count // 12)):
        after = timedelta(hours=chance.gammavariate(2.0, 5.0))
        service = chance.choices(list(STORM_SERVICES), list(STORM_SERVICES.values()))[0]
        yield Plan(begin + after, service, is_storm=True)
