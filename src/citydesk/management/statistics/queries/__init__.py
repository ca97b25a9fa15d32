"""Reads for the report, the command and the opening pages."""
