"""A database restored to a minute: what was before it is there, what came after is not; a gap in the log is refused."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.backups import keys, pieces
from tests.drills.installation import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]
ARCHIVE = "ALTER SYSTEM SET archive_command = 'test ! -f {0}/%f && cp %p {0}/%f.part && mv {0}/%f.part {0}/%f'"


@pytest.fixture
def archived(installation):
    """The drill's own server keeps its log from here on, as an installed one does."""
    place = installation.place / "backups"
    (place / "wal").mkdir(parents=True)
    place.chmod(0o755)
    (place / "wal").chmod(0o777)
    installation.sql("ALTER SYSTEM SET archive_mode = on")
    installation.sql(ARCHIVE.format(place / "wal"))
    installation.server.stop()
    installation.server.ensure()
    yield place
    installation.sql("ALTER SYSTEM RESET ALL")
    installation.server.stop()
    installation.server.ensure()
    shutil.rmtree(place)


def sealed(installation, archived):
    """A key pair, and a server whose log goes where `seal` takes it from: identity file, public key."""
    drop = archived / "drop"
    drop.mkdir()
    drop.chmod(0o777)
    key = installation.place / "identity"
    public = keys.make(key)
    installation.sql(ARCHIVE.format(drop))
    installation.sql("SELECT pg_reload_conf()")
    return key, public


def seal(archived, public):
    """Keep each piece as an installed server does; here its user may not reach this Python, so the test runs it."""
    for piece in sorted(one for one in (archived / "drop").iterdir() if one.suffix != ".part"):
        words = [sys.executable, "-I", pieces.__file__, piece, archived / "wal", piece.name, public]
        subprocess.run(list(map(str, words)), check=True)
        piece.unlink()


def citydesk(installation, *words, **more):
    environment = {**installation.environment, "CITYDESK_BACKUPS": str(installation.place / "backups"), **more}
    command = [sys.executable, "-m", "config.cli", *map(str, words), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done, json.loads(done.stdout) if done.stdout.strip() else {}


def test_a_database_comes_back_as_it_was_at_a_minute(installation, archived, report):
    began = time.monotonic()
    done, told = citydesk(installation, "drill", "--scratch", installation.place)
    assert done.returncode == 0, done.stderr[-3000:]
    assert told["faults"] == [] and told["sealed"] >= 1 and told["rows"] > 100
    note = json.loads((installation.place / "var/operation/drill.json").read_text())
    assert note["faults"] == [] and note["to"] == told["to"]
    drilled = time.monotonic() - began

    # From here on nobody reads a backup or a piece of the log without the identity, which the host does not have.
    key, public = sealed(installation, archived)
    done, made = citydesk(installation, "backup", "--base", "--into", archived, CITYDESK_BACKUP_RECIPIENTS=public)
    assert done.returncode == 0 and made["sealed"], done.stderr[-3000:]
    clear = {"manifest.json", "contents.json.age", "database.dump.age", "base.tar.age", "files.tar.age"}
    assert {one.name for one in Path(made["folder"]).iterdir()} == clear
    installation.sql("CREATE TABLE marks (name text)")
    installation.sql("INSERT INTO marks VALUES ('before')")
    time.sleep(1.1)
    to = installation.sql("SELECT now()")[0][0].isoformat()
    time.sleep(1.1)
    installation.sql("INSERT INTO marks VALUES ('after')")
    installation.sql("DELETE FROM marks WHERE name = 'before'")  # the mistake that the restore is for
    last = installation.sql("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    restored = installation.place / "restored"
    wait_for((archived / "drop" / last).exists)
    seal(archived, public)

    words = ("restore", made["folder"], "--data", restored, "--wal", archived / "wal")
    assert citydesk(installation, *words, "--to", "yesterday")[0].returncode == 3
    assert "no zone" in citydesk(installation, *words, "--to", to[:19])[0].stderr
    assert "older than" in citydesk(installation, *words, "--to", "2020-01-01T00:00:00Z")[0].stderr
    assert "--identity" in citydesk(installation, *words, "--to", to)[0].stderr
    assert not restored.exists()
    words += ("--identity", key)
    done, told = citydesk(installation, *words, "--to", to, "--leave-running")
    try:
        assert done.returncode == 0 and told["faults"] == [], done.stderr[-3000:]
        import psycopg

        with psycopg.connect(told["url"]) as line:
            assert line.execute("SELECT name FROM marks").fetchall() == [("before",)]
            line.execute("INSERT INTO marks VALUES ('it is written to')")
    finally:
        stop(restored)
    report(rows=told["rows"], sealed=told["sealed"], drill=f"{drilled:.1f}s")

    # A piece of the log that is missing: no later moment is promised.
    pieces.find(archived / "wal", last).unlink()
    far = installation.sql("SELECT now() + interval '1 minute'")[0][0].isoformat()
    words = ("restore", made["folder"], "--data", installation.place / "far", "--to", far, "--identity", key)
    done, told = citydesk(installation, *words)
    assert done.returncode == 4 and "does not lead to that moment" in done.stderr
    installation.sql("DROP TABLE marks")
    for place in (restored, installation.place / "far"):
        shutil.rmtree(place)


def stop(folder):
    """End the restored server, by its own number."""
    import signal

    pid_file = folder / "data/postmaster.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + 30
        while pid_file.exists() and time.monotonic() < until:
            time.sleep(0.05)


def wait_for(holds):
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
