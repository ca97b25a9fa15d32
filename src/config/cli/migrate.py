"""`citydesk migrate`: bring the database up to this version of the program.

A migration waits two seconds for a lock and then lets go, so that nobody at a desk waits for it; it is tried again, ten
times. `--phase expand` leaves out the migrations that old code could not live with (`contract = True` in the class).
"""

import argparse
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phase", choices=("all", "expand", "contract"), default="all", help="which of them")
    parser.add_argument("--assets", action="store_true", help="gather the served files too")
    parser.add_argument("--plan", action="store_true", help="only say which would be applied")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 when all is applied; 4 when tables stayed locked all the time (run it again)."""
    from config.cli.main import set_up_django
    from config.cli.prepare import collect, migrate, waiting

    set_up_django()
    from config.roles import as_owner

    with as_owner():
        names = [f"{one.app_label}.{one.name}" for one in waiting(given.phase)]
    if given.plan:
        console.report({"waiting": names}, "\n".join(names) or "The database is up to date.")
        return 0
    migrate(console, phase=given.phase)
    is_new = collect(console, keep_old=True) if given.assets else False
    words = f"{len(names)} migrations applied." if names else "The database is up to date."
    console.report({"applied": len(names), "names": names, "assets": is_new}, words)
    return 0
