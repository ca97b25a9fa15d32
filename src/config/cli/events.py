"""`citydesk events`: the process that tells open pages what has changed (server-sent events)."""

import argparse
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", default="", help="port (default: the one after the web server's)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Run until Ctrl-C or SIGTERM."""
    from config.cli.main import set_up_django
    from config.roles import forget_owner

    set_up_django()
    forget_owner()
    from citydesk.kernel.live.server import main

    words = [part for name in ("host", "port") if getattr(given, name) for part in (f"--{name}", getattr(given, name))]
    return main(words)
