"""`citydesk migrate`: bring the database up to this version of the program."""

import argparse
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    from config.cli.main import set_up_django
    from config.cli.prepare import migrate

    set_up_django()
    count = migrate(console)
    console.report({"applied": count}, f"{count} migrations applied." if count else "The database is up to date.")
    return 0
