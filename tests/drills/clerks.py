"""200 virtual clerks on a large database: `python -m tests.drills.clerks --database bench_1m`.

Starts the web server and the worker on a database that `tests.bench ... --keep` left, lets the clerks ask in an open
loop, prints the figures with all that belongs to them, then looks for the knee: more and more requests a second until
the 95th percentile passes a second or people are turned away. Exit code 1 when a target is missed.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.drills import open_loop
from tests.drills.open_loop import READS, WRITES, Answers, Clerk

MOST_READ_MS, MOST_WRITE_MS, KNEE_MS = 300.0, 500.0, 1000.0
STEPS = (25, 35, 50, 65, 80, 100)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills.clerks", description=__doc__)
    parser.add_argument("--database", default="bench_1m", help="name, on the server of DATABASE_URL")
    parser.add_argument("--clerks", type=int, default=200)
    parser.add_argument("--rate", type=float, default=25.0, help="requests a second over all clerks")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--warm", type=float, default=30.0, help="seconds before the figures begin")
    parser.add_argument("--step", type=float, default=60.0, help="seconds of each step on the way to the knee; 0: none")
    parser.add_argument(
        "--storm", type=float, default=0.0, help="seconds of ten times the usual intake beside; 0: none"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(words)
    prepare(given.database)
    return measure(given)


def prepare(database: str) -> None:
    from config.launcher import database_url
    from config.roles import owners
    from tests.bench.database import prepare_process

    prepare_process(urlunsplit(urlsplit(owners(database_url()))._replace(path=f"/{database}")))
    # In a clone where no city was started yet, every page would be a fault for want of its style sheet.
    from config.cli.prepare import collect
    from tests.bench.run import Silent

    collect(Silent())


def measure(given: argparse.Namespace) -> int:
    from tests.bench.server import PORT, served

    clerks, rows = clerks_of(given.clerks, given.seed), count_rows()
    about = {"machine": f"{os.cpu_count()} cores", "load": os.getloadavg()[0], "pgbench": pgbench(), "rows": rows,
             "clerks": given.clerks, "mix": "60/30/10", "SEED": given.seed}  # fmt: skip
    print("CLERKS", json.dumps(about), flush=True)
    worker = subprocess.Popen([sys.executable, "-m", "config.cli", "work"], start_new_session=True)
    failed = False
    try:
        with served():
            open_loop.run(PORT, open_loop.plan_of(clerks, min(10.0, given.rate), given.warm, given.seed + 7))
            if given.seconds:
                found = open_loop.run(PORT, open_loop.plan_of(clerks, given.rate, given.seconds, given.seed))
                failed = not tell("clerks", given.rate, given.seconds, found)
            if given.storm:
                failed = not storm(PORT, clerks, given) or failed
            if given.step:
                knee(PORT, clerks, given)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    return int(failed)


def knee(port: int, clerks: list[Clerk], given: argparse.Namespace) -> None:
    """More and more until it does not hold; prints the last rate that did."""
    held = 0
    for rate in STEPS:
        found = open_loop.run(port, open_loop.plan_of(clerks, rate, given.step, given.seed + rate))
        tell("step", rate, given.step, found)
        if found.p(0.95, *READS, *WRITES) > KNEE_MS or found.shed or found.wrong:
            break
        held = rate
    print("CLERKS", json.dumps({"knee": held, "next": rate}), flush=True)


def storm(port: int, clerks: list[Clerk], given: argparse.Namespace) -> bool:
    """Ten times the usual posts of one tenth of the requests, over Open311, beside the clerks."""
    from tests.bench.work import CALLS_A_MINUTE, make_keys, reports

    (key,), rate = make_keys(1), given.rate
    assert rate * 60 <= CALLS_A_MINUTE
    one = reports(key, 1)[0]
    place = {"lat": one["lat"], "long": one["long"]}
    intake = open_loop.intake_of(key, rate, given.storm, given.seed, place, one["service_code"])
    plan = open_loop.plan_of(clerks, given.rate, given.storm, given.seed + 3)
    found = open_loop.run(port, [*plan, *intake])
    is_fine = tell("storm", given.rate, given.storm, found)
    began = time.monotonic()
    while jobs_waiting() and time.monotonic() - began < 900:
        time.sleep(1)
    print("CLERKS", json.dumps({"intake": found.count("intake"), "drained_seconds": round(time.monotonic() - began)}))
    return is_fine and not jobs_waiting()


def tell(what: str, rate: float, seconds: float, found: Answers) -> bool:
    """Print one line of figures; whether the targets are met."""
    p95 = {"reads": found.p(0.95, *READS), "writes": found.p(0.95, *WRITES)}
    figures = {
        "what": what,
        "offered_a_second": rate,
        "seconds": seconds,
        "answered": found.count(*READS, *WRITES),
        "read_p50": round(found.p(0.5, *READS)),
        "read_p95": round(p95["reads"]),
        "read_p99": round(found.p(0.99, *READS)),
        "write_p95": round(p95["writes"]),
        "write_p99": round(found.p(0.99, *WRITES)),
        "shed": dict(found.shed),
        "errors": len(found.wrong),
        "sent_late_ms": round(1000 * found.late),
        "load": os.getloadavg()[0],
    }
    print("CLERKS", json.dumps(figures), *found.wrong[:3], flush=True)
    return p95["reads"] <= MOST_READ_MS and p95["writes"] <= MOST_WRITE_MS and not found.wrong and not found.shed


_OPEN_REQUESTS = """
SELECT team_id, array_agg(number) FROM (
    SELECT team_id, number FROM service_requests_servicerequest
    WHERE is_open AND NOT is_confidential AND team_id IS NOT NULL ORDER BY md5(number) LIMIT 4000
) one GROUP BY 1
"""
_WHO_WRITES_NOTES = """
SELECT DISTINCT m.user_id, m.team_id FROM staff_teammembership m JOIN staff_rolegrant g USING (user_id)
JOIN staff_role o ON o.id = g.role_id WHERE 'service_requests.notes' = ANY (o.permissions)
"""


def clerks_of(count: int, seed: int) -> list[Clerk]:
    """Sessions of the city's sample people who read requests, each with their lists and open requests of their team."""
    from django.db import connection

    from citydesk.city.staff.models import User
    from tests.bench.cost import TOKEN, session_of
    from tests.bench.work import list_of_words, someone

    with connection.cursor() as cursor:
        cursor.execute(_OPEN_REQUESTS)
        of_team = dict(cursor.fetchall())
        cursor.execute(_WHO_WRITES_NOTES)
        members = [row for row in cursor.fetchall() if row[1] in of_team]
    made, chance, words = [], random.Random(seed), list_of_words(seed)
    every = [number for numbers in of_team.values() for number in numbers]
    for number in range(count):
        user_id, team = members[number % len(members)] if members and number % 2 else (someone("dana").pk, None)
        teams = [team] if team else chance.sample(sorted(of_team), min(4, len(of_team)))
        lists = [f"/desk/requests/?show=open&team={one}&status=open&sort=due" for one in teams] + [
            "/desk/requests/",
            "/desk/",
        ]
        numbers = of_team[team] if team else chance.sample(every, min(200, len(every)))
        made.append(Clerk(session_of(User.objects.get(pk=user_id)), TOKEN, lists, numbers, words))
    return made


def count_rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM service_requests_servicerequest")
        return int(cursor.fetchone()[0])


def jobs_waiting() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL")
        return int(cursor.fetchone()[0])


def pgbench() -> str:
    """Transactions a second of eight clients on a small table of its own: what the machine could do just now."""
    from config.launcher import database_url
    from config.launcher.binaries import find_binaries
    from config.roles import owners

    try:
        program = str(find_binaries().path("pgbench"))
        url = urlunsplit(
            urlsplit(owners(database_url()))._replace(path=f"/{urlsplit(os.environ['DATABASE_URL']).path[1:]}")
        )
        subprocess.run([program, "-i", "-q", "-s", "5", url], check=True, capture_output=True)
        said = subprocess.run([program, "-c", "8", "-T", "5", url], check=True, capture_output=True, text=True).stdout
        for table in ("accounts", "branches", "history", "tellers"):
            drop(f"pgbench_{table}")
        return next(line.split("=")[1].split()[0] for line in said.splitlines() if line.startswith("tps"))
    except (OSError, KeyError, StopIteration, subprocess.CalledProcessError, RuntimeError) as error:
        return f"not measured ({type(error).__name__})"


def drop(table: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def as_figures(found: Answers) -> dict[str, Any]:
    """For the small drill's line."""
    return {
        "answered": found.count(*READS, *WRITES),
        "read_p95_ms": round(found.p(0.95, *READS)),
        "write_p95_ms": round(found.p(0.95, *WRITES)),
        "shed": found.shed.total(),
        "errors": len(found.wrong),
    }


if __name__ == "__main__":
    sys.exit(main())
