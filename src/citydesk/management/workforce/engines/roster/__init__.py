"""Finds rosters. Imported by tasks and commands only; every answer is checked by the verifier before it is shown."""
