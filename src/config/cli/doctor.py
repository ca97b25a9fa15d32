"""`citydesk doctor`: looks at an installation from outside and says in words what is wrong and what to do."""

import argparse
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

OK, WARN, BAD = "ok", "warn", "bad"
EXTENSIONS = {"pg_trgm", "btree_gist", "unaccent", "citext"}
LEAST_FREE_BYTES = 2 * 1024**3
HEARTBEAT_SECONDS = 60
OLD_JOB_SECONDS = 600


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, warn or bad; `words` say it, with what to do."""

    name: str
    state: str
    words: str


def register(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 when nothing is bad, 1 when something is, 4 when the database cannot be reached."""
    from config.cli.main import set_up_django

    set_up_django()
    findings = list(look())
    signs = {OK: "ok  ", WARN: "look", BAD: "BAD "}
    text = "\n".join(f"{signs[one.state]}  {one.name:<12} {one.words}" for one in findings)
    console.report({"findings": [asdict(one) for one in findings]}, text)
    if findings[0].state == BAD:
        return 4
    return 1 if any(one.state == BAD for one in findings) else 0


def look() -> Iterator[Finding]:
    """Every finding; what needs the database is left out when it cannot be reached."""
    first = database()
    yield first
    if first.state != BAD:
        for check in (migrations, extensions, profile, worker, jobs):
            yield tried(check)
    for check in (disk, mail, secrets, assets):
        yield tried(check)


def tried(check: Callable[[], Finding]) -> Finding:
    """A check that cannot run is itself a finding."""
    from django.db import Error

    try:
        return check()
    except Error as error:
        return Finding(check.__name__, BAD, f"could not be looked at: {str(error).strip().splitlines()[0]}")


def ask(sql: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def database() -> Finding:
    from django.db import OperationalError

    began = time.monotonic()
    try:
        version = ask("SELECT current_setting('server_version_num')::int")[0][0]
    except OperationalError as error:
        said = str(error).strip().splitlines()[0]
        return Finding("database", BAD, f"cannot be reached: {said}. Is DATABASE_URL right, and the server running?")
    took = (time.monotonic() - began) * 1000
    if version < 150000:
        return Finding("database", BAD, f"is PostgreSQL {version // 10000}; 15 or newer is needed.")
    return Finding("database", OK, f"PostgreSQL {version // 10000} answers in {took:.0f} ms.")


def migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return Finding("migrations", BAD, f"{waiting} are not applied. Run: citydesk migrate")
    return Finding("migrations", OK, "all applied.")


def extensions() -> Finding:
    have = {name for (name,) in ask("SELECT extname FROM pg_extension")}
    missing = sorted(EXTENSIONS - have)
    if missing:
        return Finding("extensions", BAD, f"missing: {', '.join(missing)}. Run: citydesk migrate")
    return Finding("extensions", OK, ", ".join(sorted(EXTENSIONS)) + ".")


def profile() -> Finding:
    count = ask("SELECT count(*) FROM profile_profileentry")[0][0]
    if not count:
        return Finding("profile", BAD, "no city profile is loaded. Run: citydesk profile load profiles/<city>")
    return Finding("profile", OK, f"loaded, {count} entries.")


def worker() -> Finding:
    """Procrastinate's workers write a heartbeat every ten seconds."""
    rows = ask("SELECT count(*), extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
    count, age = rows[0]
    if not count:
        return Finding("worker", BAD, "no background worker runs; messages wait. Run: citydesk work")
    if age > HEARTBEAT_SECONDS:
        return Finding("worker", BAD, f"the last worker was heard {age:.0f} s ago. Restart: citydesk work")
    return Finding("worker", OK, f"heard {age:.0f} s ago.")


def jobs() -> Finding:
    """How long the oldest job that could run has waited, and what failed for good."""
    sql = """
        SELECT extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), count(DISTINCT j.id)
        FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type IN ('deferred', 'retried')
        WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
    """
    age, waiting = ask(sql)[0]
    failed = ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")[0][0]
    state = WARN if failed or (age or 0) > OLD_JOB_SECONDS else OK
    words = f"{waiting} wait" + (f", the oldest for {age:.0f} s" if age else "") + f"; {failed} failed for good."
    return Finding("jobs", state, words)


def disk() -> Finding:
    from django.conf import settings

    folder = Path(settings.VAR_DIR)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    words = f"{free / 1024**3:.1f} GB free where files are kept."
    return Finding("disk", OK if free > LEAST_FREE_BYTES else BAD, words)


def mail() -> Finding:
    from django.conf import settings

    backend = settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2]
    if backend in ("console", "locmem", "dummy"):
        state = BAD if settings.PRODUCTION else WARN
        return Finding(
            "mail",
            state,
            "is written to the log and reaches nobody. Set CITYDESK_EMAIL_BACKEND and CITYDESK_SMTP_HOST.",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        return Finding("mail", BAD, "goes out in the name of localhost. Set CITYDESK_MAIL_FROM.")
    return Finding("mail", OK, f"through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}.")


def secrets() -> Finding:
    from django.conf import settings

    if settings.PRODUCTION and not settings.SECURE:
        return Finding("secrets", BAD, "cookies go over plain HTTP. Set CITYDESK_SITE_URL to the https address.")
    if settings.SECRET_KEY.startswith("development-only"):
        return Finding(
            "secrets", BAD if settings.PRODUCTION else WARN, "the development key is in use. Set CITYDESK_SECRET_KEY."
        )
    return Finding("secrets", OK, "the key is set.")


def assets() -> Finding:
    from django.contrib.staticfiles.finders import find

    if not find("vendor/uswds/css/uswds.min.css"):
        return Finding("assets", BAD, "the style sheets are missing. Run: python tools/assets.py")
    return Finding("assets", OK, "style sheets, map and charts are there.")
