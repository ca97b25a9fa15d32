"""What happened cannot be quietly rewritten."""

import random
import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from citydesk.kernel.live.server import database_of_settings
from citydesk.kernel.models import AuditEntry, AuditSeal
from citydesk.kernel.sealer import seal_entries, seal_lag, verify_audit

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def entry(number: int = 1, **more) -> AuditEntry:
    return AuditEntry.objects.create(
        **{
            "at": NOW,
            "code": "x",
            "actor_kind": "system",
            "object_type": "t",
            "object_id": number,
            "after": {"b": 1, "a": "\u00e9"},
        }
        | more
    )


def tamper(sql: str, *values) -> None:
    """As somebody with the database's own rights would: around the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


def test_entries_are_sealed_in_order_and_hold():
    first = [entry(n) for n in range(5)]
    assert seal_lag(now=NOW.replace(hour=16)) == 3600
    assert seal_entries(now=NOW) == 5
    assert seal_entries(now=NOW) == 0
    entry(6)
    assert seal_entries(now=NOW) == 1
    found = verify_audit()
    assert (found.sealed, found.bad_id) == (6, None)
    assert found.head_id == first[0].pk + 5
    assert seal_lag(now=NOW) == 0


def test_the_sealer_does_not_pass_an_entry_that_is_on_its_way():
    entry()
    other = {**database_of_settings(), "dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**other) as slow:
        slow.execute(
            "INSERT INTO kernel_auditentry (at, code, actor_kind, actor_label, object_type, object_id, object_label,"
            " reason, is_public, request_id) VALUES (now(), 'slow', 'system', '', 't', 1, '', '', false, '')"
        )
        later = entry(9)
        assert seal_entries(now=NOW, wait_seconds=0.2) == 0
        slow.commit()
    assert seal_entries(now=NOW) == 3
    assert AuditSeal.objects.order_by("-entry_id").first().entry_id == later.pk
    assert verify_audit().bad_id is None


def test_many_writers_leave_no_entry_without_a_seal():
    def write(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(20):
            with transaction.atomic():
                entry(seed)
                if rng.random() < 0.2:
                    transaction.set_rollback(True)
        connection.close()

    writers = [threading.Thread(target=write, args=[seed]) for seed in range(4)]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers):
        seal_entries(now=NOW)
    seal_entries(now=NOW)
    assert AuditSeal.objects.count() == AuditEntry.objects.count()
    assert verify_audit().bad_id is None


@pytest.mark.owner
def test_any_change_is_found_and_named():
    rows = [entry(n, reason=f"because {n}") for n in range(30)]
    seal_entries(now=NOW)
    whole = verify_audit()
    rng = random.Random(311)
    for _ in range(40):
        victim = rng.choice(rows[:-1])
        column, value = rng.choice(
            [("reason", "other"), ("actor_id", 5), ("code", "y"), ("object_id", 77), ("at", NOW.replace(minute=1))]
        )
        before = getattr(AuditEntry.objects.get(pk=victim.pk), column)
        tamper(f"UPDATE kernel_auditentry SET {column} = %s WHERE id = %s", value, victim.pk)
        assert verify_audit().bad_id == victim.pk, (column, victim.pk)
        tamper(f"UPDATE kernel_auditentry SET {column} = %s WHERE id = %s", before, victim.pk)
    assert verify_audit() == whole

    # taken out with its seal: the entry after it no longer fits
    tamper("DELETE FROM kernel_auditseal WHERE entry_id = %s", rows[10].pk)
    assert verify_audit().bad_id == rows[10].pk
    tamper("DELETE FROM kernel_auditentry WHERE id = %s", rows[10].pk)
    assert verify_audit().bad_id == rows[11].pk
    with pytest.raises(CommandError, match=f"Entry {rows[11].pk}"):
        call_command("verify_audit")


@pytest.mark.owner
def test_a_chain_cut_off_at_its_end_is_found_by_the_head_written_down(capsys):
    rows = [entry(n) for n in range(5)]
    seal_entries(now=NOW)
    call_command("verify_audit")
    head = capsys.readouterr().out.split("Head: ")[1].strip()
    call_command("verify_audit", f"--head={head}")
    tamper("DELETE FROM kernel_auditseal WHERE entry_id = %s", rows[-1].pk)
    tamper("DELETE FROM kernel_auditentry WHERE id = %s", rows[-1].pk)
    assert verify_audit().bad_id is None
    with pytest.raises(CommandError, match="head written down"):
        call_command("verify_audit", f"--head={head}")
