"""Commands of workforce; each is one transaction."""

from citydesk.management.workforce.services.projection import project_groups

__all__ = ["project_groups"]
