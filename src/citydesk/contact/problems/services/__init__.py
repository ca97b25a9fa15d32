"""Commands of problems. Each is one use case and one transaction; the nightly look is one for each of its steps."""

from citydesk.contact.problems.services.actions import (
    accept_action,
    ask_department,
    decline_action,
    finish_action,
    withdraw_action,
)
from citydesk.contact.problems.services.detecting import Look, detect
from citydesk.contact.problems.services.moving import (
    move_all_research,
    move_problems,
    take_problems_back,
    take_research_back,
)
from citydesk.contact.problems.services.people import recount_people
from citydesk.contact.problems.services.problems import (
    add_detection,
    add_requests,
    close,
    dismiss,
    open_problem,
    remove_request,
    reopen,
    set_remedied,
    write,
)
from citydesk.contact.problems.services.reminding import chase_late, remind_research, tell_asked, tell_research
from citydesk.contact.problems.services.research import (
    answer_research,
    ask_research,
    move_research,
    publish_summary,
    withdraw_research,
)

__all__ = [
    "Look",
    "accept_action",
    "add_detection",
    "add_requests",
    "answer_research",
    "ask_department",
    "ask_research",
    "chase_late",
    "close",
    "decline_action",
    "detect",
    "dismiss",
    "finish_action",
    "move_all_research",
    "move_problems",
    "move_research",
    "open_problem",
    "publish_summary",
    "recount_people",
    "remind_research",
    "remove_request",
    "reopen",
    "set_remedied",
    "take_problems_back",
    "take_research_back",
    "tell_asked",
    "tell_research",
    "withdraw_action",
    "withdraw_research",
    "write",
]
