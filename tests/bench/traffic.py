"""What a telephone switch wrote, brought in; and the intervals of a million contacts counted anew."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection

from citydesk.contact.traffic.models import ContactLeg, Queue
from citydesk.contact.traffic.services import import_contacts, rebuild_facts
from citydesk.kernel.actors import SYSTEM
from tests.bench.cost import backend_seconds
from tests.bench.database import ROOT
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.switch import write_log

LINES_A_SECOND, SECONDS = 20_000, 20.0
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 365
# A year of contacts in every queue: most are answered, some leave, a few run out of time.
_LEGS = """
INSERT INTO traffic_contactleg (source, source_id, revision, revised_at, is_current, queue_id, direction, entered_at,
    wait_ended_at, outcome, agent_id, caller, ring_s, talk_s, hold_s, acw_s, holds, refusals, ended_at, ended_by,
    transfer_kind, transfer_to, parent_id, callback_of, reason, recording, line)
SELECT 'seed', n::text, 1, at, true, (%(queues)s::bigint[])[1 + n %% cardinality(%(queues)s::bigint[])], 'in', at,
       at + make_interval(secs => n * 7 %% 60),
       CASE WHEN n %% 11 = 0 THEN 'abandoned' WHEN n %% 97 = 0 THEN 'timeout' ELSE 'answered' END,
       CASE WHEN n %% 11 = 0 OR n %% 97 = 0 THEN NULL
            ELSE (%(agents)s::bigint[])[1 + n %% cardinality(%(agents)s::bigint[])] END,
       '', n %% 9, n * 13 %% 400, CASE WHEN n %% 5 = 0 THEN n %% 60 ELSE 0 END, n %% 45, 0, 0,
       at + make_interval(secs => n * 7 %% 60 + n * 13 %% 400 + 60), '', CASE WHEN n %% 23 = 0 THEN 'blind' ELSE '' END,
       '', '', '', '', '', 0
  FROM (SELECT n, %(begin)s + n * %(step)s AS at FROM generate_series(1, %(count)s) n) one
"""


def measure_traffic(lines: int, legs: int) -> list[Figure]:
    """Lines a second of a log, the same log again, and the seconds in which all facts of the legs are counted."""
    queues = list(Queue.objects.filter(channel="voice").values_list("code", flat=True))[:2]
    return [*_measure_import(lines, tuple(queues)), _measure_rebuild(legs)]


def _measure_import(lines: int, queues: tuple[str, ...]) -> list[Figure]:
    """Everything the command does: reading, new legs and states, anomalies, facts of the touched days."""
    folder = ROOT / "build/bench"
    warm, file = folder / "warm.log", folder / "queue.log"
    write_log(warm, 600, queues)
    _bring(warm, "warm", 600)
    written = write_log(file, lines, queues)
    began, began_database = time.process_time(), backend_seconds()
    spent = _bring(file, "bench", written)
    python, database = time.process_time() - began, backend_seconds() - began_database
    again = _bring(file, "bench", written)
    said = f"{written:,} lines in {spent:.1f} s: {python:.1f} + {database:.1f} CPU-s of program and database"
    # What others take of the machine is not in it: one after the other the two make that many lines a second.
    cpu = 1e6 * (python + database) / written
    return [
        at_least("queue_log_import", written / spent, "lines a second", LINES_A_SECOND, written, said=said),
        at_most("queue_log_cpu", cpu, "CPU-ms", 1e6 / LINES_A_SECOND, written, said="both processes, for 1,000 lines"),
        at_least(
            "queue_log_again", written / again, "lines a second", None, written, said="the same file: adds nothing"
        ),
    ]


def _bring(file: Path, source: str, lines: int) -> float:
    began = time.perf_counter()
    done = import_contacts(file=file, format="queue_log", source=source, actor=SYSTEM, now=NOW)
    spent = time.perf_counter() - began
    if done.bad or not done.added + done.known:
        raise RuntimeError(f"of {lines} lines {done.bad} are bad: {done.bad_rows[:1]}")
    return spent


def _measure_rebuild(legs: int) -> Figure:
    given = {
        "queues": list(Queue.objects.filter(channel="voice").order_by("pk").values_list("pk", flat=True)),
        "agents": list(
            ContactLeg.objects.exclude(agent=None).order_by("agent").values_list("agent", flat=True).distinct()
        ),
        "begin": BEGIN,
        "step": timedelta(days=_DAYS) / legs,
        "count": legs,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEGS, given)
        cursor.execute("VACUUM ANALYZE traffic_contactleg")
    first = date(2024, 12, 31)
    days = {"since": first, "until": first + timedelta(days=_DAYS + 2)}
    rebuild_facts(**days, now=NOW)
    began = time.perf_counter()
    counted = rebuild_facts(**days, now=NOW)
    spent = time.perf_counter() - began
    said = f"{counted:,} intervals of a year, thrown away and counted anew"
    return at_most("facts_rebuilt", spent, "s", SECONDS * legs / 1_000_000, legs, said=said)
