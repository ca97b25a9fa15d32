"""Small cells of reports: the house's rule, which rooms with figures of their own keep too."""

from citydesk.kernel.small_cells import hidden, is_small

__all__ = ["hidden", "is_small"]
