"""What needs a solver or a library of statistics. Only tasks and commands import from here, never a page."""
