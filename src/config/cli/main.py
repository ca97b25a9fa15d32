"""`citydesk <command>`: the house's own commands, and those that rooms offer in their `commands.py`.

Exit codes: 0 done; 1 it ran and found problems; 2 the command line was wrong; 3 the input was refused; 4 the database
or a server cannot be reached, or the database is not at this version.
"""

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

# Module and one line of help for each; the module is imported when its command is given.
HOUSE = {
    "demo": ("config.cli.demo", "start a demo city with a year of work in it"),
    "serve": ("config.cli.serve", "run the web server (--all: with worker and event process)"),
    "work": ("config.cli.work", "run the background worker"),
    "practice": ("config.cli.practice", "make, refresh or remove a practice city in which nothing is sent"),
    "events": ("config.cli.events", "run the event process that feeds live pages"),
    "user": ("config.cli.user", "create, disable or reset a person's sign-in"),
    "doctor": ("config.cli.doctor", "check this installation and say in words what is wrong"),
    "backup": ("config.cli.backup", "write database, files and settings to a folder"),
    "restore": ("config.cli.restore", "read a backup into an empty database and verify it"),
    "backup-key": ("config.cli.backup_key", "make a key pair for sealed backups"),
    "reseal": ("config.cli.reseal", "seal what is kept anew after the secret key changed"),
    "drill": ("config.cli.drill", "restore a backup to a minute, look whether it holds, throw it away"),
    "anonymise-copy": ("config.cli.anonymise_copy", "copy the database to another one, without its people"),
    "verify-audit": ("config.cli.verify_audit", "read the whole chain of the history again"),
    "install": ("config.cli.install", "install Citydesk on this Debian host, for production"),
    "upgrade": ("config.cli.upgrade", "change to another release while people work"),
    "migrate": ("config.cli.migrate", "bring the database up to this version"),
}
# Words of rooms that reckon with numbers and files alone. Every other word finds the database, or starts one.
WITHOUT_DATABASE = ("staff", "forecast", "roster")
EXIT_CODES = "exit codes: 0 done, 1 problems found, 2 wrong use, 3 input refused, 4 not reachable"


class CommandParser(argparse.ArgumentParser):
    """A parser that knows `--json`; every subparser is one too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("epilog", EXIT_CODES)
        super().__init__(*args, **kwargs)
        self.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def room_modules() -> list[Any]:
    """The `commands` modules of the rooms that have one. Django must be set up."""
    from django.conf import settings

    return [import_module(f"{room}.commands") for room in settings.ROOMS if find_spec(f"{room}.commands")]


def build_parser(first_word: str) -> argparse.ArgumentParser:
    """The parser; rooms are asked only when the first word is not one of the house's own."""
    parser = CommandParser(prog="citydesk", description="Citydesk: the software a city's service desk works in.")
    subparsers = parser.add_subparsers(dest="command", metavar="command", parser_class=CommandParser)
    for name, (module, words) in HOUSE.items():
        child = subparsers.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if name == first_word:
            import_module(module).register(child)
    if first_word not in HOUSE:
        set_up_django(with_database=bool(first_word) and first_word not in WITHOUT_DATABASE)
        for commands in room_modules():
            commands.register(subparsers)
    return parser


def set_up_django(*, with_database: bool = True) -> None:
    """Load Django; without DATABASE_URL, start the launcher's own server first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if with_database:
        from config.launcher import database_url

        os.environ["DATABASE_URL"] = database_url()
    import django

    django.setup()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given_words = sys.argv[1:] if arguments is None else arguments
    first_word = next((word for word in given_words if not word.startswith("-")), "")
    return guarded(lambda: run(given_words, first_word))


def run(words: list[str], first_word: str) -> int:
    parser = build_parser(first_word)
    given = parser.parse_args(words)
    if not hasattr(given, "run"):
        parser.print_help()
        return 2 if first_word else 0
    from citydesk.kernel.command_line import Console

    return int(given.run(given, Console(as_json=getattr(given, "json", False))) or 0)


def guarded(act: Callable[[], int]) -> int:
    """Turn what can go wrong into an exit code and a sentence; a mistake of ours keeps its traceback."""
    from config.launcher import LauncherRefused

    try:
        return act()
    except LauncherRefused as refusal:
        return complain(str(refusal), 4)
    except KeyboardInterrupt:
        return complain("Stopped.", 130)
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        return complain(sentence_of(error), code)


def exit_code_of(error: Exception) -> int | None:
    from django.db import OperationalError

    from citydesk.kernel.errors import CitydeskError

    if isinstance(error, CitydeskError):
        return 3
    return 4 if isinstance(error, OperationalError | ConnectionError) or lacks_tables(error) else None


def lacks_tables(error: Exception) -> bool:
    """Whether the database is not at this version: empty, or of another release."""
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedColumn, UndefinedTable

    return isinstance(error, ProgrammingError) and isinstance(error.__cause__, UndefinedTable | UndefinedColumn)


def sentence_of(error: Exception) -> str:
    """The error's words; for several at once, one line each."""
    if lacks_tables(error):
        return "The database has not the tables of this version. Run: citydesk migrate"
    several = getattr(error, "errors", None)
    if several:
        return "\n".join(str(getattr(one, "message", one)) for one in several)
    hint = getattr(error, "hint", "")
    return f"{error} {hint}".strip()


def complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
