"""Is it alive, may it take work, and is anything wrong that no page shows: live, ready, deep."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from citydesk.kernel.registries import AuditCode, HealthCheck, load_dotted, registries

BACKUP_SECONDS = 26 * 3600
OK, WARN, BAD = "ok", "warn", "bad"
_RANK = {OK: 0, WARN: 1, BAD: 2}


@dataclass(frozen=True)
class State:
    """What a check found: level ok, warn or bad; words for the operator; figures for the monitor. No personal data."""

    level: str
    words: str = ""
    figures: dict[str, float] = field(default_factory=dict)


def readiness() -> State:
    """Whether this process can serve: the database answers and has the migrations of this code."""
    global _is_migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated:
            executor = MigrationExecutor(connection)
            if must_wait_for(executor):
                return State(BAD, gettext_noop("migrations are missing"))
            _is_migrated = True
    except DatabaseError:
        return State(BAD, gettext_noop("the database does not answer"))
    return State(OK)


def must_wait_for(executor: MigrationExecutor) -> list[str]:
    """The migrations this code cannot do without: all that wait but those that only take away (`contract = True`)."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(one) for one, _backwards in plan if not getattr(one, "contract", False)]


_is_migrated = False  # true stays true for this process's code; asking again costs a read of all migration files


def deep(now: datetime) -> tuple[str, dict[str, State]]:
    """The worst level and every check's state. A check that breaks is bad, and its error is named by type."""
    found: dict[str, State] = {}
    for check in sorted(registries.health_checks.values(), key=lambda one: one.code):
        call: Callable[..., State] = load_dotted(check.check) if isinstance(check.check, str) else check.check
        try:
            found[check.code] = call(now)
        except Exception as error:
            found[check.code] = State(BAD, f"the check broke: {type(error).__name__}")
    worst = max((state.level for state in found.values()), key=lambda level: _RANK[level], default=OK)
    return worst, found


@dataclass(frozen=True)
class QueueFigures:
    """Jobs by queue: waiting now, seconds the oldest due one waits, failed for good in all."""

    waiting: dict[str, int]
    oldest_seconds: dict[str, float]
    failed: int
    doing: int


def queue_figures(now: datetime) -> QueueFigures:
    """How the job queues stand. Two statements over small partial sets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.queue_name, count(*), min(coalesce(j.scheduled_at, e.at)) FROM procrastinate_jobs j "
            "LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true "
            "WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= %s) GROUP BY 1",
            [now],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'doing') "
            "FROM procrastinate_jobs WHERE status IN ('failed', 'doing')"
        )
        failed, doing = cursor.fetchone()
    return QueueFigures(
        {queue: count for queue, count, _oldest in rows},
        {queue: max(0.0, (now - oldest).total_seconds()) if oldest else 0.0 for queue, _count, oldest in rows},
        failed,
        doing,
    )


def _jobs(now: datetime) -> State:
    figures = queue_figures(now)
    oldest = max(figures.oldest_seconds.values(), default=0.0)
    told = {"oldest_seconds": oldest, "waiting": float(sum(figures.waiting.values())), "failed": float(figures.failed)}
    if oldest > 300:
        return State(BAD, gettext_noop("a job has been waiting for more than 5 minutes: is the worker running?"), told)
    return (
        State(WARN, gettext_noop("jobs have failed for good: see the job page"), told)
        if figures.failed
        else State(OK, "", told)
    )


def _worker(now: datetime) -> State:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        last = cursor.fetchone()[0]
    if last is None or now - last > timedelta(minutes=2):
        return State(BAD, gettext_noop("no worker has been heard for two minutes"))
    return State(OK)


def _disk(now: datetime) -> State:
    free = min(free_share(Path(settings.MEDIA_ROOT)), database_free_share())
    level = BAD if free < 0.10 else WARN if free < 0.20 else OK
    return State(level, "" if level == OK else gettext_noop("a disk is nearly full"), {"free_share": round(free, 4)})


def free_share(folder: Path) -> float:
    """How much of the disk that holds a folder is free, from 0 to 1; of its parent while the folder is not made yet."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def database_free_share() -> float:
    """The same for the database's disk, where it is on this machine and its monitor's right is ours; else 1."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER'), inet_server_addr() IS NULL")
        may_ask, is_by_socket = cursor.fetchone()
        if not (may_ask and (is_by_socket or connection.settings_dict["HOST"] in ("127.0.0.1", "localhost", "::1"))):
            return 1.0
        cursor.execute(
            "SELECT current_setting('data_directory'), pg_tablespace_location(dattablespace) "
            "FROM pg_database WHERE datname = current_database()"
        )
        folders = [Path(one) for one in cursor.fetchone() if one]
    try:
        return min(free_share(folder) for folder in folders)
    except OSError:  # on this machine, but in a room of its own
        return 1.0


def _seal(now: datetime) -> State:
    from citydesk.kernel.sealer import seal_lag

    lag = seal_lag(now=now)
    return State(
        BAD if lag > 600 else OK,
        gettext_noop("audit entries wait for their seal") if lag > 600 else "",
        {"seconds": lag},
    )


def _backup(now: datetime) -> State:
    """The last backup of this installation, as `citydesk backup` noted it; elsewhere nobody expects one."""
    note = _noted("backup")
    if not note:
        return State(
            WARN if settings.PRODUCTION else OK,
            gettext_noop("no backup was made from here") if settings.PRODUCTION else "",
        )
    seconds = (now - datetime.fromisoformat(note["at"])).total_seconds()
    told = {"age_seconds": seconds, "sealed": float(bool(note.get("sealed")))}
    if seconds > BACKUP_SECONDS:
        return State(BAD, gettext_noop("the last backup is older than 26 hours"), told)
    return State(
        OK if note.get("sealed") else WARN,
        "" if note.get("sealed") else gettext_noop("backups are not encrypted"),
        told,
    )


def _drill(now: datetime) -> State:
    """The last proof that a backup can be restored."""
    note = _noted("drill")
    if not note:
        return State(OK, gettext_noop("no restore was ever tried"))
    told = {"age_seconds": (now - datetime.fromisoformat(note["at"])).total_seconds()}
    return (
        State(BAD, gettext_noop("the last restore drill did not hold"), told) if note["faults"] else State(OK, "", told)
    )


def _noted(name: str) -> dict[str, Any]:
    """What one of the operator's commands kept; empty when it never ran here."""
    place = Path(settings.VAR_DIR) / f"operation/{name}.json"
    return dict(json.loads(place.read_text())) if place.exists() else {}


def register_checks() -> None:
    """The kernel's own checks."""
    registries.add(
        AuditCode("kernel.drilled", _("wrote a marker of the restore drill"), icon="check"),
        AuditCode("kernel.erased", _("erased kept rows on proof {object}"), icon="remove"),
        HealthCheck("kernel.jobs", _("Jobs"), _jobs),
        HealthCheck("kernel.worker", _("Worker"), _worker),
        HealthCheck("kernel.disk", _("Disk"), _disk),
        HealthCheck("kernel.audit_seal", _("Audit chain"), _seal),
        HealthCheck("kernel.backup", _("Last backup"), _backup),
        HealthCheck("kernel.drill", _("Restore drill"), _drill),
        HealthCheck("kernel.roles", _("Database roles"), "citydesk.kernel.roles.health"),
    )


def plain(states: dict[str, State]) -> dict[str, Any]:
    """The states as JSON."""
    return {code: {"level": one.level, "words": one.words, **one.figures} for code, one in states.items()}
