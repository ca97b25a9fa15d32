"""The words of the room's codes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.contact.problems.choices import (
    ActionState,
    By,
    DetectionState,
    ProblemState,
    ResearchState,
    Result,
    Verdict,
)

BY: Mapping[str, Any] = {
    By.ADDRESS: _("same address"),
    By.ASSET: _("same asset"),
    By.CUSTOMER: _("same person"),
    By.CODE: _("same code, near by"),
    By.HAND: _("put together by hand"),
}
DETECTIONS: Mapping[str, Any] = {
    DetectionState.NEW: _("To look at"),
    DetectionState.DISMISSED: _("Dismissed"),
    DetectionState.LINKED: _("In a problem"),
    DetectionState.GONE: _("No longer holds"),
}
STATES: Mapping[str, Any] = {
    ProblemState.ANALYSIS: _("Looked into"),
    ProblemState.ACTION: _("Action requested"),
    ProblemState.WATCHING: _("Effect measured"),
    ProblemState.CLOSED: _("Closed"),
}
# The house's badges by state.
BADGES: Mapping[str, str] = {
    ProblemState.ANALYSIS: "open",
    ProblemState.ACTION: "in_progress",
    ProblemState.WATCHING: "waiting",
    ProblemState.CLOSED: "closed_done",
    DetectionState.NEW: "open",
    DetectionState.DISMISSED: "closed_no_action",
    DetectionState.LINKED: "in_progress",
    DetectionState.GONE: "closed_no_action",
    ActionState.ASKED: "open",
    ActionState.ACCEPTED: "in_progress",
    ActionState.DECLINED: "refused",
    ActionState.DONE: "closed_done",
    ActionState.WITHDRAWN: "closed_no_action",
    ResearchState.OPEN: "open",
    ResearchState.ANSWERED: "closed_done",
}
RESULTS: Mapping[str, Any] = {
    Result.SOLVED: _("solved"),
    Result.IMPROVED: _("improved"),
    Result.UNCHANGED: _("no effect"),
    Result.ACCEPTED: _("lived with, decided so"),
    Result.NO_PROBLEM: _("no problem after all"),
}
ACTIONS: Mapping[str, Any] = {
    ActionState.ASKED: _("Asked"),
    ActionState.ACCEPTED: _("Accepted"),
    ActionState.DECLINED: _("Declined"),
    ActionState.DONE: _("Done"),
    ActionState.WITHDRAWN: _("Withdrawn"),
}
RESEARCH: Mapping[str, Any] = {
    ResearchState.OPEN: _("Open"),
    ResearchState.ANSWERED: _("Answered"),
    ResearchState.WITHDRAWN: _("Withdrawn"),
}
VERDICTS: Mapping[str, Any] = {
    Verdict.TOO_EARLY: _("Too early to say: count at least four whole weeks after the remedy."),
    Verdict.TOO_FEW: _("Too few to say: with numbers this small, chance alone does as much."),
    Verdict.FEWER: _("Fewer than before, and hardly by chance."),
    Verdict.MORE: _("More than before, and hardly by chance."),
    Verdict.UNCLEAR: _("No clear change: a difference like this comes by chance often enough."),
}


def in_language(names: Mapping[str, str], language: str) -> str:
    """A profile text in a language, else in the first it has."""
    return names.get(language) or next(iter(names.values()), "")
