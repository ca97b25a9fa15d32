"""Who, where, and by which rules."""
