"""What the database tells: itself, its tables, the people, the jobs, the history, the archive of its log."""

import ipaddress
import time
from datetime import UTC, datetime

from config.doctor.finding import BAD, OK, WARN, Finding, ask, span

EXTENSIONS = {"pg_trgm", "btree_gist", "unaccent", "citext"}
HEARTBEAT_SECONDS = 60
OLD_JOB_SECONDS = 300
SEAL_SECONDS = 600
CLOCK_SECONDS = 2.0


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


def rights() -> Finding:
    """What the program may do on the server beyond its own database: a hole in it would open as much."""
    from django.conf import settings

    ((name, is_super, may_make),) = ask(
        "SELECT rolname, rolsuper, rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    state = BAD if settings.PRODUCTION else WARN
    if is_super:
        words = f"{name} may do everything on the database server. Run: ALTER ROLE {name} NOSUPERUSER"
        return Finding("rights", state, words)
    if may_make:
        words = f"{name} may make roles or databases. Run: ALTER ROLE {name} NOCREATEROLE NOCREATEDB"
        return Finding("rights", WARN, words)
    return Finding("rights", OK, f"{name} has its own database alone.")


def roles() -> Finding:
    """Whether the role that the program works as is apart from the tables' owner, and has just its rights."""
    from citydesk.kernel import roles

    return Finding("roles", *roles.words(roles.look()))


def line() -> Finding:
    """Whether what is said to the database goes over a network, and then so that nobody else hears it."""
    from django.db import connection

    ((address, is_sealed),) = ask(
        "SELECT coalesce(host(inet_server_addr()), ''),"
        " coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
    )
    if not address or address in ("127.0.0.1", "::1"):
        return Finding("line", OK, "to the database stays on this host.")
    if not is_sealed:
        state = WARN if ipaddress.ip_address(address).is_private else BAD
        words = f"to the database at {address} is in the clear. Add sslmode=verify-full to DATABASE_URL."
        return Finding("line", state, words)
    if connection.settings_dict.get("OPTIONS", {}).get("sslmode") != "verify-full":
        words = f"to the database at {address} is encrypted, but anybody could answer. Use sslmode=verify-full."
        return Finding("line", WARN, words)
    return Finding("line", OK, f"to the database at {address} is encrypted, and its name is checked.")


def migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from citydesk.kernel.health import must_wait_for

    executor = MigrationExecutor(connection)
    all_waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    waiting = len(must_wait_for(executor))
    if all_waiting and not waiting:
        return Finding("migrations", WARN, f"{all_waiting} wait for: citydesk upgrade --finish")
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
    state = BAD if (age or 0) > OLD_JOB_SECONDS else WARN if failed else OK
    words = f"{waiting} wait" + (f", the oldest for {span(age)}" if age else "") + f"; {failed} failed for good."
    return Finding("jobs", state, words)


def practice() -> Finding:
    """Whether what this installation was told and what its database says of itself agree."""
    from django.conf import settings

    from citydesk.kernel.practice import disagreement

    words = disagreement()
    if words:
        return Finding("practice", BAD, words)
    if settings.PRACTICE:
        return Finding("practice", OK, "this is a practice city: nothing leaves it, whatever mail settings it has.")
    return Finding("practice", OK, "this is the city itself, no practice city.")


def people() -> Finding:
    """Somebody must be able to let others in; a role that waits for a second person is work."""
    sql = """
        SELECT count(DISTINCT u.id) FROM staff_user u
        JOIN staff_rolegrant g ON g.user_id = u.id AND g.valid @> current_date
        JOIN staff_role r ON r.id = g.role_id AND 'staff.manage' = ANY (r.permissions)
        WHERE u.is_active
    """
    holders = ask(sql)[0][0]
    waiting = ask("SELECT count(*) FROM staff_rolegrantrequest WHERE state = 'waiting'")[0][0]
    if not holders:
        words = "nobody may manage people. Run: citydesk user create NAME --name ... --role administrator"
        return Finding("people", BAD, words)
    if holders == 1:
        return Finding("people", WARN, "one person alone may manage people: make a second administrator.")
    return Finding("people", OK, f"{holders} may manage people; {waiting} roles wait for a second person.")


def confidences() -> Finding:
    """A code that is told in confidence must not lie with a team that everybody who takes calls belongs to."""
    sql = """
        WITH clerk AS (
            SELECT DISTINCT u.id FROM staff_user u
            JOIN staff_rolegrant g ON g.user_id = u.id AND g.valid @> current_date
            JOIN staff_role r ON r.id = g.role_id AND 'interactions.take' = ANY (r.permissions)
            WHERE u.is_active
        )
        SELECT c.code, t.code FROM service_requests_servicecode c JOIN staff_team t ON t.id = c.team_id
        WHERE c.is_active AND c.is_confidential AND (SELECT count(*) FROM clerk) > 1 AND NOT EXISTS (
            SELECT FROM clerk WHERE NOT EXISTS (
                SELECT FROM staff_teammembership m
                WHERE m.team_id = c.team_id AND m.user_id = clerk.id AND m.valid @> current_date))
        ORDER BY c.code
    """
    found = ask(sql)
    if found:
        told = ", ".join(f"{code} (team {team})" for code, team in found)
        return Finding("confidences", BAD, f"every clerk reads what is told in confidence: {told}. Name another team.")
    return Finding("confidences", OK, "no confidential code lies with a team of all clerks.")


def seal() -> Finding:
    """How long the oldest unsealed entry of the history has waited."""
    from citydesk.kernel.sealer import seal_lag

    lag = seal_lag(now=datetime.now(UTC))
    if lag > SEAL_SECONDS:
        return Finding("history", BAD, f"entries wait for their seal for {span(lag)}. Does the worker run?")
    return Finding("history", OK, f"sealed up to {span(lag)} ago.")


def older_keys() -> Finding:
    """Whether something is kept under a key that was changed, or under one that nobody has any more."""
    from django.conf import settings

    from citydesk.kernel.actors import SYSTEM
    from citydesk.kernel.resealing import reseal

    found = reseal(actor=SYSTEM, now=datetime.now(UTC), is_dry=True)
    lost = [f"{len(one.refused)} {one.words} ({one.refused[0].name})" for one in found if one.refused]
    if lost:
        words = f"no key opens {', '.join(lost)}. Set CITYDESK_OLD_SECRET_KEYS. See docs/howto/secret-key.md"
        return Finding("older keys", BAD, words)
    waiting = [f"{one.resealed} {one.words}" for one in found if one.resealed]
    if waiting:
        words = f"are still needed for {', '.join(waiting)}. Run: citydesk reseal"
        return Finding("older keys", WARN, words)
    if settings.SECRET_KEY_FALLBACKS:
        words = "open nothing that is kept, only what was sent. docs/howto/secret-key.md says when they may go."
        return Finding("older keys", OK, words)
    return Finding("older keys", OK, "nothing is sealed with one.")


def clock() -> Finding:
    """This host's clock against the database's: where both are one host, they agree."""
    theirs = ask("SELECT clock_timestamp()")[0][0]
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > CLOCK_SECONDS:
        words = f"is {span(apart)} apart from the database's: due times would be wrong. Set up systemd-timesyncd."
        return Finding("clock", BAD, words)
    return Finding("clock", OK, f"agrees with the database's within {apart * 1000:.0f} ms.")


def archive() -> Finding:
    """Whether finished pieces of the database's log reach the archive: only then a day comes back to the minute."""
    mode = ask("SELECT current_setting('archive_mode')")[0][0]
    if mode == "off":
        return Finding("archive", WARN, "none is kept: a restore goes back to the last backup alone.")
    sql = """
        SELECT failed_count > 0 AND (last_archived_time IS NULL OR last_failed_time > last_archived_time),
               extract(epoch FROM now() - last_archived_time), last_failed_wal
        FROM pg_stat_archiver
    """
    is_failing, age, failed = ask(sql)[0]
    if is_failing:
        words = f"fails since the log's piece {failed}: look at archive_command and the disk of the backups."
        return Finding("archive", BAD, words)
    return Finding("archive", OK, f"last piece {span(age)} ago." if age is not None else "no piece was due yet.")
