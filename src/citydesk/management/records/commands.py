"""`citydesk retention run [--dry]`: the nightly look for records whose retention has ended, now.

Nothing is ever destroyed here: candidates wait for a list that one person proposes and another signs, and legal holds
are asked then. `--dry` counts and writes nothing. Exit codes: 0 done, 3 refused, 4 no database.
"""

from argparse import Namespace
from typing import Any

from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit
from citydesk.management.records import queries, services


def register(subparsers: Any) -> None:
    """Add `retention`."""
    parser = subparsers.add_parser("retention", help="look for records whose retention has ended")
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    run = verbs.add_parser("run", help="find candidates as every night; destroys nothing")
    run.add_argument("--dry", action="store_true", help="count what is due, write nothing")
    run.set_defaults(run=run_look)


def run_look(given: Namespace, console: Console) -> int:
    """Find, or only count; one line a kind of record."""
    now = utc_now()
    found = queries.count_ended(now=now) if given.dry else services.find_candidates(now=now)
    verb = "are due" if given.dry else "were found since the last look"
    lines = [f"{kind}: {count} {verb}" for kind, count in sorted(found.items())]
    lines.append("Nothing was written." if given.dry else "One person proposes a list of them, another signs it.")
    console.report({"dry": given.dry, "found": found}, "\n".join(lines))
    return int(Exit.OK)
