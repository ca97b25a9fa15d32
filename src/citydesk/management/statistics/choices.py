"""Codes of this room."""

VIEW = "statistics.view"
EXPORT = "statistics.export"
