"""200 open boards: the figures read once a second for all of them, at most a quarter of one core, within two seconds.

The event process is the real one, and so is the board's query, on the tables of a small city; each second a caller more
waits, so that every reading has news. The processor time is the event process's own, read from the system.
"""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from django.db import connection

from citydesk.contact.traffic.choices import BOARD_FEED, VIEW
from citydesk.contact.traffic.models import AgentState, ContactLeg, Queue, SourceAgent
from citydesk.contact.traffic.tests.factories import import_text, make_queues
from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.live import stream_url
from citydesk.kernel.tests.test_live import Page, cpu_seconds, in_own_thread
from tests.drills.conftest import FULL
from tests.drills.test_bulletins import REAL, event_process, is_up

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]
BOARDS = 200 if FULL else 40
SECONDS = 60 if FULL else 3
AGENTS = 60
# Judged at full size: a few seconds on a slow machine that does other things say nothing of either.
MOST_OF_A_CORE, MOST_SECONDS = (0.25, 2.0) if FULL else (1.0, 120.0)


def path_of(user_id):
    access = Access(Actor(ActorKind.STAFF, user_id, ""), frozenset({VIEW}))
    return "/stream/" + stream_url(access, [BOARD_FEED]).rpartition("/")[2]


def fill(tmp_path):
    """A switch that told something just now, with agents in their states."""
    make_queues("calls")
    now = utc_now()
    import_text(tmp_path, f"{int(now.timestamp())}|k|calls|NONE|ENTERQUEUE||4235550101|1\n", now=now)
    agents = SourceAgent.objects.bulk_create(SourceAgent(source="pbx", name=f"a{n}") for n in range(AGENTS))
    AgentState.objects.bulk_create(
        AgentState(agent=one, state="on_contact", started_at=now - timedelta(minutes=3)) for one in agents
    )


def one_more_waits(number):
    now = utc_now()
    given = {"source": "pbx", "queue": Queue.objects.get(code="calls"), "outcome": "open"}
    ContactLeg.objects.create(**given, source_id=f"more{number}", entered_at=now, revised_at=now)
    return time.monotonic()


async def listen(page, since, waits, wanted):
    """One board: notes how long each further caller took to appear, until it saw them all."""
    seen = 1
    while seen < 1 + wanted:
        waiting = json.loads(await page.next(120))["cells"]["all.waiting"]
        waits += [time.monotonic() - since[number] for number in range(seen, waiting)]
        seen = max(seen, waiting)


async def watch(port, pid):
    await is_up(port)
    pages = [await Page.open(port, path_of(1000 + n)) for n in range(BOARDS)]
    assert {await page.status() for page in pages} == {200}
    since, waits = {}, []
    boards = [asyncio.create_task(listen(page, since, waits, SECONDS)) for page in pages]
    loop = asyncio.get_running_loop()
    before, began = cpu_seconds(pid), time.monotonic()
    for number in range(1, SECONDS + 1):
        since[number] = time.monotonic()
        since[number] = await loop.run_in_executor(None, _alone, number)
        await asyncio.sleep(max(0.0, began + number - time.monotonic()))
    await asyncio.gather(*boards)
    return (cpu_seconds(pid) - before) / (time.monotonic() - began), waits


def _alone(number):
    """A caller more, on a connection that the thread closes again."""
    try:
        return one_more_waits(number)
    finally:
        connection.close()


def test_200_boards_see_a_caller_within_2_seconds_for_a_quarter_of_a_core(report, tmp_path):
    fill(tmp_path)
    with event_process(REAL) as (port, pid):
        share, waits = in_own_thread(watch(port, pid))
    report(boards=BOARDS, callers=SECONDS, core_percent=round(100 * share, 1), slowest_ms=round(1000 * max(waits)))
    assert len(waits) == BOARDS * SECONDS, "a board missed a caller"
    assert max(waits) <= MOST_SECONDS
    assert share <= MOST_OF_A_CORE
