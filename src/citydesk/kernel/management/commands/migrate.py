"""Django's `migrate`, several times as quick on a fresh database."""

from typing import Any

from django.core.management.commands import migrate

from citydesk.kernel.model_states import quick_states


class Command(migrate.Command):
    """The same words, the same effect: see `kernel/model_states.py`."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply migrations."""
        with quick_states():
            super().handle(*args, **options)
