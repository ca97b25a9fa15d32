"""Commands of workforce; each is one transaction."""

from citydesk.management.workforce.services.adherence import record_exceptions
from citydesk.management.workforce.services.availability import (
    accept_statement,
    decline_statement,
    say_days,
    say_week,
    withdraw_statement,
)
from citydesk.management.workforce.services.backtesting import backtest_queue
from citydesk.management.workforce.services.bids import close_shift, give_shift, open_shift, place_bid, withdraw_bid
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
from citydesk.management.workforce.services.feeds import close_feed, digest_of, open_feed
from citydesk.management.workforce.services.forecasting import forecast_queue, thin_points
from citydesk.management.workforce.services.gatherings import KINDS, NewGathering, drop_gathering, plan_gathering
from citydesk.management.workforce.services.notices import read_notices
from citydesk.management.workforce.services.overrides import end_override, override_forecast
from citydesk.management.workforce.services.projection import project_groups
from citydesk.management.workforce.services.publishing import publish_schedule
from citydesk.management.workforce.services.replanning import (
    ask_plan,
    call_in_sick,
    keep_progress,
    keep_proposal,
    leave_hole,
    stop_plan,
    take_option,
    take_plan,
)
from citydesk.management.workforce.services.requiring import compute_requirement
from citydesk.management.workforce.services.schedules import plan_week
from citydesk.management.workforce.services.shrinkage import (
    drop_shrinkage,
    measure_months,
    measure_shrinkage,
    take_over_shrinkage,
)
from citydesk.management.workforce.services.skills import drop_skills, set_skills
from citydesk.management.workforce.services.solving import ENDINGS, NoRoster, ask_solve, run_solve, stop_solve
from citydesk.management.workforce.services.swaps import (
    answer_swap,
    approve_swap,
    deny_swap,
    lapse_swaps,
    offer_swap,
    withdraw_swap,
)

__all__ = [
    "ENDINGS",
    "KINDS",
    "HandShift",
    "NewAvailability",
    "NewContract",
    "NewGathering",
    "NoRoster",
    "RulesBroken",
    "accept_statement",
    "answer_swap",
    "approve_swap",
    "ask_plan",
    "ask_solve",
    "backtest_queue",
    "call_in_sick",
    "close_feed",
    "close_shift",
    "compute_requirement",
    "correct_today",
    "decline_statement",
    "deny_swap",
    "digest_of",
    "drop_availability",
    "drop_gathering",
    "drop_shrinkage",
    "drop_skills",
    "end_contract",
    "end_override",
    "forecast_queue",
    "give_shift",
    "keep_progress",
    "keep_proposal",
    "lapse_swaps",
    "leave_hole",
    "measure_months",
    "measure_shrinkage",
    "offer_swap",
    "open_feed",
    "open_shift",
    "override_forecast",
    "pin_shift",
    "place_bid",
    "plan_gathering",
    "plan_week",
    "project_groups",
    "project_templates",
    "publish_schedule",
    "read_notices",
    "record_exceptions",
    "remove_shift",
    "run_solve",
    "say_availability",
    "say_days",
    "say_week",
    "set_contract",
    "set_shift",
    "set_skills",
    "step_shift",
    "stop_plan",
    "stop_solve",
    "take_option",
    "take_over_shrinkage",
    "take_plan",
    "thin_points",
    "unpin_shift",
    "withdraw_bid",
    "withdraw_statement",
    "withdraw_swap",
]
