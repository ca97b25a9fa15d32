"""What a room's `commands.py` works with: exit codes, one way to report (words or `--json`), progress bars.

A room offers commands by `register(subparsers)`; each parser names its function with `set_defaults(run=...)`:

    def register(subparsers: Any) -> None:
        parser = subparsers.add_parser("measure", help="print one measure")
        parser.add_argument("code")
        parser.set_defaults(run=run_measure)

    def run_measure(given: Namespace, console: Console) -> int | None:
        console.report({"name": given.code, "value": 3}, f"{given.code}: 3")

Every parser has `--json` already. The function returns an exit code (None is 0) or raises: a kernel error becomes
exit code 3 with its words. A command with verbs of its own calls `parser.add_subparsers()`; those have `--json` too.
"""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import IntEnum
from typing import Any

from citydesk.kernel.outbox import plain


def verbs_of(subparsers: Any, name: str, help: str) -> Any:
    """The verbs of a command that several rooms add to: made by the first, found by the others."""
    known = subparsers.choices.get(name)
    if known is None:
        known = subparsers.add_parser(name, help=help)
        known.verbs = known.add_subparsers(dest="kind", metavar="kind", required=True)
    return known.verbs


def day(text: str) -> date:
    """A day of the command line, for argparse: `type=day`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day. Write it as 2026-11-24.") from error


class Exit(IntEnum):
    """Exit codes of the `citydesk` command."""

    OK = 0
    PROBLEMS = 1  # it ran and found something wrong
    USAGE = 2  # the command line was wrong
    REFUSED = 3  # the input was refused, or the act is not allowed
    UNREACHABLE = 4  # the database or a server cannot be reached


class Step:
    """A running step of long work; `advance` moves its bar."""

    def __init__(self, advance: Any, describe: Any) -> None:
        self.advance = advance
        self.describe = describe


class Console:
    """Where a command says things: results to standard output, progress and complaints to standard error."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    def report(self, data: Any, text: str = "") -> None:
        """The result: `data` as one JSON document with `--json`, else `text` (or the data, one line a key)."""
        if self.as_json:
            out = json.dumps(plain(data), ensure_ascii=False, indent=2)
        elif text or not isinstance(data, dict):
            out = text or str(data)
        else:
            out = "\n".join(f"{key}: {value}" for key, value in data.items())
        sys.stdout.write(out + "\n")
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """A remark for the person at the terminal; never part of the result."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A progress bar on standard error. `total` None shows that something moves without saying how far.

        Without a terminal (a log, CI) one line says what began.
        """
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        terminal = RichConsole(stderr=True)
        if not terminal.is_terminal:
            self.say(f"{label} ...")
            yield Step(lambda by=1: None, lambda text: None)
            return
        columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
        with Progress(*columns, TimeElapsedColumn(), console=terminal) as bar:
            task = bar.add_task(label, total=total)
            yield Step(lambda by=1: bar.advance(task, by), lambda text: bar.update(task, description=text))
            bar.update(task, total=bar.tasks[0].completed or 1, completed=bar.tasks[0].completed or 1)
