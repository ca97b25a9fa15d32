"""What a database and a folder need before Citydesk can run: migrations, served files, the city's profile."""

import hashlib
from pathlib import Path
from typing import Any


def prepare(console: Any) -> None:
    """Migrate and collect the served files; quick when both are current."""
    from config.cli.main import set_up_django

    with console.progress("Starting the database"):
        set_up_django()
    migrate(console)
    collect(console)


def migrate(console: Any) -> int:
    """Apply migrations that are not applied; returns how many there were."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with console.progress(f"Building the tables ({len(plan)} migrations)"):
            call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


def collect(console: Any) -> None:
    """Gather and compress the served files, if one changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    mark = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            full = Path(storage.path(path))
            mark.update(f"{path}|{full.stat().st_mtime_ns}|{full.stat().st_size}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".made-from"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return
    with console.progress("Gathering the served files"):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(mark.hexdigest())
