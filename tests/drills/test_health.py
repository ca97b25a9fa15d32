"""Every check of /healthz/deep is provoked once: red as said, 503 with the monitor's token, and well again after.

A check that nobody can turn red proves nothing when it is green, so a new one without a provocation fails here.
"""

from datetime import timedelta

import pytest
from django.db import connection

from citydesk.kernel import health
from citydesk.kernel.clock import utc_now
from citydesk.kernel.registries import HealthCheck, registries
from tests.fixtures.database import APP

pytestmark = [pytest.mark.drill, pytest.mark.django_db]
TOKEN = {"HTTP_AUTHORIZATION": "Bearer development"}


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def a_job_waits(_monkeypatch):
    from citydesk.kernel.outbox import defer

    defer("nobody.takes_this")
    run("UPDATE procrastinate_events SET at = %s", utc_now() - timedelta(minutes=6))
    yield
    run("DELETE FROM procrastinate_jobs")


def no_worker(_monkeypatch):
    run("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 minutes'")
    yield
    run("UPDATE procrastinate_workers SET last_heartbeat = now()")


def a_full_disk(monkeypatch):
    with monkeypatch.context() as patched:
        used = type("Usage", (), {"free": 9, "total": 100})
        patched.setattr(health.shutil, "disk_usage", lambda _path: used)
        yield


def an_unsealed_entry(_monkeypatch):
    from citydesk.kernel.models import AuditEntry
    from citydesk.kernel.sealer import seal_entries

    at = utc_now() - timedelta(minutes=11)
    AuditEntry.objects.create(at=at, code="drill", actor_kind="system", object_type="drill", object_id=1)
    yield
    seal_entries(now=utc_now(), wait_seconds=60)


def facts_that_nobody_counts(_monkeypatch):
    from citydesk.management.statistics.models import FactRefresh

    row = FactRefresh.objects.create(code="drill", as_of=utc_now() - timedelta(minutes=11), counted=0, took_ms=0)
    yield
    row.delete()


def a_report_nobody_takes_in(_monkeypatch):
    from citydesk.contact.interactions.models import RawIntake

    at = utc_now() - timedelta(minutes=6)
    row = RawIntake.objects.create(source="open311", received_at=at, body=b"drill", digest=bytes(32))
    yield
    RawIntake.objects.filter(pk=row.pk).update(state="rejected")


def a_backup_of_last_week(monkeypatch):
    yield from noted(monkeypatch, "backup", at=(utc_now() - timedelta(days=7)).isoformat(), sealed=True)


def a_drill_that_did_not_hold(monkeypatch):
    yield from noted(monkeypatch, "drill", at=utc_now().isoformat(), faults=["missing: marker"])


def noted(monkeypatch, name, **facts):
    """As if one of the operator's commands had left this note."""
    with monkeypatch.context() as patched:
        patched.setattr(health, "_noted", lambda asked: facts if asked == name else {})
        yield


def a_right_too_many(monkeypatch):
    """As if somebody had granted by hand."""
    run(f"SET ROLE NONE; GRANT UPDATE ON kernel_auditentry TO {APP}; SET ROLE {APP}")
    yield
    run(f"SET ROLE NONE; REVOKE UPDATE ON kernel_auditentry FROM {APP}; SET ROLE {APP}")


# Check to what turns it red.
PROVOKED = {
    "kernel.jobs": a_job_waits,
    "kernel.worker": no_worker,
    "kernel.disk": a_full_disk,
    "kernel.audit_seal": an_unsealed_entry,
    "kernel.backup": a_backup_of_last_week,
    "kernel.drill": a_drill_that_did_not_hold,
    "kernel.roles": a_right_too_many,
    "interactions.raw": a_report_nobody_takes_in,
    "statistics.facts": facts_that_nobody_counts,
}


@pytest.fixture
def well():
    """A house in order: a worker was heard just now."""
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert {code: one.level for code, one in health.deep(utc_now())[1].items() if one.level == health.BAD} == {}


def unprovoked():
    return sorted(set(registries.health_checks) - set(PROVOKED))


def test_every_check_turns_red_alone_and_back(well, client, monkeypatch, report):
    assert not unprovoked(), "these checks are never seen red"
    for code, provoke in PROVOKED.items():
        trouble = provoke(monkeypatch)
        next(trouble)
        said = client.get("/healthz/deep", **TOKEN)
        red = {name for name, one in said.json()["checks"].items() if one["level"] == "bad"}
        assert said.status_code == 503 and red == {code}, (code, red)
        assert said.json()["checks"][code]["words"], code
        assert client.get("/healthz/ready").status_code == 200, "a full queue is no reason to take the desk away"
        next(trouble, None)
        assert health.deep(utc_now())[1][code].level != health.BAD, code
    report(checks=len(PROVOKED), red=len(PROVOKED))


def test_control_a_check_that_is_never_provoked_is_told(monkeypatch):
    monkeypatch.setitem(
        registries.health_checks, "drill.new", HealthCheck("drill.new", "x", lambda now: health.State("ok"))
    )
    assert unprovoked() == ["drill.new"]
