"""No two states of an agent share a moment, and what rows name is there: what the database itself refuses."""

import re
import threading
import time
from datetime import timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from citydesk.contact.traffic.models import AgentState, ContactLeg, SourceAgent
from citydesk.contact.traffic.tests.factories import DAY, make_queues


def stay(agent, begin, end, state="available"):
    """From minute to minute; None: it lasts."""
    until = None if end is None else DAY + timedelta(minutes=end)
    return AgentState(agent=agent, state=state, started_at=DAY + timedelta(minutes=begin), ended_at=until)


def write(*stays):
    with transaction.atomic():
        AgentState.objects.bulk_create(stays)


def agent(name="A"):
    return SourceAgent.objects.get_or_create(source="pbx", name=name)[0]


@pytest.mark.django_db
def test_what_shares_a_moment_is_refused_whichever_came_first():
    one, other = agent(), agent("B")
    write(stay(one, 10, 20), stay(one, 20, 30), stay(one, 50, None), stay(other, 15, 60))
    shared = [(9, 11), (19, 21), (12, 18), (5, 35), (29, None), (49, 51), (60, 61), (10, 12)]
    for begin, end in shared:
        with pytest.raises(IntegrityError):
            write(stay(one, begin, end))
    with pytest.raises(IntegrityError):
        write(stay(other, 100, 110), stay(one, 31, 40), stay(one, 35, 38))
    write(stay(one, 30, 50), stay(one, 0, 10))  # touching shares nothing
    with pytest.raises(IntegrityError), pgtrigger.ignore("traffic.AgentState:told_stays"), transaction.atomic():
        AgentState.objects.filter(agent=one, started_at=DAY).update(ended_at=DAY + timedelta(minutes=11))
    assert AgentState.objects.count() == 6


@pytest.mark.django_db
def test_what_rows_name_is_there_and_stays():
    queue, one = make_queues()["calls"], agent()
    given = {"source": "x", "revised_at": DAY, "entered_at": DAY, "outcome": "open"}
    for named in ({"queue_id": queue.pk, "agent_id": one.pk + 1}, {"queue_id": queue.pk + 99}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContactLeg.objects.create(source_id="1", **named, **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentState.objects.create(agent_id=one.pk + 1, state="meal", started_at=DAY)
    for row in (one, queue):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


class Beside:
    """Another session that writes a state meanwhile."""

    def __init__(self, row):
        self.row, self.said, self.backend = row, "", 0
        self.thread = threading.Thread(target=self._run)
        self._begun = threading.Event()
        self.thread.start()
        assert self._begun.wait(60)

    def _run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self._begun.set()
            write(self.row)
            self.said = "written"
        except IntegrityError:
            self.said = "refused"
        finally:
            self._begun.set()
            connection.close()

    def waits(self):
        """Whether it came to wait for us; False once it has ended."""
        while self.thread.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.backend])
                if cursor.fetchone()[0]:
                    return True
            time.sleep(0.01)
        return False


def two_sessions():
    """Both write states of one agent that share time; what became of the second, and whether it waited."""
    one = agent()
    with transaction.atomic():
        AgentState.objects.bulk_create([stay(one, 0, 10)])
        second = Beside(stay(one, 5, 15, "meal"))
        waited = second.waits()
    second.thread.join(60)
    return second.said, waited


@pytest.mark.owner
@pytest.mark.django_db(transaction=True)
def test_two_sessions_at_once_and_the_control_without_the_hold():
    """The second waits for the first and sees it; without the agent's row held neither sees the other (the control)."""
    assert two_sessions() == ("refused", True)
    with pytest.raises(DatabaseError, match="READ COMMITTED"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        AgentState.objects.create(agent=agent(), state="meal", started_at=DAY + timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('traffic_state_alone'::regproc)")
        (kept,) = cursor.fetchone()
        free = re.sub(r"PERFORM FROM traffic_sourceagent.*?FOR NO KEY UPDATE;", "", kept, flags=re.DOTALL)
        assert free != kept
        SourceAgent.objects.update(name="free")
        try:
            cursor.execute(free)
            assert two_sessions() == ("written", False)
        finally:
            cursor.execute(kept)
