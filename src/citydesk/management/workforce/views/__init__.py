"""Pages: parse, one query or one service, render."""

from citydesk.management.workforce.views.adherence import adherence, adherence_day, adherence_note, my_adherence
from citydesk.management.workforce.views.availability import my_hours, my_hours_act
from citydesk.management.workforce.views.backtest import backtest
from citydesk.management.workforce.views.changes import (
    call,
    call_act,
    call_solver,
    changes,
    changes_act,
    swap,
    swap_act,
)
from citydesk.management.workforce.views.contracts import contract, contract_act, contracts
from citydesk.management.workforce.views.coverage_cost import cost, cost_chart, cost_file, cost_week, cost_week_file
from citydesk.management.workforce.views.forecast import (
    forecast,
    forecast_act,
    forecast_chart,
    forecast_file,
    forecast_point,
    start,
)
from citydesk.management.workforce.views.mine import feed, feed_made, mine, mine_act, offer, offer_act, paper
from citydesk.management.workforce.views.required import required, required_chart, required_file, shrinkage_act
from citydesk.management.workforce.views.schedules import (
    schedule,
    schedule_act,
    schedule_pdf,
    schedules,
    schedules_act,
    solving,
)
from citydesk.management.workforce.views.skills import skills, skills_act
from citydesk.management.workforce.views.what_if import what_if, what_if_chart

__all__ = [
    "adherence",
    "adherence_day",
    "adherence_note",
    "backtest",
    "call",
    "call_act",
    "call_solver",
    "changes",
    "changes_act",
    "contract",
    "contract_act",
    "contracts",
    "cost",
    "cost_chart",
    "cost_file",
    "cost_week",
    "cost_week_file",
    "feed",
    "feed_made",
    "forecast",
    "forecast_act",
    "forecast_chart",
    "forecast_file",
    "forecast_point",
    "mine",
    "mine_act",
    "my_adherence",
    "my_hours",
    "my_hours_act",
    "offer",
    "offer_act",
    "paper",
    "required",
    "required_chart",
    "required_file",
    "schedule",
    "schedule_act",
    "schedule_pdf",
    "schedules",
    "schedules_act",
    "shrinkage_act",
    "skills",
    "skills_act",
    "solving",
    "start",
    "swap",
    "swap_act",
    "what_if",
    "what_if_chart",
]
