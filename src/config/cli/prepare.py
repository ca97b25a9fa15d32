"""What a database and a folder need before Citydesk can run: migrations, served files, the city's profile."""

import hashlib
import time
from pathlib import Path
from typing import Any

LOCK_TIMEOUT = "2s"
TRIES = 10


def prepare(console: Any) -> None:
    """Migrate and collect the served files; quick when both are current."""
    from config.cli.main import set_up_django

    with console.progress("Starting the database"):
        set_up_django()
    migrate(console)
    collect(console)


def waiting(phase: str = "all") -> list[Any]:
    """The migrations of a phase that are not applied, in order.

    Expand is everything that old code can live with; contract is what takes away, with what comes after it in its room.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = [one for one, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    return expanding(plan) if phase == "expand" else plan


def expanding(plan: list[Any]) -> list[Any]:
    """The migrations of a plan that neither take away nor build on one that does."""
    late: set[tuple[str, str]] = set()
    found = []
    for one in plan:
        if getattr(one, "contract", False) or late & set(one.dependencies):
            late.add((one.app_label, one.name))
        else:
            found.append(one)
    return found


def migrate(console: Any, *, phase: str = "all") -> int:
    """As the owner, apply the migrations of a phase and give the roles their rights; returns how many there were.

    Raises `OperationalError` after ten tries.
    """
    from config.roles import as_owner, give_rights

    with as_owner():
        plan = waiting(phase)
        if plan:
            with console.progress(f"Building the tables ({len(plan)} migrations)"):
                patiently(lambda: apply(phase), console)
        patiently(give_rights, console)
    return len(plan)


def apply(phase: str) -> None:
    """Apply what waits now. Each migration is its own transaction: what was applied stays."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    if phase != "expand" or len(waiting("expand")) == len(waiting()):
        call_command("migrate", interactive=False, verbosity=0)
        return
    last = {one.app_label: one.name for one in waiting("expand")}
    for label, name in last.items():
        call_command("migrate", label, name, interactive=False, verbosity=0)


def patiently(act: Any, console: Any) -> None:
    """Do it again when somebody held a table for longer than we would have others wait."""
    from django.db import OperationalError
    from psycopg.errors import LockNotAvailable

    for number in range(TRIES):
        try:
            return act()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or number == TRIES - 1:
                raise
            console.say("A table is in use; trying again.")
            time.sleep(1 + number)


def collect(console: Any, *, keep_old: bool = False) -> bool:
    """Gather and compress the served files, if one changed since the last time; returns whether it did.

    `keep_old` leaves those of the last version: pages that are open still ask for them.
    """
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
        return False
    with console.progress("Gathering the served files"):
        call_command("collectstatic", interactive=False, verbosity=0, clear=not keep_old)
    stamp.write_text(mark.hexdigest())
    return True
