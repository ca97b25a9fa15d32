"""Tables of workforce: groups, forecasts with what they rest on, overrides, backtests, staff required."""

from citydesk.management.workforce.models.backtests import BacktestRun, BacktestScore
from citydesk.management.workforce.models.forecasts import ForecastOverride, ForecastPoint, ForecastRun
from citydesk.management.workforce.models.groups import GroupQueue, StaffingGroup
from citydesk.management.workforce.models.requirements import Requirement

__all__ = [
    "BacktestRun",
    "BacktestScore",
    "ForecastOverride",
    "ForecastPoint",
    "ForecastRun",
    "GroupQueue",
    "Requirement",
    "StaffingGroup",
]
