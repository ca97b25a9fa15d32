"""The room's tables."""

from citydesk.contact.problems.models.detections import AssetMark, Detection, DetectionReport, Watch
from citydesk.contact.problems.models.problems import Action, Problem, ProblemRequest
from citydesk.contact.problems.models.research import Research

__all__ = ["Action", "AssetMark", "Detection", "DetectionReport", "Problem", "ProblemRequest", "Research", "Watch"]
