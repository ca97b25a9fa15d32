"""`citydesk serve`: the web server; with `--all` the worker and the event process beside it."""

import argparse
import os
import sys
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from config.launcher.processes import Part, Supervisor
from config.launcher.server import demo_server, is_free
from config.roles import without_secrets


def register(parser: argparse.ArgumentParser) -> None:
    add_address(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each process (default 4)")
    parser.add_argument("--all", action="store_true", help="run the worker and the event process too")
    parser.add_argument("--practice", action="store_true", help="serve the practice city; implies --all")
    parser.set_defaults(run=run)


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port (default 8000, or the next free one)")


def run(given: argparse.Namespace, console: Any) -> int:
    """Serve until Ctrl-C. The database is brought up to date only with `--all`, which is for one machine."""
    if given.practice:
        enter_practice()
        given.all = True
    if not given.all:
        from config.cli.main import set_up_django

        set_up_django()
        agree()
        command = web_command(given.host, given.port or 8000, given.workers, given.threads)
        os.execve(command[0], command, without_secrets(dict(os.environ)))  # noqa: S606 - the server takes this process's place
    from config.cli.prepare import prepare

    if already_runs(console):
        return 0
    prepare(console)
    agree()
    return supervise(
        console,
        given.host,
        given.port,
        given.workers,
        given.threads,
        lambda url: console.say(f"Citydesk runs at {url}"),
    )


def enter_practice() -> None:
    """From here on this process and those it starts know the practice city alone. Raises `LauncherRefused`."""
    from config.launcher import database_url
    from config.launcher.errors import LauncherRefused
    from config.practice import place

    url = place.practice_url(database_url())
    if not place.exists(url):
        raise LauncherRefused("There is no practice city yet. Run: citydesk practice create")
    place.require_practice(url)
    for name, value in place.environment(url).items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


def agree() -> None:
    """A process told to practice never serves the city's own database, nor the other way round."""
    from citydesk.kernel.practice import require_agreement

    require_agreement()


def web_command(host: str, port: int, workers: int = 2, threads: int = 4) -> list[str]:
    """The command line of the web server."""
    command = [sys.executable, "-m", "config.web", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"]
    # A request that never ends must not keep a worker of the last release alive.
    command += ["--workers-kill-timeout", "30"]
    return [*command, "--log-level", "warning", "config.wsgi:application"]


def parts_of(host: str, port: int, workers: int = 2, threads: int = 4) -> list[Part]:
    """Web server, worker and event process of one machine."""
    said = os.environ.get("CITYDESK_SITE_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104
    environment = {"CITYDESK_SITE_URL": said, "DJANGO_SETTINGS_MODULE": "config.settings"}
    this = [sys.executable, "-m", "config.cli"]
    return [
        Part("web", web_command(host, port, workers, threads), environment),
        Part("worker", [*this, "work"], environment),
        Part("events", [*this, "events"], environment),
    ]


def choose_port(wanted: int) -> int:
    """The wanted port, or without a wish the first free one from 8000."""
    if wanted:
        return wanted
    # Each takes two: the event process listens on the port after the web server's.
    return next((port for port in range(8000, 8100, 2) if is_free(port) and is_free(port + 1)), 8000)


def already_runs(console: Any) -> bool:
    """Say where Citydesk runs when it does already."""
    note = Supervisor.running()
    if note:
        console.say(f"Citydesk runs already, at http://127.0.0.1:{note['port']} (process {note['pid']}).")
    return bool(note)


def supervise(
    console: Any, host: str, port: int, workers: int, threads: int, announce: Any, *, beside: Sequence[Part] = ()
) -> int:
    """Start the three parts and those beside them, announce the address once it answers, and watch until the end."""
    from django.db import connections

    connections.close_all()
    port = choose_port(port)
    supervisor = Supervisor([*parts_of(host, port, workers, threads), *beside], port=port)
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
    supervisor.start()
    try:
        if not wait_for(f"{url}/healthz/live", supervisor):
            console.say(f"The web server did not come up.\n{supervisor.parts[0].last_words()}")
            return 1
        announce(url)
        return supervisor.watch()
    finally:
        console.say("Stopping ...")
        supervisor.stop()
        stop_own_database()


def stop_own_database() -> None:
    """Stop the server that was started for this folder; one that was given is left alone."""
    if "DATABASE_URL" not in os.environ or os.environ.get("DATABASE_URL") == demo_server.app_url():
        demo_server.stop()


def wait_for(url: str, supervisor: Supervisor, seconds: float = 60.0) -> bool:
    """Whether the address answers within `seconds` while the web process lives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not supervisor.stopping:
        process = supervisor.parts[0].process
        if process is None or process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return True
        except urllib.error.HTTPError:
            return True  # it speaks; the page itself says what is wrong
        except OSError:
            time.sleep(0.2)
    return False
