"""Timekeeping decided without a database: whole seconds for time, Decimal for dollars and points."""
