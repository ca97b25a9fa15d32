"""Reads for the room's screens, the API and rooms above."""
