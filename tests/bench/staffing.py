"""Staff for 10,000 different intervals, and four weeks of forecasts for ten queues: no database, one core."""

import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from citydesk.contact.traffic.choices import Formula
from citydesk.management.workforce.rules.forecast.calendar import calendar_of
from citydesk.management.workforce.rules.forecast.forecaster import forecast
from citydesk.management.workforce.rules.forecast.history import History
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.requirement import Goal, required_for
from tests.bench.figures import Figure, at_most

SEED = 20260302
QUEUES, WEEKS, PAST_DAYS = 10, 4, 365
HALF_HOUR = 1800.0
WORKING = range(5)


def measure_staffing(intervals: int) -> list[Figure]:
    """Each figure is the CPU time of one whole run; nothing is known from a run before."""
    loads = _loads(intervals)
    goal = Goal(0.8, 20.0)
    net = Goal(0.8, 20.0, Formula.NET_OF_SHORT)
    calm = [Load(one.rate, one.handle) for one in loads]
    cost = _cpu_ms(lambda: required_for(loads, goal, 0.3))
    share = intervals / 10_000
    found = [
        at_most("staffing_intervals_cpu", cost, "CPU-ms", 2000 * share, intervals, said="Erlang A, 80 % in 20 s"),
        at_most("staffing_net_cpu", _cpu_ms(lambda: required_for(loads, net)), "CPU-ms", 2000 * share, intervals),
        at_most("staffing_c_cpu", _cpu_ms(lambda: required_for(calm, goal)), "CPU-ms", 2000 * share, intervals),
    ]
    histories = [_history(one) for one in range(QUEUES)]
    said = f"{WEEKS} weeks of half-hours for {QUEUES} queues from a year"
    return [*found, at_most("forecast_cpu", _cpu_ms(lambda: _foretell(histories)), "CPU-ms", 5000, QUEUES, said=said)]


def _loads(count: int) -> list[Load]:
    """No two alike: from a quiet night to 200 people, patience from one to six minutes."""
    drawn = random.Random(SEED)
    return [
        load_of(drawn.uniform(0, 200) ** 1.1, HALF_HOUR, drawn.uniform(120, 420), drawn.uniform(60, 360))
        for _one in range(count)
    ]


def _history(queue: int) -> History:
    drawn = random.Random(SEED + queue)
    days = (date(2025, 1, 6) + timedelta(days=one) for one in range(PAST_DAYS))
    return History(30, {day: _day(day, drawn) for day in days if day.weekday() in WORKING})


def _day(day: date, drawn: random.Random) -> tuple[float | None, ...]:
    level = (1.3, 1.0, 0.95, 1.0, 1.05)[day.weekday()] * drawn.gauss(1.0, 0.06)
    return tuple(
        round(60 * level * (1 - ((slot - 26) / 14) ** 2) * drawn.gauss(1.0, 0.1)) if 14 <= slot < 38 else None
        for slot in range(48)
    )


def _foretell(histories: list[History]) -> int:
    """The number of points, each with its range and basis."""
    made = 0
    for history in histories:
        cutoff = history.dates[-1] + timedelta(days=3)
        ahead = [cutoff + timedelta(days=one) for one in range(7 * WEEKS)]
        calendar = calendar_of(WORKING, history.dates[0], ahead[-1])
        made += len(forecast(history, calendar, cutoff, [day for day in ahead if day.weekday() in WORKING]))
    return made


def _cpu_ms(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000
