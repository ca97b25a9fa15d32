"""What the commands of imports say: exit codes, sentences, bad rows by line."""

import getpass
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.command_line import Exit
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow
from citydesk.kernel.imports.runs import MOST_TOLD, Tally

_TOLD = 20


def add_verb(kinds: Any, name: str, words: str) -> Any:
    """One more kind of `citydesk import`, described by one sentence."""
    return kinds.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")


def add_sheet(verb: Any, fields: Iterable[str], *, source: str, zone: bool = False) -> None:
    """Arguments of an import that reads a sheet by a mapping; `source` says what the word of that name means here."""
    verb.add_argument("file", type=Path)
    verb.add_argument("--source", default="", help=source)
    named = "source, zone and columns" if zone else "source and columns"
    verb.add_argument("--mapping", type=Path, help=f"a TOML file that names {named}")
    if zone:
        verb.add_argument("--zone", default="", help="time zone of the file's clock times")
    add_columns(verb, f"name of a column in the file; ours are {', '.join(fields)}")
    add_usual(verb)


def add_columns(verb: Any, words: str) -> None:
    """`--column OURS=THEIRS`, as often as there are columns to name."""
    verb.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help=words)


def add_usual(verb: Any) -> None:
    """Arguments that every import has."""
    verb.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")


def starter() -> Actor:
    """Whoever started the command, by the machine's user name."""
    return Actor(ActorKind.SYSTEM, None, f"Import by {getpass.getuser()}")


def columns_given(words: Sequence[str]) -> dict[str, str]:
    """`--column OURS=THEIRS`, several times. Raises `Invalid`."""
    broken = [one for one in words if "=" not in one]
    if broken:
        raise Invalid(f"Write --column OURS=THEIRS instead of {broken[0]}.", field="column")
    return dict(one.split("=", 1) for one in words)


def exit_of(result: Tally) -> int:
    """0 every row is here, 1 some were bad and the others are here, 3 refused and nothing was written."""
    if result.is_refused:
        return Exit.REFUSED
    return Exit.PROBLEMS if result.bad else Exit.OK


def words_of(result: Tally, what: str, more: str = "") -> str:
    """The result in sentences."""
    if result.is_refused:
        lines = [f"{what}: refused, nothing was written. {result.bad:,} of {result.read:,} rows are bad."]
    else:
        would = "would be " if result.is_dry else ""
        changed = f"{result.changed:,} {would}changed, " if result.changed else ""
        lines = [
            f"{what}: {result.read:,} rows read, {result.added:,} {would}added, {changed}"
            f"{result.known:,} here before, {result.bad:,} bad."
        ]
    lines += [one for one in (more, f"Run {result.run}." if result.run else "") if one]
    return "\n".join([*lines, *bad_lines(result.bad_rows, result.bad)])


def bad_lines(rows: Sequence[BadRow], count: int) -> list[str]:
    """The first bad rows by line, field and reason."""
    lines = [
        f"  line {one.line}: {one.reason} ({one.field or 'row'}, {one.external_id})"
        for one in sorted(rows, key=lambda one: one.line)[:_TOLD]
    ]
    if count > _TOLD:
        lines.append(f"  and {count - _TOLD:,} more; --json lists the first {MOST_TOLD:,}, the page Imports all.")
    return lines
