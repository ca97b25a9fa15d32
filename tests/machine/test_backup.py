"""A backup restored elsewhere holds the same rows and the same files; a damaged one is refused."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest

from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from config.backups import readers
from tests.fixtures.database import url_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(settings, tmp_path):
    """A database with rows and a storage with two files."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from citydesk.kernel.models import AuditEntry

    settings.MEDIA_ROOT = tmp_path / "files"
    rows = [{"object_id": number, "object_label": f"row {number}", "after": "ñ'\\\n"} for number in range(50)]
    same = {"at": utc_now(), "code": "test.made", "actor_kind": "system", "actor_label": "test", "object_type": "test"}
    AuditEntry.objects.bulk_create(AuditEntry(**same, **row) for row in rows)
    for name, content in (("ab/one.bin", b"\x00\xff one"), ("two.txt", "dós".encode())):
        default_storage.save(name, ContentFile(content))


@pytest.fixture
def empty_url():
    """Another, empty database on the same server."""
    from django.db import connection

    own = connection.settings_dict
    name = f"{own['NAME']}_restored"
    with psycopg.connect(url_of(own), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        secret = f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else ""
        yield f"postgresql://{own['USER']}{secret}@{own['HOST']}:{own['PORT'] or 5432}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore(folder, url, var, *more):
    environment = {**os.environ, "DATABASE_URL": url, "CITYDESK_VAR": str(var), "PYTHONPATH": "src:."}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    command = [sys.executable, "-m", "config.cli", "restore", str(folder), *map(str, more), "--json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def hashes_at(url):
    """The same count and hash, computed on the other database by the test itself."""
    from config.cli.backup import ROW_HASH

    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        rows = {name: connection.execute(ROW_HASH.format(table=name)).fetchone() for (name,) in names}
    return {name: {"rows": count, "hash": mark} for name, (count, mark) in rows.items()}


def test_a_backup_restores_to_the_same_rows_and_files(filled, empty_url, tmp_path):
    from config.cli.backup import back_up, table_hashes

    manifest = back_up(tmp_path / "backup", Console())
    assert manifest["tables"]["kernel_auditentry"]["rows"] == 50
    assert len(manifest["stored_files"]) == 2
    assert "SECRET_KEY" not in (tmp_path / "backup/manifest.json").read_text()

    done = restore(tmp_path / "backup", empty_url, tmp_path / "var")
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["faults"] == []
    assert hashes_at(empty_url) == manifest["tables"] == table_hashes()
    assert (tmp_path / "var/files/ab/one.bin").read_bytes() == b"\x00\xff one"

    again = restore(tmp_path / "backup", empty_url, tmp_path / "var")
    assert again.returncode == 3 and "not empty" in again.stderr

    with psycopg.connect(empty_url) as connection:
        connection.execute("UPDATE kernel_idempotentact SET key = key")
        connection.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL")
        connection.execute("UPDATE kernel_auditentry SET actor_label = 'x' WHERE object_id = 3")
    assert hashes_at(empty_url) != manifest["tables"]


def test_a_damaged_backup_is_refused(filled, empty_url, tmp_path):
    from config.cli.backup import back_up

    back_up(tmp_path / "backup", Console())
    (tmp_path / "backup/files/two.txt").write_bytes(b"changed")
    done = restore(tmp_path / "backup", empty_url, tmp_path / "var")
    assert done.returncode == 3 and "files/two.txt" in done.stderr
    assert hashes_at(empty_url) == {}
    (tmp_path / "backup/manifest.json").unlink()
    with pytest.raises(Invalid, match="no backup"):
        readers.checked_manifest(tmp_path / "backup")
