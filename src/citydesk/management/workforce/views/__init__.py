"""Pages: parse, one query or one service, render."""

from citydesk.management.workforce.views.what_if import what_if

__all__ = ["what_if"]
