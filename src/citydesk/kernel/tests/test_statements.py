"""Statements written once: right rows, nobody else's, the moment of each asking; a connection that went away."""

import os
import pickle
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from citydesk.kernel.lists import Statements, filled, moment
from citydesk.kernel.lists.kept import Moment
from citydesk.kernel.metrics import tallied
from citydesk.kernel.models import ReadEntry
from citydesk.kernel.prepared import Prepared
from citydesk.kernel.statements import Later, run, run_numbered
from citydesk.kernel.tests.journeys import journeys

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
ANY = "test.thing"


def test_a_moment_is_the_time_and_what_is_worked_out_from_it_is_a_plain_time():
    asked = moment(NOW)
    assert asked == NOW
    assert hash(asked) == hash(NOW)
    worked_out = [
        asked.plain(),
        asked.astimezone(ZoneInfo("America/New_York")),
        asked.replace(hour=0),
        asked + timedelta(hours=1),
        asked - timedelta(hours=1),
    ]
    assert [type(one) for one in worked_out] == [datetime] * 5
    assert worked_out[3] == NOW + timedelta(hours=1)
    assert asked - (NOW - timedelta(hours=2)) == timedelta(hours=2)
    assert pickle.loads(pickle.dumps(asked)) == NOW


def test_only_moments_are_filled_anew():
    later = NOW + timedelta(days=1)
    assert filled([moment(NOW), NOW, 1], later) == [later, NOW, 1]
    assert filled({"now": moment(NOW), "since": NOW}, later) == {"now": later, "since": NOW}


def read_at(at: datetime, who: str = "Dana") -> ReadEntry:
    return ReadEntry.objects.create(
        at=at, actor_kind="staff", actor_id=1, actor_label=who, object_type=ANY, object_id=1, purpose="page"
    )


@pytest.mark.django_db
def test_rows_of_a_kept_statement_are_those_of_the_moment():
    kept = Statements()
    written = []
    for hours in (0, 1):
        read_at(NOW + timedelta(hours=hours), f"reader {hours}")

    def make(now: datetime):
        written.append(now)
        rows = ReadEntry.objects.filter(object_type=ANY, at__lte=moment(now)).order_by("at")
        return rows.values("actor_label", "at")

    def ask(now: datetime):
        return kept.rows("key", lambda: make(now), now)

    assert ask(NOW) == [{"actor_label": "reader 0", "at": NOW}]
    assert [one["actor_label"] for one in ask(NOW + timedelta(hours=2))] == ["reader 0", "reader 1"]
    assert written == [NOW]


@pytest.mark.django_db
def test_each_key_has_a_statement_of_its_own():
    kept = Statements()
    read_at(NOW, "Dana")
    read_at(NOW, "Ben")

    def of(who: str):
        return kept.rows(who, lambda: ReadEntry.objects.filter(actor_label=who).values("actor_label"))

    assert [of("Dana"), of("Ben"), of("Dana")] == [[{"actor_label": "Dana"}], [{"actor_label": "Ben"}]] * 1 + [
        [{"actor_label": "Dana"}]
    ]


@pytest.mark.django_db
def test_what_cannot_be_kept_is_not():
    kept = Statements()
    assert kept.rows("none", lambda: None) is None
    assert kept.rows("empty", lambda: ReadEntry.objects.filter(pk__in=[]).values("pk")) is None
    assert not kept


def test_statements_are_bounded(monkeypatch):
    monkeypatch.setattr("citydesk.kernel.lists.kept._MOST_KEPT", 3)
    kept = Statements()
    for at in range(10):
        assert kept.keep(at, lambda at=at: at + 1) == at + 1
        assert len(kept) <= 3


@pytest.mark.django_db
def test_run_reads_as_the_models_do():
    entry = read_at(NOW)
    [(at, label)] = run("SELECT at, actor_label FROM kernel_readentry WHERE id = %s", [entry.pk])
    found = ReadEntry.objects.annotate(again=F("at")).get(pk=entry.pk)
    assert (at, at.tzinfo, label) == (found.at, found.at.tzinfo, "Dana")
    assert run("SELECT 1 WHERE false") == []
    assert run("SELECT actor_label FROM kernel_readentry WHERE id = %(id)s", {"id": entry.pk}) == [("Dana",)]
    assert run("SET LOCAL work_mem = '4MB'") == []  # a statement without rows
    assert run_numbered("SELECT $1::int, '%s'", [7]) == [(7, "%s")]


def often(sql, values, times=8):
    """What a statement answers each time; the later ones go straight to libpq."""
    return [run(sql, values) for _ in range(times)]


@pytest.mark.django_db
def test_a_statement_said_often_reads_as_the_first_time():
    entry = read_at(NOW)
    given = [entry.pk, "Dana", NOW, None, [1, 2], 2.5, True, b"\x00a", Decimal("1.50"), UUID(int=7)]
    sql = """SELECT id, %s::bigint, %s::text, %s::timestamptz, %s::int, %s::int[], %s::float, %s::bool, %s::bytea,
        %s::numeric, %s::uuid, '100 %%' FROM kernel_readentry WHERE at = %s"""
    found = often(sql, [*given, NOW])
    assert found == [[(entry.pk, *given, "100 %")]] * 8
    assert {type(one) for one in found[0][0]} == {type(one) for one in found[-1][0]}
    named = "SELECT %(who)s::text || %(who)s::text, %(one)s::int"
    assert often(named, {"one": 1, "who": "a"}) == [[("aa", 1)]] * 8
    assert often("UPDATE kernel_throttlebucket SET tokens = %s WHERE key = %s", [1.5, "x"]) == [[]] * 8
    assert {len(run("SELECT at FROM kernel_readentry WHERE actor_label = %s", [who])) for who in ("Dana", "Ben")} == {
        0,
        1,
    }


@pytest.mark.django_db(transaction=True)
def test_a_statement_said_often_belongs_to_its_transaction():
    def write(who: str):
        insert = "INSERT INTO kernel_throttlebucket (key, tokens, was_allowed, touched_at) VALUES (%s, 1, true, %s)"
        for at in range(8):
            run(insert, [f"{who} {at}", NOW])

    write("kept")
    with suppress(ZeroDivisionError), transaction.atomic():
        write("rolled back")
        raise ZeroDivisionError
    with pytest.raises(IntegrityError), transaction.atomic():
        often("UPDATE kernel_throttlebucket SET tokens = %s", [None])
    with transaction.atomic():
        with suppress(DataError), transaction.atomic():
            [run("SELECT 1 / %s::int", [at]) for at in (1, 1, 1, 1, 1, 1, 0)]
        write("kept as well")
    found = run(
        "SELECT count(*) FILTER (WHERE key LIKE 'kept%%'), count(*) FROM kernel_throttlebucket WHERE touched_at = %s",
        [NOW],
    )
    assert found == [(16, 16)]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_forgets_no_statement():
    with CaptureQueriesContext(connection):  # by psycopg's cursor, which would prepare it after five
        often("SELECT %s::int + 1", [1])
    often("SELECT %s::int + 2", [1])
    with suppress(ZeroDivisionError), transaction.atomic():
        run("SELECT 1", ())
        raise ZeroDivisionError
    assert run("SELECT %s::int + 2", [1]) == [(3,)]


@pytest.mark.django_db(transaction=True)
def test_statements_the_server_was_told_to_forget_are_prepared_again():
    often("SELECT %s::int + 3", [1])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError):
        run("SELECT %s::int + 3", [1])
    assert run("SELECT %s::int + 3", [1]) == [(4,)]


@pytest.mark.django_db
def test_a_statement_said_often_is_counted_each_time():
    with tallied() as tally:
        often("SELECT %s::int", [1])
    assert tally.statements == 8
    with CaptureQueriesContext(connection) as logged:
        often("SELECT %s::int", [1])
    assert len(logged) == 8
    with pytest.raises(psycopg.ProgrammingError):
        prepared = Prepared(connection.connection)
        prepared.run(psycopg.Cursor, "SELECT %s::int", [1, 2])


@pytest.mark.owner
@pytest.mark.django_db(transaction=True)
def test_a_connection_the_server_closed_is_opened_again():
    [(pid,)] = often("SELECT pg_backend_pid()", ())[-1]
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    # As Django does when a request begins.
    connection.health_check_enabled, connection.health_check_done = True, False
    assert run("SELECT pg_backend_pid()") != [(pid,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_stands_is_not_asked():
    run("SELECT 1")
    connection.health_check_enabled, connection.health_check_done = True, False
    asked = []

    def note(execute, sql, values, many, context):
        asked.append(sql)
        return execute(sql, values, many, context)

    usable = connection.is_usable
    connection.is_usable = lambda: asked.append("SELECT 1") or usable()
    try:
        with connection.execute_wrapper(note):
            run("SELECT 2")
    finally:
        del connection.is_usable
    assert asked == ["SELECT 2"]


def test_a_moment_is_told_by_its_type_alone():
    assert type(moment(NOW)) is Moment
    assert type(Moment.combine(NOW.date(), NOW.timetz()).plain()) is datetime


@pytest.mark.django_db(transaction=True)
def test_a_line_that_breaks_in_the_middle_is_told_as_a_database_that_is_away():
    often("SELECT 41 + %s::int", [1])
    number = os.dup(connection.connection.fileno())
    with socket.socket(fileno=number) as line:
        line.shutdown(socket.SHUT_RDWR)
    with pytest.raises((OperationalError, InterfaceError)):
        run("SELECT 41 + %s::int", [1])
    connection.close()


NAMED = "SELECT actor_label FROM kernel_readentry WHERE id = %(id)s"


@pytest.mark.django_db
def test_what_nobody_waits_for_yet_goes_with_what_is_waited_for():
    entry = read_at(NOW)
    often("SELECT %s::int + 4", [1]), often("SELECT %s::int + 5", [1]), often(NAMED, {"id": entry.pk})

    def act():
        first, second = Later("SELECT %s::int + 4", [1]), Later(NAMED, {"id": entry.pk})
        return run("SELECT %s::int + 5", [1]), second.rows(), first.rows(), first.rows()

    with tallied() as tally:
        asked, found = journeys(act)
    assert (asked, found) == (1, ([(6,)], [("Dana",)], [(5,)], [(5,)]))
    assert tally.statements == 3
    with CaptureQueriesContext(connection) as logged:
        assert act() == found
    assert len(logged) == 3


@pytest.mark.django_db
def test_what_was_not_said_often_goes_by_itself():
    later = Later("SELECT %s::int + 6", [1])
    assert run("SELECT %s::int + 7", [1]) == [(8,)]
    assert later.rows() == [(7,)]
    alone = Later("SELECT %s::int + 8", [1])
    assert alone.rows() == [(9,)]


@pytest.mark.django_db
def test_what_nobody_holds_any_more_never_runs():
    often("SELECT %s::int + 4", [1]), often("SELECT %s::int + 5", [1])
    Later("SELECT %s::int + 4", [1])
    with tallied() as tally:
        run("SELECT %s::int + 5", [1])
    assert tally.statements == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_among_several_is_told_and_the_connection_stands():
    often("SELECT 1 / %s::int", [1]), often("SELECT %s::int + 5", [1])
    for wrong, right in ((0, 1), (1, 1)):
        later = Later("SELECT 1 / %s::int", [wrong])
        if wrong:
            assert run("SELECT %s::int + 5", [right]) == [(6,)] and later.rows() == [(1,)]
        else:
            with pytest.raises(DataError):
                run("SELECT %s::int + 5", [right])
    with transaction.atomic():
        with suppress(DataError), transaction.atomic():
            held = Later("SELECT 1 / %s::int", [0])
            run("SELECT %s::int + 5", [1])
            assert held
        assert run("SELECT %s::int + 5", [2]) == [(7,)]


@pytest.mark.django_db(transaction=True)
def test_several_begin_the_transaction_they_belong_to():
    insert = "INSERT INTO kernel_throttlebucket (key, tokens, was_allowed, touched_at) VALUES (%s, 1, true, %s)"
    for at in range(8):
        run(insert, [f"before {at}", NOW])
    often("SELECT %s::int + 5", [1])
    with suppress(ZeroDivisionError), transaction.atomic():
        held = Later("SELECT %s::int + 5", [1])
        run(insert, ["rolled back", NOW])
        assert held.rows() == [(6,)]
        raise ZeroDivisionError
    assert run("SELECT count(*) FROM kernel_throttlebucket WHERE touched_at = %s", [NOW]) == [(8,)]


@pytest.mark.django_db(transaction=True)
def test_several_that_wait_for_the_server_let_other_threads_work():
    often("SELECT pg_sleep(%s::float)", [0]), often("SELECT %s::int + 5", [1])
    counted = []
    stop = threading.Event()

    def work():
        while not stop.wait(0.01):
            counted.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    held = Later("SELECT pg_sleep(%s::float)", [0.5])
    run("SELECT %s::int + 5", [1])
    stop.set()
    thread.join()
    assert held and len(counted) > 10


@pytest.mark.django_db(transaction=True)
def test_a_line_that_breaks_under_several_is_told_as_a_database_that_is_away():
    often("SELECT 42 + %s::int", [1]), often("SELECT 43 + %s::int", [1])
    number = os.dup(connection.connection.fileno())
    with socket.socket(fileno=number) as line:
        line.shutdown(socket.SHUT_RDWR)
    held = Later("SELECT 42 + %s::int", [1])
    with pytest.raises((OperationalError, InterfaceError)):
        run("SELECT 43 + %s::int", [1])
    assert held
    connection.close()
