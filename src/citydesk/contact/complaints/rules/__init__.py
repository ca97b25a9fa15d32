"""Decisions of this room, pure: moves, authority, dates, what the public hears."""
