"""The service manager hears that a process is ready and that its loop turns; without one nothing happens."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from citydesk.kernel import watchdog


def run_apart(coroutine):
    """Its result from a loop in a thread of its own: browser tests leave theirs running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result(30)


def test_ready_and_alive_are_told(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "30000")

        async def some_beats():
            beats = asyncio.ensure_future(watchdog.beat())
            heard = [await asyncio.to_thread(manager.recv, 64) for _ in range(3)]
            beats.cancel()
            return heard

        assert run_apart(some_beats()) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


def test_without_a_manager_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    run_apart(asyncio.wait_for(watchdog.beat(), 5))
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/notify")
    watchdog.tell("READY=1")
