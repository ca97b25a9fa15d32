"""Telling systemd that a process is ready and that its loop turns. Elsewhere nothing is told and nothing fails."""

import asyncio
import contextlib
import os
import socket


def tell(words: str) -> None:
    """One notice such as `READY=1` to the service manager, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.send(words.encode())


async def beat() -> None:
    """Say READY, then that the loop turns, three times in the span the unit's WatchdogSec allows; for ever."""
    tell("READY=1")
    allowed = int(os.environ.get("WATCHDOG_USEC", "0")) / 1_000_000
    while allowed:
        await asyncio.sleep(allowed / 3)
        tell("WATCHDOG=1")
