"""`citydesk measure NAME`: one measure with its definition.

Exit codes: 0 done, 2 wrong use, 3 refused (no such measure, code or filter), 4 no database.
"""

from argparse import Namespace
from typing import Any

from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit, day
from citydesk.management.statistics.queries import answers, measure

FILTERS = (
    "code",
    "group",
    "department",
    "team",
    "district",
    "channel",
    "reason",
    "representative",
    "outcome",
    "hour",
    "weekday",
)


def register(subparsers: Any) -> None:
    """Add `measure`."""
    parser = subparsers.add_parser("measure", help="print one measure with its definition")
    parser.add_argument("name", nargs="?", help="a measure's name, as --list prints them")
    parser.add_argument("--list", action="store_true", help="print every measure")
    parser.add_argument("--from", dest="first", type=day, help="first day (YYYY-MM-DD); default: all")
    parser.add_argument("--to", dest="last", type=day, help="last day, included; default: all")
    for name in FILTERS:
        parser.add_argument(f"--{name}", action="append", default=[], help="only these; may be given several times")
    parser.add_argument("--by", help="a row for each: " + ", ".join((*FILTERS, "day", "week", "month", "age")))
    parser.add_argument(
        "--method", choices=("auto", "exact", "histogram"), default="auto", help="how percentiles are computed"
    )
    parser.add_argument("--sql", action="store_true", help="print the measure's text instead of computing it")
    parser.set_defaults(run=run_measure)


def run_measure(given: Namespace, console: Console) -> int:
    """Print a measure, its text, or the list of all."""
    if given.list:
        listed = answers.listed()
        console.report(listed, "\n".join(f"{one['name']:<32} {one['unit']:<8} {one['label']}" for one in listed))
        return Exit.OK
    if not given.name:
        console.say("Say which measure; --list prints them all.")
        return Exit.USAGE
    if given.sql:
        found = measure.get_measure(given.name)
        console.report({"name": found.code, "version": found.version, "sql": found.sql}, found.sql)
        return Exit.OK
    answer = answers.answer(
        given.name,
        first=given.first,
        last=given.last,
        filters={name: getattr(given, name) for name in FILTERS if getattr(given, name)},
        by=given.by or "",
        method=given.method,
        now=utc_now(),
    )
    console.report(answer, answers.as_text(answer))
    return Exit.OK
