"""Each thing that `citydesk doctor` looks at is made red once, and says in words what to do."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from citydesk.kernel import health
from config.cli import doctor
from config.doctor import inside, outside
from config.doctor.finding import BAD, OK, WARN, span

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def production(settings, tmp_path):
    settings.PRODUCTION, settings.SECURE = True, True
    settings.VAR_DIR, settings.SITE_URL = tmp_path, "https://desk.example.gov"
    return settings


def note(place, name, **facts):
    (place / "operation").mkdir(exist_ok=True)
    (place / f"operation/{name}.json").write_text(json.dumps({"at": NOW.isoformat(), **facts}))


def test_nobody_who_may_manage_people(db):
    from citydesk.city.staff.tests.factories import make_user

    assert inside.people().state == BAD
    make_user("ada", roles=["administrator"])
    assert inside.people().state == WARN
    make_user("bo", roles=["administrator"])
    assert inside.people().state == OK


@pytest.mark.parametrize(
    ("told", "state", "words"),
    [
        (("citydesk", True, True), BAD, "may do everything on the database server"),
        (("citydesk", False, True), WARN, "may make roles"),
        (("citydesk", False, False), OK, "its own database alone"),
    ],
)
def test_a_role_that_may_do_more_than_it_needs(production, monkeypatch, told, state, words):
    monkeypatch.setattr(inside, "ask", lambda _sql: [told])
    found = inside.rights()
    assert found.state == state and words in found.words


@pytest.mark.parametrize(
    ("told", "mode", "state", "words"),
    [
        (("", False), "", OK, "stays on this host"),
        (("127.0.0.1", False), "", OK, "stays on this host"),
        (("10.1.2.3", False), "", WARN, "in the clear"),
        (("93.184.216.34", False), "", BAD, "in the clear"),
        (("10.1.2.3", True), "require", WARN, "anybody could answer"),
        (("10.1.2.3", True), "verify-full", OK, "its name is checked"),
    ],
)
def test_a_line_to_the_database_that_others_hear(monkeypatch, told, mode, state, words):
    from django.db import connection

    monkeypatch.setattr(inside, "ask", lambda _sql: [told])
    options = {**connection.settings_dict.get("OPTIONS", {}), "sslmode": mode}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    found = inside.line()
    assert found.state == state and words in found.words


def test_what_the_database_says_of_role_and_line_can_be_read(db):
    assert inside.rights().words and inside.line().words


def test_a_confidential_code_that_every_clerk_reads():
    from citydesk.city.staff.tests.factories import make_team, make_user
    from citydesk.contact.service_requests.models import ServiceCode

    desk, board = make_team("floor"), make_team("board")
    code = ServiceCode.objects.create(
        code="rudeness", name="Rudeness", is_confidential=True, team_id=desk.pk, projected_at=NOW
    )
    make_user("ada", roles=["representative"], teams=[desk, board])
    assert inside.confidences().state == OK  # one alone is not everybody
    make_user("bo", roles=["representative"], teams=[desk])
    assert inside.confidences().state == BAD and "rudeness (team floor)" in inside.confidences().words
    code.team_id = board.pk
    code.save()
    assert inside.confidences().state == OK


def test_a_worker_that_is_not_there_and_a_job_that_waits():
    from django.db import connection

    assert inside.worker().state == BAD and "citydesk work" in inside.worker().words
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        assert inside.jobs().state == OK
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'a.b', '{}')")
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes'")
    assert inside.jobs().state == BAD and "20 min" in inside.jobs().words


def test_entries_that_wait_for_their_seal(monkeypatch):
    monkeypatch.setattr("citydesk.kernel.sealer.seal_lag", lambda now: 1200.0)
    assert inside.seal().state == BAD and "20 min" in inside.seal().words
    monkeypatch.setattr("citydesk.kernel.sealer.seal_lag", lambda now: 5.0)
    assert inside.seal().state == OK


def test_a_clock_that_is_wrong(monkeypatch):
    assert inside.clock().state == OK
    monkeypatch.setattr(inside, "ask", lambda sql, given=None: [(datetime.now(UTC) + timedelta(minutes=5),)])
    assert inside.clock().state == BAD


def test_an_archive_that_fails(monkeypatch):
    said = {}
    monkeypatch.setattr(inside, "ask", lambda sql, given=None: said["mode" if "archive_mode" in sql else "archiver"])
    said |= {"mode": [("off",)]}
    assert inside.archive().state == WARN
    said |= {"mode": [("on",)], "archiver": [(True, 4000, "00000001000000000000000A")]}
    assert inside.archive().state == BAD and "0000000A" in inside.archive().words
    said |= {"archiver": [(False, 50, None)]}
    assert inside.archive().state == OK


def test_a_city_that_is_not_loaded_and_migrations_that_wait(monkeypatch):
    assert inside.profile().state == BAD
    waiting = [(SimpleNamespace(contract=False), False)]
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_given: waiting)
    assert inside.migrations().state == BAD
    waiting[0][0].contract = True  # only what takes away is left: the program runs without it
    assert inside.migrations().state == WARN and "--finish" in inside.migrations().words
    monkeypatch.setattr(health, "_is_migrated", False)
    assert health.readiness().level == OK


def test_a_disk_that_fills(monkeypatch):
    for share, state in ((0.5, OK), (0.15, WARN), (0.09, BAD)):
        monkeypatch.setattr(health, "free_share", lambda folder, share=share: share)
        assert outside.disk().state == state
        level, states = health.deep(NOW)
        assert states["kernel.disk"].level == state
    assert level == BAD


def test_backups_that_were_not_made_or_not_proved(production, tmp_path):
    assert outside.backup().state == BAD and outside.drill().state == WARN
    note(tmp_path, "backup", folder=str(tmp_path))
    note(tmp_path, "drill", faults=[])
    assert outside.backup().state == OK and outside.drill().state == OK
    note(tmp_path, "backup", folder=str(tmp_path / "gone"))
    note(tmp_path, "drill", faults=["missing: marker"])
    assert outside.backup().state == BAD and "missing: marker" in outside.drill().words
    old = (NOW - timedelta(days=40)).isoformat()
    note(tmp_path, "backup", folder=str(tmp_path), at=old)
    note(tmp_path, "drill", faults=[], at=old)
    assert outside.backup().state == BAD and "40 d" in outside.backup().words and outside.drill().state == WARN


def test_backups_that_strangers_could_read_or_that_stay_too_long(production, tmp_path, monkeypatch):
    wal = tmp_path / "wal"
    wal.mkdir()
    monkeypatch.setenv("CITYDESK_BACKUPS", str(tmp_path))
    monkeypatch.delenv("CITYDESK_BACKUP_RECIPIENTS", raising=False)
    assert outside.sealing().state == WARN and "NOT encrypted" in outside.sealing().words
    monkeypatch.setenv("CITYDESK_BACKUP_RECIPIENTS", "age1one age1two")
    note(tmp_path, "backup", folder=str(tmp_path), sealed=False)
    assert outside.sealing().state == WARN and health._backup(NOW).level == "warn"
    note(tmp_path, "backup", folder=str(tmp_path), sealed=True)
    assert outside.sealing().state == OK and health._backup(NOW).level == "ok"
    assert health._backup(NOW + timedelta(hours=27)).level == "bad"
    (wal / "000000010000000000000001").touch()
    assert outside.sealing().state == BAD and "000000010000000000000001" in outside.sealing().words
    assert outside.kept().state == OK
    (tmp_path / (NOW - timedelta(days=91)).strftime("%Y%m%dT%H%M%SZ")).mkdir()
    assert outside.kept().state == WARN and "90 days" in outside.kept().words
    note(tmp_path, "drill", faults=["missing: marker"])
    assert health._drill(NOW).level == "bad"


def test_mail_that_reaches_nobody(production):
    production.EMAIL_THROUGH = "django.core.mail.backends.console.EmailBackend"
    assert outside.mail().state == BAD
    production.EMAIL_THROUGH = "django.core.mail.backends.smtp.EmailBackend"
    production.DEFAULT_FROM_EMAIL = "Citydesk <desk@localhost>"
    assert "localhost" in outside.mail().words
    production.DEFAULT_FROM_EMAIL = "City Desk <desk@example.gov>"
    production.EMAIL_HOST, production.EMAIL_PORT = "127.0.0.1", 1
    assert outside.mail().state == BAD and "cannot be reached" in outside.mail().words


def test_a_certificate_that_ends_or_is_not_believed(production, monkeypatch):
    for days, state in ((60, OK), (5, BAD)):
        monkeypatch.setattr(outside, "days_of_certificate", lambda host, port, days=days: days)
        assert outside.tls().state == state

    def refuses(host, port):
        raise ssl.SSLCertVerificationError(1, "self-signed certificate")

    monkeypatch.setattr(outside, "days_of_certificate", refuses)
    assert "browsers refuse" in outside.tls().words
    production.SITE_URL = "http://desk.example.gov"
    assert outside.tls().state == BAD


def test_time_keys_and_a_check_that_breaks(production, monkeypatch):
    for said, state in (("yes\n", OK), ("no\n", BAD), ("", WARN)):
        monkeypatch.setattr(outside.shutil, "which", lambda name: "/usr/bin/timedatectl")
        monkeypatch.setattr(outside.subprocess, "run", lambda *_g, said=said, **_m: SimpleNamespace(stdout=said))
        assert outside.time_service().state == state
    production.SECRET_KEY = "development-only-x"
    assert outside.secrets().state == BAD
    production.SECURE = False
    assert "plain HTTP" in outside.secrets().words

    def broken():
        raise OSError("no such device")

    assert doctor.tried(broken).state == BAD
    assert [span(seconds) for seconds in (59, 130, 7300, 200000)] == ["59 s", "2 min", "2 h", "2 d"]
