"""Intake, routing, clocks, duplicates, closing; Open311."""
