"""Measures, reports, drill-down."""
