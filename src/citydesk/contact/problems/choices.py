"""Codes stored in columns, and the room's permissions."""

from datetime import timedelta
from enum import StrEnum

SERIES = "PB"
OBJECT_TYPE = "problems.problem"
DETECTION_TYPE = "problems.detection"
RESEARCH_TYPE = "problems.research"
REQUEST_TYPE = "service_requests.request"

VIEW = "problems.view"
VIEW_ALL = "problems.view_all"
WORK = "problems.work"
ANSWER = "problems.answer"
RESEARCH = "problems.research"


class By(StrEnum):
    """What the requests of a recurrence have in common. `hand` is a problem that a person put together."""

    ADDRESS = "address"
    ASSET = "asset"
    CUSTOMER = "customer"
    CODE = "code"
    HAND = "hand"


class DetectionState(StrEnum):
    """`gone`: it holds no longer (requests were corrected, or the window passed)."""

    NEW = "new"
    DISMISSED = "dismissed"
    LINKED = "linked"
    GONE = "gone"


class ProblemState(StrEnum):
    """Where a problem stands: looked into, waiting for a department, remedy in place and counted, closed."""

    ANALYSIS = "analysis"
    ACTION = "action"
    WATCHING = "watching"
    CLOSED = "closed"


class Result(StrEnum):
    """How a problem ended."""

    SOLVED = "solved"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    ACCEPTED = "accepted"
    NO_PROBLEM = "no_problem"


class ActionState(StrEnum):
    """An action requested of a department."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    WITHDRAWN = "withdrawn"


OPEN_ACTIONS = (ActionState.ASKED, ActionState.ACCEPTED)


class ResearchState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What the counts before and after a remedy allow to be said."""

    TOO_EARLY = "too_early"
    TOO_FEW = "too_few"
    FEWER = "fewer"
    MORE = "more"
    UNCLEAR = "unclear"


class Chased(StrEnum):
    """What a reminder is about."""

    ACTION = "action"
    RESEARCH = "research"


# Requests changed this short a time ago may belong to transactions that are still open: the next look takes them.
SETTLED_AFTER = timedelta(minutes=5)
# A late action or research task is chased again after so long.
CHASE_EVERY = timedelta(days=7)
# Research is reminded of once before it is due.
REMIND_BEFORE = timedelta(days=1)
EFFECT_WEEKS = 12
EFFECT_WEEKS_LEAST = 4
# Two-sided: of twenty comparisons of chance alone, one looks like an effect.
EFFECT_CHANCE = 0.05
EFFECT_EVENTS_LEAST = 6
