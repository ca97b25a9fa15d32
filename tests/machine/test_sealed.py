"""Backups that the host which makes them cannot read: sealed for public keys, opened with an identity alone."""

import io
import json
import os
import shutil
import tarfile
from datetime import UTC, datetime, timedelta

import pyrage
import pytest

from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from config.backups import base, keys, pieces, readers, sealing
from config.backups.log import Log
from config.launcher.identity import Identity
from tests.fixtures.backups import hashes_at, restore

SEGMENT = "0000000100000000000000{:02X}"


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """A public key that this host seals for; the file that opens."""
    monkeypatch.setenv(keys.SETTING, keys.make(tmp_path / "key"))
    return tmp_path / "key"


@pytest.fixture
def stranger(tmp_path):
    keys.make(tmp_path / "other")
    return tmp_path / "other"


# -- sealing and opening -----------------------------------------------------------------------------------------------


def test_what_is_sealed_opens_with_its_identity_alone(pair, stranger, tmp_path):
    known, facts = keys.public_keys(keys.recipients()), {}
    words = os.urandom(300_000) * 2
    with sealing.sealed(tmp_path / "one.age", known, facts) as out:
        for at in range(0, len(words), 70_001):
            out.write(words[at : at + 70_001])
    assert facts["bytes"] == (tmp_path / "one.age").stat().st_size > len(words)
    sealing.open_file(tmp_path / "one.age", keys.identities(str(pair)), tmp_path / "opened")
    assert (tmp_path / "opened").read_bytes() == words and (tmp_path / "opened").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Invalid, match="another key"):
        sealing.open_file(tmp_path / "one.age", keys.identities(str(stranger)), tmp_path / "two")
    whole = (tmp_path / "one.age").read_bytes()
    for damaged in (whole[:-10], whole[:70_000], whole[:400] + b"\x00" + whole[401:], b"age-encryption"):
        (tmp_path / "bad.age").write_bytes(damaged)
        (tmp_path / "three").unlink(missing_ok=True)
        with pytest.raises(Invalid, match="damaged"):
            sealing.open_file(tmp_path / "bad.age", keys.identities(str(pair)), tmp_path / "three")


def test_what_breaks_on_either_side_is_told_and_ends(pair, tmp_path):
    known = keys.public_keys(keys.recipients())
    with pytest.raises(FileExistsError), sealing.sealed(pair, known, {}) as out:
        for _ in range(50):  # more than a pipe holds: nobody waits for a reader that is gone
            out.write(b"x" * 10_000)
    with pytest.raises(RuntimeError, match="ours"), sealing.sealed(tmp_path / "half.age", known, {}):
        raise RuntimeError("ours")
    sealing.seal_stream(io.BytesIO(b"x" * 500_000), tmp_path / "no.tar.age", known)
    with pytest.raises(tarfile.ReadError):
        sealing.open_folder(tmp_path / "no.tar.age", keys.identities(str(pair)), tmp_path / "folder")


def test_identities_are_read_from_closed_files_alone(pair, tmp_path):
    assert pair.stat().st_mode & 0o777 == 0o600
    pair.chmod(0o640)
    with pytest.raises(Invalid, match="chmod 600"):
        keys.identities(str(pair))
    with pytest.raises(Invalid, match="not there"):
        keys.identities(str(tmp_path / "none"))
    pair.chmod(0o600)
    (tmp_path / "public").write_text(f"{keys.recipients()[0]}\n")
    (tmp_path / "public").chmod(0o600)
    with pytest.raises(Invalid, match="no identity"):
        keys.identities(str(tmp_path / "public"))
    with pytest.raises(Invalid, match="there already"):
        keys.make(pair)
    secret = pair.read_text().splitlines()[-1]
    assert "must not lie on this host" in keys.fault_of(secret) and secret not in keys.fault_of(secret)
    assert "begins with age1" in keys.fault_of("age1nonsense") and not keys.fault_of(keys.recipients()[0])


def test_a_pair_is_made_by_the_command(tmp_path, capsys):
    from config.cli.main import build_parser

    given = build_parser("backup-key").parse_args(["backup-key", str(tmp_path / "new")])
    assert given.run(given, Console(as_json=True)) == 0
    printed = capsys.readouterr().out
    public = json.loads(printed)["public_key"]
    assert not keys.fault_of(public) and "SECRET" not in printed
    assert str(keys.identities(str(tmp_path / "new"))[0].to_public()) == public
    with pytest.raises(Invalid, match="never overwritten"):
        given.run(given, Console())


# -- the whole backup --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_sealed_backup_tells_nothing_and_restores_to_the_same(filled, empty_url, pair, stranger, settings, tmp_path):
    from config.cli.backup import back_up, table_hashes

    settings.VAR_DIR = tmp_path / "own"
    place = tmp_path / "backup"
    told = back_up(place, Console())
    assert told["tables"]["kernel_auditentry"]["rows"] == 50 and len(told["stored_files"]) == 2
    names = {"manifest.json", "contents.json.age", "database.dump.age", "files.tar.age"}
    assert {one.name for one in place.rglob("*")} == names
    clear = json.loads((place / "manifest.json").read_text())
    assert set(clear) == {"format", "made_at", "citydesk", "base", "recipients", "sealed"} and clear["format"] == 2
    everything = b"".join(one.read_bytes() for one in place.iterdir())
    assert b"kernel_auditentry" not in everything and "dós".encode() not in everything

    var = tmp_path / "var"
    with pytest.raises(Invalid, match=f"--identity.*{clear['recipients'][0]}"):
        readers.whole_manifest(place, clear, [])
    wrong = restore(place, empty_url, var, "--identity", stranger)
    assert wrong.returncode == 3 and "another key" in wrong.stderr
    assert hashes_at(empty_url) == {}
    done = restore(place, empty_url, var, "--identity", pair)
    assert done.returncode == 0, done.stderr + done.stdout
    assert hashes_at(empty_url) == told["tables"] == table_hashes()
    assert (var / "files/ab/one.bin").read_bytes() == b"\x00\xff one"
    assert not list(var.glob("opened-*"))

    assert readers.checked_manifest(place)["sealed"]  # whole, and that is seen without a key
    with (place / "files.tar.age").open("ab") as file:
        file.write(b"!")
    with pytest.raises(Invalid, match=r"files\.tar\.age"):
        readers.checked_manifest(place)


def test_a_base_comes_back_as_it_was(pair, tmp_path):
    (tmp_path / "base/pg_wal/archive_status").mkdir(parents=True)
    (tmp_path / "base/PG_VERSION").write_text("15\n")
    (tmp_path / "base/PG_VERSION").chmod(0o600)
    facts = sealing.seal_folder(tmp_path / "base", tmp_path / "base.age", keys.public_keys(keys.recipients()))
    assert facts["sha256"]
    sealing.open_folder(tmp_path / "base.age", keys.identities(str(pair)), tmp_path / "back")
    assert (tmp_path / "back/pg_wal/archive_status").is_dir()
    assert (tmp_path / "back/PG_VERSION").stat().st_mode & 0o777 == 0o600


# -- the archive of the log --------------------------------------------------------------------------------------------


def test_a_piece_is_kept_once_and_found_again(pair, tmp_path):
    wal, known = tmp_path / "wal", keys.recipients()
    wal.mkdir()
    piece, other = tmp_path / "piece", tmp_path / "other-piece"
    piece.write_bytes(b"log" * 1000)
    other.write_bytes(b"another")
    name = SEGMENT.format(7)
    words = [str(piece), str(wal), name, *known]
    assert pieces.main(words) == 0 and pieces.main(words) == 0  # the server may ask twice after a crash
    assert pieces.main([str(other), str(wal), name, *known]) == 1
    assert pieces.main([str(other), str(wal), SEGMENT.format(8), "age1nonsense"]) == 1
    assert pieces.main([str(other), str(wal), f"{name}.00000028.backup", *known]) == 0
    assert pieces.keep(other, wal, "00000002.history", known) == pieces.find(wal, "00000002.history")
    (kept,) = [one for one in wal.iterdir() if one.name.startswith(f"{name}.") and "backup" not in one.name]
    assert pieces.find(wal, name) == kept and pieces.is_sealed(kept) and kept.stat().st_mode & 0o777 == 0o640
    assert not list(wal.glob("*.part")) and pieces.find(wal, SEGMENT.format(9)) is None
    assert b"loglog" not in kept.read_bytes()
    with pytest.raises(Invalid, match="--identity"):
        Log(wal).check()


def test_a_restored_server_is_handed_pieces_without_the_identity(pair, stranger, tmp_path):
    """What the server runs, run here by the shell: sealed and clear pieces, one that is missing, another's key."""
    import subprocess

    wal, place = tmp_path / "wal", tmp_path / "place"
    wal.mkdir()
    place.mkdir()
    (tmp_path / "piece").write_bytes(b"sealed log")
    pieces.keep(tmp_path / "piece", wal, SEGMENT.format(1), keys.recipients())
    (wal / SEGMENT.format(2)).write_bytes(b"clear log")

    def fetch(log, number):
        command = log.command(place).replace("%f", SEGMENT.format(number)).replace("%p", str(tmp_path / "got"))
        return subprocess.run(["/bin/sh", "-c", command], check=False, timeout=60).returncode

    log = Log(wal, keys.identities(str(pair)))
    with log.served(place, Identity()) as faults:
        for number, content in ((1, b"sealed log"), (2, b"clear log")):
            assert fetch(log, number) == 0 and (tmp_path / "got").read_bytes() == content
        assert fetch(log, 3) == 1 and faults == []
    assert list(place.iterdir()) == []
    wrong = Log(wal, keys.identities(str(stranger)))
    with wrong.served(place, Identity()) as faults:
        assert fetch(wrong, 1) == 1 and "another key" in faults[0]


# -- how long they stay ------------------------------------------------------------------------------------------------


def test_nothing_older_than_ninety_days_stays(tmp_path, monkeypatch):
    now = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    wal = tmp_path / "wal"
    wal.mkdir()

    def made(days, first, whole=True):
        at = now - timedelta(days=days)
        place = tmp_path / at.strftime("%Y%m%dT%H%M%SZ")
        place.mkdir()
        (place / "database.dump.age").write_bytes(b"x")
        if whole:
            facts = {"made_at": at.isoformat(), "base": {"first_log": SEGMENT.format(first)}}
            (place / "manifest.json").write_text(json.dumps(facts))
        return place

    old, half, edge, new = made(91, 1), made(100, 1, whole=False), made(89, 3), made(0, 5)
    for number in range(1, 7):
        for name in (SEGMENT.format(number), f"{SEGMENT.format(number)}.{'a' * 16}.age"):
            (wal / name).write_bytes(b"x")
    (wal / f"{SEGMENT.format(1)}.00000028.backup.{'b' * 16}.age").write_bytes(b"x")
    (tmp_path / "notes of mine").mkdir()

    assert set(base.outlived(tmp_path, 90, now)) == {old, half}
    gone = base.prune(tmp_path, 0, wal, base.longest_days(), now)
    assert gone == sorted([old.name, half.name]) and edge.exists() and new.exists()
    assert (tmp_path / "notes of mine").exists()
    assert {one.name[:24] for one in wal.iterdir()} == {SEGMENT.format(number) for number in range(3, 7)}
    # The newest few, and never one that is too old, whatever the number says.
    assert base.prune(tmp_path, 14, wal, 30, now) == [edge.name]
    assert {one.name[:24] for one in wal.iterdir()} == {SEGMENT.format(number) for number in (5, 6)}
    # Without any base the log's own age decides.
    shutil.rmtree(new)
    ages = {5: now - timedelta(days=91), 6: now - timedelta(days=89)}
    for number, at in ages.items():
        for one in wal.glob(f"{SEGMENT.format(number)}*"):
            os.utime(one, (at.timestamp(), at.timestamp()))
    assert base.prune(tmp_path, 14, wal, 90, now) == []
    assert {one.name[:24] for one in wal.iterdir()} == {SEGMENT.format(6)}
    monkeypatch.setenv("CITYDESK_BACKUP_DAYS", "forever")
    with pytest.raises(Invalid, match="number of days"):
        base.longest_days()


def test_age_itself_reads_what_was_sealed(pair, tmp_path):
    """No lock-in: any program that knows age opens a part."""
    facts = sealing.seal_stream(io.BytesIO(b"words"), tmp_path / "a.age", keys.public_keys(keys.recipients()))
    assert facts["bytes"] and (tmp_path / "a.age").read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")
    identity = pyrage.x25519.Identity.from_str(pair.read_text().splitlines()[-1])
    assert pyrage.decrypt((tmp_path / "a.age").read_bytes(), [identity]) == b"words"
