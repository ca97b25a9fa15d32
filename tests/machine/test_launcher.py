"""The launcher's own server: made, found again, mended after a kill, refused in production."""

import os
import shutil
import signal
import time
from pathlib import Path

import psycopg
import pytest

from config.launcher import LauncherRefused, Server
from config.launcher.identity import home_for, server_identity
from config.launcher.processes import Part, Supervisor, end_leftovers, read_note, start_time, write_note


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYDESK_VAR", str(tmp_path / "var"))
    made = Server("postgres-try", throwaway=False)
    yield made
    home = home_for(made.folder, server_identity())
    made.stop()
    shutil.rmtree(home, ignore_errors=True)


def data_of(server):
    return home_for(server.folder, server_identity()) / "data"


def test_what_was_committed_outlives_kill_nine_and_a_stale_pid_file(server):
    url = server.ensure()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert server.ensure() == url

    pid_file = data_of(server) / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    time.sleep(0.2)
    # By now the number may be another process's: ours here, which must be left alone.
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert (server.url_file.stat().st_mode & 0o777) == 0o600


def test_a_half_made_data_folder_is_made_anew(server):
    data = data_of(server)
    data.mkdir(parents=True)
    (data / "half").touch()
    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_production_gets_no_server(server, monkeypatch):
    monkeypatch.setenv("CITYDESK_ENV", "production")
    with pytest.raises(LauncherRefused, match="DATABASE_URL"):
        server.ensure()


def test_a_dead_part_is_started_again_and_all_end_together(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYDESK_VAR", str(tmp_path))
    part = Part("sleeper", ["sleep", "60"])
    supervisor = Supervisor([part], port=0)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        supervisor.start()
        first = part.process.pid
        part.started -= 60
        os.kill(first, signal.SIGKILL)
        part.process.wait(60)
        assert supervisor._again(part)
        assert part.process.pid != first and start_time(part.process.pid)
        second = part.process
    finally:
        supervisor.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert second.poll() is not None
    assert not list((tmp_path / "run").glob("*.json"))


def test_three_early_deaths_running_end_it_and_a_killed_leaders_children_do_not_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYDESK_VAR", str(tmp_path))
    monkeypatch.setattr("config.launcher.processes.TOO_SOON_SECONDS", 600.0)  # early, on the slowest machine too
    part = Part("parent", ["sh", "-c", "sleep 300 & echo $! > $CITYDESK_VAR/child; wait"])
    supervisor = Supervisor([part], port=0)
    part.start()
    try:
        for early, goes_on in [(True, True), (True, True), (False, True), (True, True), (True, True), (True, False)]:
            child = _number_in(tmp_path / "child")
            part.started -= 0 if early else 600
            os.kill(part.process.pid, signal.SIGKILL)
            part.process.wait(60)
            assert supervisor._again(part) is goes_on
            _gone(child)
    finally:
        part.signal(signal.SIGKILL)


def _number_in(path):
    until = time.monotonic() + 60
    while not (path.exists() and path.read_text().strip()):
        assert time.monotonic() < until
        time.sleep(0.02)
    number = int(path.read_text())
    path.unlink()
    return number


def _gone(pid):
    """A killed orphan stays as a zombie where nobody reaps it."""
    until = time.monotonic() + 60
    while start_time(pid) and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_leftovers_of_a_killed_run_end_and_strangers_do_not(tmp_path, monkeypatch):
    import subprocess

    monkeypatch.setenv("CITYDESK_VAR", str(tmp_path))
    ours = subprocess.Popen(["sleep", "60"], start_new_session=True, env={**os.environ, "CITYDESK_RUN": str(tmp_path)})
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        write_note(tmp_path / "run/web.json", ours.pid)
        write_note(tmp_path / "run/worker.json", stranger.pid)
        assert read_note(tmp_path / "run/web.json")["pid"] == ours.pid
        assert end_leftovers() == 1
        assert ours.wait(60) is not None
        assert stranger.poll() is None
    finally:
        for process in (ours, stranger):
            process.kill()
            process.wait(60)
