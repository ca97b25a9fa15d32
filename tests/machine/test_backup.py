"""A backup restored elsewhere holds the same rows and the same files; a damaged one is refused."""

import json

import psycopg
import pytest

from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from config.backups import readers
from tests.fixtures.backups import hashes_at, restore

pytestmark = pytest.mark.django_db(transaction=True)


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
