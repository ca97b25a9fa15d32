"""Reads of problems. Each authorises by `access` or says that its caller has."""

from citydesk.contact.problems.queries.detections import count_new, get_detection, list_detections, list_new
from citydesk.contact.problems.queries.problems import (
    ProblemPage,
    departments,
    find_problems,
    get_problem,
    id_of,
    list_owed,
    list_problems,
    of_request,
    open_choices,
    people,
)
from citydesk.contact.problems.queries.research import get_research, list_mine, list_research

__all__ = [
    "ProblemPage",
    "count_new",
    "departments",
    "find_problems",
    "get_detection",
    "get_problem",
    "get_research",
    "id_of",
    "list_detections",
    "list_mine",
    "list_new",
    "list_owed",
    "list_problems",
    "list_research",
    "of_request",
    "open_choices",
    "people",
]
