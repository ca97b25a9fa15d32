"""Tables of workforce: groups, forecasts with what they rest on, overrides, backtests, staff required; contracts,
availability, schedules with their shifts, the solver's runs; what becomes of a published schedule."""

from citydesk.management.workforce.models.availability import Availability, AvailabilityStatement
from citydesk.management.workforce.models.backtests import BacktestRun, BacktestScore
from citydesk.management.workforce.models.forecasts import ForecastOverride, ForecastPoint, ForecastRun
from citydesk.management.workforce.models.groups import GroupQueue, StaffingGroup
from citydesk.management.workforce.models.life import (
    CalendarFeed,
    OpenShift,
    ScheduleAmendment,
    ShiftBid,
    ShiftNotice,
    SickCall,
    SwapRequest,
)
from citydesk.management.workforce.models.people import Contract, Gathering
from citydesk.management.workforce.models.requirements import Requirement
from citydesk.management.workforce.models.schedules import (
    Activity,
    Pin,
    Schedule,
    Shift,
    ShiftTemplate,
    SolveRun,
)
from citydesk.management.workforce.models.shrinkage import ShrinkageMeasure, ShrinkageSetting
from citydesk.management.workforce.models.skills import SkillSetting

__all__ = [
    "Activity",
    "Availability",
    "AvailabilityStatement",
    "BacktestRun",
    "BacktestScore",
    "CalendarFeed",
    "Contract",
    "ForecastOverride",
    "ForecastPoint",
    "ForecastRun",
    "Gathering",
    "GroupQueue",
    "OpenShift",
    "Pin",
    "Requirement",
    "Schedule",
    "ScheduleAmendment",
    "Shift",
    "ShiftBid",
    "ShiftNotice",
    "ShiftTemplate",
    "ShrinkageMeasure",
    "ShrinkageSetting",
    "SickCall",
    "SkillSetting",
    "SolveRun",
    "StaffingGroup",
    "SwapRequest",
]
