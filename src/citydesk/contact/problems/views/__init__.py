"""Pages: parse, one query or one service, render."""

from citydesk.contact.problems.views.found import decide, found
from citydesk.contact.problems.views.lists import found_list, problem_list, research_list
from citydesk.contact.problems.views.paper import printed
from citydesk.contact.problems.views.problem import act, detail, new, of_request
from citydesk.contact.problems.views.research import act_on_research, ask, research_task

__all__ = [
    "act",
    "act_on_research",
    "ask",
    "decide",
    "detail",
    "found",
    "found_list",
    "new",
    "of_request",
    "printed",
    "problem_list",
    "research_list",
    "research_task",
]
