"""Commands of workforce; each is one transaction."""

from citydesk.management.workforce.services.backtesting import backtest_queue
from citydesk.management.workforce.services.contracts import (
    NewAvailability,
    NewContract,
    drop_availability,
    end_contract,
    project_templates,
    say_availability,
    set_contract,
)
from citydesk.management.workforce.services.correcting import correct_today
from citydesk.management.workforce.services.editing import (
    HandShift,
    RulesBroken,
    pin_shift,
    remove_shift,
    set_shift,
    step_shift,
    unpin_shift,
)
from citydesk.management.workforce.services.forecasting import forecast_queue, thin_points
from citydesk.management.workforce.services.gatherings import NewGathering, drop_gathering, plan_gathering
from citydesk.management.workforce.services.overrides import end_override, override_forecast
from citydesk.management.workforce.services.projection import project_groups
from citydesk.management.workforce.services.publishing import publish_schedule
from citydesk.management.workforce.services.requiring import compute_requirement
from citydesk.management.workforce.services.schedules import plan_week
from citydesk.management.workforce.services.solving import NoRoster, ask_solve, run_solve, stop_solve

__all__ = [
    "HandShift",
    "NewAvailability",
    "NewContract",
    "NewGathering",
    "NoRoster",
    "RulesBroken",
    "ask_solve",
    "backtest_queue",
    "compute_requirement",
    "correct_today",
    "drop_availability",
    "drop_gathering",
    "end_contract",
    "end_override",
    "forecast_queue",
    "override_forecast",
    "pin_shift",
    "plan_gathering",
    "plan_week",
    "project_groups",
    "project_templates",
    "publish_schedule",
    "remove_shift",
    "run_solve",
    "say_availability",
    "set_contract",
    "set_shift",
    "step_shift",
    "stop_solve",
    "thin_points",
    "unpin_shift",
]
