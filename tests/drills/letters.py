"""Letters of a drill: queue them, let them be worked off, compare what the city says with what arrived."""

import json
import time
from collections import Counter
from dataclasses import dataclass

from config.cli.work import LANES
from tests.drills.installation import PATIENCE

SETTLED = ("sent", "unknown")


@dataclass(frozen=True)
class Letter:
    """What the city says of one: its state, and the outcomes of its tries."""

    id: int
    state: str
    tries: tuple[str, ...]


def queue_letters(installation, seed, count):
    """Write letters; whether a worker runs is the drill's affair."""
    installation.do("tests.drills.prepare", "messages", str(count), str(seed))


def letters(installation, seed):
    """This drill's letters by key."""
    rows = installation.sql(
        "SELECT m.key, m.id, m.state, array_remove(array_agg(a.outcome ORDER BY a.id), NULL)"
        " FROM correspondence_message m LEFT JOIN correspondence_messageattempt a ON a.message_id = m.id"
        " WHERE starts_with(m.key, %s) GROUP BY m.id",
        f"drill-{seed}-",
    )
    return {key: Letter(number, state, tuple(tries)) for key, number, state, tries in rows}


def work_off(installation, seed, *, is_hurried, seconds=1500.0):
    """Wait until every letter is settled: by the worker, and by the sweeps for what killed workers left.

    Hurried, the sweeps look at dead workers as they would some minutes later; otherwise they come in their own time.
    """
    until, looked = time.monotonic() + (PATIENCE if is_hurried else seconds), time.monotonic()
    while any(letter.state not in SETTLED for letter in letters(installation, seed).values()):
        assert time.monotonic() < until, (Counter(letters(installation, seed).values()), installation.last_words())
        if is_hurried and time.monotonic() - looked > 2 and only_left(installation, seed):
            sweep_now(installation)
            looked = time.monotonic()
        time.sleep(0.1)


def only_left(installation, seed):
    """Whether the living worker has nothing more of this drill to take: what is not settled belongs to the dead."""
    waiting = installation.sql(
        "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'correspondence.deliver' AND status = 'todo' LIMIT 1"
    )
    return not waiting and installation.pid("worker")


def sweep_now(installation):
    """Let the signs of life of dead workers be old, and run the sweeps."""
    installation.sql(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'"
        f" WHERE id NOT IN (SELECT id FROM procrastinate_workers ORDER BY id DESC LIMIT {len(LANES)})"
    )
    return json.loads(installation.do("tests.drills.prepare", "later"))


def faults_of_letters(said, arrived):
    """What is wrong between the city's letters and the mail server's: each once, or in doubt with a record of it."""
    times = Counter()
    for reference, count in arrived.items():
        times[int(reference.strip("<").partition(".")[0].removeprefix("m"))] += count
    found = []
    for key, letter in said.items():
        count = times[letter.id]
        if count > 1:
            found.append(f"twice: {key} arrived {count} times")
        if letter.state == "sent" and count == 0:
            found.append(f"lost: {key} is said to be sent")
        if letter.state == "unknown" and "unknown" not in letter.tries:
            found.append(f"no record: {key} is in doubt without a try that says so")
        if letter.state not in SETTLED:
            found.append(f"stuck: {key} is {letter.state}")
    return found
